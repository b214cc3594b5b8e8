"""What is kept, taken away and judged on the page, in a real Chromium."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect

from qa.answer import Answer, Dropped, Seconds, Stage
from qa.records.conversations import Conversations
from qa.records.conversations import begin as began
from tests import shelf_page as shelf
from tests.browser_page import FIXTURES, Open, ask, begin, listed, marked
from tests.fakes_page import Scripted, Shelf, cite, document, say
from tests.test_qa_conversations import answered

pytestmark = pytest.mark.browser
folder, assistant, address, visit, another = FIXTURES


def kept(page: Page) -> None:
    """Show the conversations."""
    page.locator(".fn-tab-kept").click()
    page.locator(".fn-kept-list").wait_for()


def fresh(folder: Path, *, answers: dict[str, object] | None = None) -> Scripted:
    """Return an assistant whose conversations are kept in a folder of this test."""
    own = Shelf(dict(shelf.shelf().held), location=folder)
    return Scripted(own, answers or dict(shelf.ANSWERS), shelf.NEAR)  # type: ignore[arg-type]


def test_citations_survive_a_reload_and_still_mark_their_quotes(
    visit: Open, assistant: Scripted
) -> None:
    page = visit()
    ask(page, shelf.ASK_FERRY)
    ask(page, shelf.ASK_LIGHT)
    page.reload()
    page.wait_for_function("window.footnote")
    expect(page.locator(".fn-turn")).to_have_count(2)
    expect(page.locator("#fn-turn-2 .fn-chip").first).not_to_contain_text("≠")
    page.locator("#fn-turn-1 .fn-chip").nth(1).click()
    first = assistant.answers[shelf.ASK_FERRY][1].citations[0]
    assert marked(page) == first.quote
    turn = ask(page, shelf.ASK_CONFLICT)  # and the conversation goes on
    expect(turn.locator(".fn-conflict")).to_be_visible()
    assert len(assistant.asked[-1][1]) == 2


def test_a_chip_says_that_its_document_changed_and_where_its_words_are_now(
    visit: Open, another: Callable[..., str], tmp_path: Path
) -> None:
    assistant = fresh(tmp_path)
    at = another(assistant)
    page = visit(at)
    ask(page, shelf.ASK_FERRY)
    text = shelf.FERRY.text.replace("A single ticket costs 6 euros", "A single ticket costs 7")
    changed = document("ferry.md", "Inserted words.\n\n" + text, title="The harbour ferry")
    changed.metadata["sha256"] = "1" * 64
    assistant.index.held["ferry.md"] = changed
    page.reload()
    chips = page.locator("#fn-turn-1 .fn-chip")
    expect(chips.first).to_have_attribute("aria-label", re.compile("has changed since"))
    chips.first.click()
    expect(page.locator(".fn-since")).to_contain_text("now stand here")
    assert marked(page) == "The ferry Tern began its crossings on 4 May 2021."
    chips.nth(1).click()
    expect(page.locator(".fn-since")).to_contain_text("no longer in it")
    expect(page.locator(".fn-since q")).to_contain_text("A single ticket costs 6 euros")
    assert page.locator("#fn-mark").count() == 0
    del assistant.index.held["ferry.md"]
    chips.first.click()
    expect(page.locator(".fn-since")).to_contain_text("no longer in the index")
    expect(page.locator(".fn-since q")).to_contain_text("began its crossings")


def test_conversations_are_found_named_recalled_and_deleted(
    visit: Open, another: Callable[..., str], tmp_path: Path
) -> None:
    page = visit(another(fresh(tmp_path)))
    ask(page, shelf.ASK_LIGHT)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".fn-welcome")).to_be_visible()
    ask(page, shelf.ASK_FERRY)
    kept(page)
    rows = page.locator(".fn-kept-list li")
    expect(rows).to_have_count(2)
    page.get_by_label("Find a conversation").fill("1931년 등대")
    expect(rows).to_have_count(1)
    rows.first.hover()
    rows.first.get_by_role("button", name="Rename").click()
    page.get_by_label("New name").fill("The <b>light</b>")
    page.keyboard.press("Enter")
    page.get_by_label("Find a conversation").fill("")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="The <b>light</b>").click()
    expect(page.locator("#fn-turn-1 .fn-question")).to_contain_text(shelf.ASK_LIGHT)
    expect(page.locator(".fn-recall[aria-current]")).to_contain_text("The <b>light</b>")
    page.on("dialog", lambda dialog: dialog.accept())
    rows.filter(has_text="The <b>light</b>").hover()
    rows.filter(has_text="The <b>light</b>").get_by_role("button", name="Delete").click()
    expect(rows).to_have_count(1)
    expect(page.locator(".fn-welcome")).to_be_visible()
    assert len(list((tmp_path / "conversations").glob("*.json"))) == 1


def test_an_answer_is_copied_with_its_numbered_sources(visit: Open) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(page, shelf.ASK_FERRY).get_by_role("button", name="Copy with sources").click()
    expect(page.locator(".fn-toast")).to_have_text("Copied.")
    text = page.evaluate("navigator.clipboard.readText()")
    assert "travel without charge. [2][3]" in text
    assert "“A single ticket costs 6 euros; children under six travel free.”" in text


@pytest.mark.parametrize("form", ["md", "html", "docx", "json"])
def test_an_answer_is_taken_away_in_each_form(visit: Open, form: str, tmp_path: Path) -> None:
    page = visit()
    turn = ask(page, shelf.ASK_CONFLICT)
    turn.locator(".fn-takes summary").click()
    with page.expect_download() as found:
        turn.locator(f".fn-take[data-form={form}]").click()
    assert found.value.suggested_filename == f"How many passengers may the ferry carry.{form}"
    file = tmp_path / f"taken.{form}"
    found.value.save_as(file)
    if form == "docx":
        said = "\n".join(p.text for p in docx.Document(str(file)).paragraphs)
    else:
        said = file.read_text(encoding="utf-8").replace("\\", "")
    assert "It carries 180 passengers" in said and "160 passengers" in said
    if form == "json":
        rows = [
            s["citations"][0] for s in json.loads(file.read_text("utf-8"))["turns"][0]["sentences"]
        ]
        assert shelf.FERRY.text[rows[0]["start"] : rows[0]["end"]] == rows[0]["quote"]
        assert [row["sha256"] for row in rows] == ["0" * 64] * 2


def test_a_whole_conversation_is_taken_away(visit: Open, tmp_path: Path) -> None:
    page = visit()
    ask(page, shelf.ASK_FERRY)
    ask(page, shelf.ASK_LIGHT)
    page.locator(".fn-talk-head summary").click()
    with page.expect_download() as found:
        page.locator(".fn-talk-head .fn-take[data-form=json]").click()
    found.value.save_as(tmp_path / "r.json")
    receipt = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert [turn["question"] for turn in receipt["turns"]] == [shelf.ASK_FERRY, shelf.ASK_LIGHT]
    assert receipt["turns"][0]["index"] == "0123456789abcdef"


class Telling(Scripted):
    """Says how many questions come before, and what it left out."""

    def stream(self, question: str, **more: object):  # type: ignore[no-untyped-def, override]
        yield Stage("waiting", 2)
        self.gates["queue"].wait(30)
        for event in super().stream(question, **more):  # type: ignore[arg-type]
            if isinstance(event, Answer):
                dropped = (Dropped("It <b>sank</b> in 1999.", "not in the quotes: 1999"),)
                event = Answer(**{**vars(event), "dropped": dropped, "seconds": Seconds(0.1, 1, 2)})
            yield event


def test_the_place_in_the_line_is_told_and_the_drawer_says_why(
    visit: Open, another: Callable[..., str], tmp_path: Path
) -> None:
    import threading

    gate = threading.Event()
    plain = fresh(tmp_path)
    telling = Telling(plain.index, plain.answers, plain.near, gates={"queue": gate})
    page = visit(another(telling))
    turn = begin(page, shelf.ASK_FERRY)
    expect(turn.locator(".fn-stage")).to_contain_text("2 questions are before yours")
    gate.set()
    turn.locator(".fn-answer[aria-busy=false]").wait_for()
    why = turn.locator(".fn-why")
    why.locator("summary").click()
    expect(why.locator("tbody tr")).to_have_count(2)
    expect(why.locator("tbody tr").first).to_contain_text("quoted")
    expect(why.locator("tbody tr").first.locator("td").nth(2)).to_have_text("1")
    expect(why).to_contain_text("It <b>sank</b> in 1999.")
    expect(why).to_contain_text("not in the quotes: 1999")
    expect(why).to_contain_text("finding 0.1 s")
    why.locator(".fn-hit").nth(1).click()
    assert marked(page) == shelf.NEAR[1].text


def test_the_quotation_that_answers_can_be_read_while_the_sentence_is_written(
    visit: Open, another: Callable[..., str], tmp_path: Path
) -> None:
    import threading

    gate = threading.Event()
    plain = fresh(tmp_path)
    quote = plain.answers[shelf.ASK_FERRY][0].citations[0]
    early = Scripted(
        plain.index, plain.answers, gates={"found": gate}, found={shelf.ASK_FERRY: quote}
    )
    page = visit(another(early))
    turn = begin(page, shelf.ASK_FERRY)
    expect(turn.locator(".fn-found q")).to_have_text(quote.quote)
    turn.locator(".fn-found .fn-quote").click()
    assert marked(page) == quote.quote
    gate.set()
    turn.locator(".fn-answer[aria-busy=false]").wait_for()
    expect(turn.locator(".fn-found")).to_have_count(0)
    expect(turn.locator(".fn-chip")).to_have_count(3)


def test_a_thumb_and_its_reason_are_kept_in_a_file_of_this_machine(
    visit: Open, another: Callable[..., str], tmp_path: Path
) -> None:
    page = visit(another(fresh(tmp_path)))
    turn = ask(page, shelf.ASK_FERRY)
    turn.get_by_role("button", name="Bad answer").click()
    turn.get_by_label("Something is missing").check()
    turn.get_by_label("In your words (optional)").fill("the price for dogs")
    turn.get_by_role("button", name="Keep").click()
    expect(turn.locator("fieldset")).to_have_count(0)
    lines = (tmp_path / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    last = json.loads(lines[-1])
    assert (last["thumb"], last["reason"]) == ("down", "part: the price for dogs")
    assert last["question"] == shelf.ASK_FERRY and "6 euros" in last["answer"]
    page.reload()
    expect(page.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "true")


def test_questions_to_begin_and_to_go_on_with_are_ones_that_are_answered(
    visit: Open, another: Callable[..., str], tmp_path: Path
) -> None:
    text = (
        "Pier\n\nRepairs to the pier\n\nThe Harbour Office keeps it.\n\nOpening hours today\n\n"
        "The Harbour Office is open.\n\nLost property desk\n\nIt is upstairs.\n"
    )
    heads = ["Repairs to the pier", "Opening hours today", "Lost property desk"]
    port = document("port.md", text, title="Pier", heads=heads)
    asks = [
        f"What do the documents say about “{name}”?"
        for name in ("Repairs to the pier", "Harbour Office")
    ]
    quote = cite(port, "The Harbour Office keeps it.")
    answers = {asks[0]: (say("It is kept.", quote),), asks[1]: (say("It is open.", quote),)}
    own = Shelf({"port.md": port}, location=tmp_path)
    page = visit(another(Scripted(own, answers)))
    offered = page.locator(".fn-examples .fn-suggested")
    expect(offered).to_have_count(2)
    offered.filter(has_text="Repairs").click()
    turn = page.locator("#fn-turn-1")
    turn.locator(".fn-answer[aria-busy=false]").wait_for()
    expect(turn.locator(".fn-onward .fn-suggested")).to_have_text([asks[1]])
    page.reload()
    page.locator("#fn-turn-1 .fn-onward .fn-suggested").click()
    expect(page.locator("#fn-turn-2 .fn-question")).to_contain_text(asks[1])


def test_a_quote_in_another_language_is_labelled_so(visit: Open) -> None:
    page = visit()
    turn = ask(page, shelf.ASK_NAME)
    chip = turn.locator(".fn-chip")
    expect(chip.locator(".fn-tongue")).to_have_text("KO")
    expect(chip).to_have_attribute("aria-label", re.compile("Quote in Korean"))
    chip.hover()
    expect(page.locator("#fn-card")).to_contain_text("Quote in Korean")
    expect(page.locator("#fn-card")).to_contain_text("2023-11-02")


def test_the_other_quotes_of_the_answer_are_marked_lightly(
    visit: Open, assistant: Scripted
) -> None:
    page = visit()
    ask(page, shelf.ASK_FERRY).locator(".fn-chip").first.click()
    marked(page)
    quotes = [c.quote for s in assistant.answers[shelf.ASK_FERRY] for c in s.citations]
    assert page.locator(".fn-document .fn-also").all_text_contents() == quotes[1:]


def test_shift_enter_breaks_the_line_and_arrow_up_brings_the_question_back(visit: Open) -> None:
    page = visit()
    field = page.locator("#fn-ask textarea")
    field.fill("one")
    field.press("Shift+Enter")
    page.keyboard.type("two")
    assert field.input_value() == "one\ntwo"
    field.fill("")
    ask(page, shelf.ASK_LIGHT)
    expect(field).to_have_value("")
    field.press("ArrowUp")
    expect(field).to_have_value(shelf.ASK_LIGHT)
    field.press("Enter")
    page.locator("#fn-turn-2").wait_for()


def test_hostile_words_stay_words_in_what_is_kept_and_in_the_drawer(visit: Open) -> None:
    page = visit()
    listed(page)
    turn = ask(page, shelf.ASK_HOSTILE)
    turn.locator(".fn-why summary").click()
    turn.locator(".fn-why-body table").wait_for()
    turn.get_by_role("button", name="Bad answer").click()
    turn.get_by_role("button", name="Add to evaluation").click()
    kept(page)
    page.get_by_label("Find a conversation").fill("<script>")
    expect(page.locator(".fn-kept-list li")).not_to_have_count(0)
    foreign = page.evaluate(
        """() => [...document.querySelectorAll('#fn-talk, #fn-left, #fn-viewer, .fn-toast')]
        .flatMap((n) => [...n.querySelectorAll('script, img, iframe, svg, a, style, object, form')]
        .filter((n) => !n.closest('[data-testid=status-tracker]')).map((n) => n.outerHTML))"""
    )
    assert foreign == []
    names = page.locator(".fn-recall bdi").first.text_content() or ""
    assert "\u202e" not in names and names.count("\u0301") <= 3


def test_of_a_long_conversation_the_latest_turns_are_here_and_earlier_ones_come_when_asked_for(
    visit: Open, another: Callable[..., str], tmp_path: Path
) -> None:
    plain = shelf.scripted()
    own = replace(plain.index, location=tmp_path)
    turns = tuple(replace(answered(), question=f"Question {n}") for n in range(1, 46))
    whole = replace(began("Long"), turns=turns)
    Conversations(tmp_path / "conversations").save(whole)
    page = visit(another(Scripted(own, plain.answers, plain.near)))
    page.locator(".fn-tab-kept").click()
    page.locator(".fn-recall").click()
    expect(page.locator(".fn-turn")).to_have_count(21)
    page.get_by_role("button", name="Show 24 earlier questions").click()
    expect(page.locator(".fn-turn")).to_have_count(41)
    assert page.evaluate("document.activeElement.matches('.fn-earlier')")
    page.keyboard.press("Enter")
    expect(page.locator(".fn-turn")).to_have_count(45)
    expect(page.locator(".fn-earlier")).to_have_count(0)
    asked = page.locator(".fn-question p").all_text_contents()
    assert asked == [turn.question for turn in turns]
    page.locator("#fn-turn-1 .fn-chip").first.click()
    assert marked(page) == shelf.ANSWERS[shelf.ASK_FERRY][0].citations[0].quote
    page.locator("#fn-ask textarea").fill(shelf.ASK_LIGHT)
    page.locator("#fn-ask textarea").press("Enter")
    page.locator("#fn-turn-46 .fn-answer[aria-busy=false]").wait_for()
    page.get_by_role("button", name="Show 25 earlier questions").wait_for()
