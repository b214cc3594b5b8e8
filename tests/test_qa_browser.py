"""The chat page in a real Chromium: what a visitor sees, clicks and types, and what never happens."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from qa.answer import Sentence
from sources import FootnoteError
from tests import shelf_page as shelf
from tests.browser_page import FIXTURES, WAIT, Open, ask, begin, in_sight, listed, marked
from tests.fakes_page import Scripted

pytestmark = pytest.mark.browser
folder, assistant, address, visit, another = FIXTURES


@pytest.mark.parametrize(
    "questions",
    [
        (shelf.ASK_FERRY, shelf.ASK_LIGHT, shelf.ASK_CONFLICT, shelf.ASK_ATLAS),
        tuple(shelf.MORE),  # ten answers in all, in both languages
    ],
)
def test_each_chip_marks_exactly_its_quote_and_brings_it_into_view(
    visit: Open, assistant: Scripted, questions: tuple[str, ...]
) -> None:
    page = visit()
    for question in questions:
        _click_each_chip(page, ask(page, question), assistant.answers[question], assistant)


def _click_each_chip(
    page: Page, turn: Locator, sentences: tuple[Sentence, ...], assistant: Scripted
) -> None:
    chips = turn.locator(".fn-chip")
    expect(chips).to_have_count(len(sentences))
    for number, sentence in enumerate(sentences):
        chip = chips.nth(number)
        for position, citation in enumerate(sentence.citations):
            chip.click()
            expect(page.locator("#fn-source-name")).to_have_text(citation.title or "")
            if position:
                expect(page.locator(".fn-position")).to_have_text(
                    f"{position + 1} / {len(sentence.citations)}"
                )
            page.wait_for_function(
                "q => document.querySelector('#fn-mark')?.textContent === q", arg=citation.quote
            )
            text = assistant.index.document(citation.file).text
            assert marked(page) == citation.quote == text[citation.start : citation.end]
            assert in_sight(page)
        data = chip.evaluate("node => ({...node.dataset})")
        first = sentence.citations[0]
        assert (data["file"], data["start"], data["end"]) == (
            first.file,
            str(first.start),
            str(first.end),
        )


def test_the_viewer_shows_the_whole_document_character_for_character(
    visit: Open, assistant: Scripted
) -> None:
    page = visit()
    turn = ask(page, shelf.ASK_FERRY)
    turn.locator(".fn-chip").first.click()
    marked(page)
    shown = page.locator(".fn-document").evaluate("node => node.textContent")
    assert shown == assistant.index.document("ferry.md").text
    assert page.locator(".fn-document .fn-dim").count() == 2
    assert page.locator(".fn-document .fn-heading").all_text_contents() == [
        "The harbour ferry",
        "Tickets",
    ]


def test_the_first_sentence_is_shown_before_the_last_exists(
    visit: Open, assistant: Scripted
) -> None:
    gate = assistant.gates[shelf.ASK_FERRY] = threading.Event()
    try:
        page = visit()
        turn = begin(page, shelf.ASK_FERRY)
        expect(turn.locator(".fn-chip")).to_have_count(1)
        expect(turn.locator(".fn-stage")).to_contain_text("Writing and checking")
        turn.locator(".fn-chip").click()  # the source can be read while the answer is written
        assert marked(page) == assistant.answers[shelf.ASK_FERRY][0].citations[0].quote
        page.wait_for_function(
            "parseInt(document.querySelector('.fn-seconds').textContent) >= 1", timeout=WAIT
        )
        gate.set()
        expect(turn.locator(".fn-chip")).to_have_count(3)
        expect(turn.locator(".fn-stage")).to_have_count(0)
    finally:
        gate.set()
        del assistant.gates[shelf.ASK_FERRY]


def test_stop_keeps_what_is_verified_and_frees_the_page(visit: Open, assistant: Scripted) -> None:
    gate = assistant.gates[shelf.ASK_FERRY] = threading.Event()
    try:
        page = visit()
        turn = begin(page, shelf.ASK_FERRY)
        expect(turn.locator(".fn-chip")).to_have_count(1)
        expect(page.get_by_role("button", name="New conversation")).to_be_hidden()
        page.get_by_role("button", name="Stop").click()
        expect(turn.locator(".fn-answer")).to_contain_text("Stopped.")
        expect(turn.locator(".fn-chip")).to_have_count(1)
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
        ask(page, shelf.ASK_LIGHT)
        question, history, _ = assistant.asked[-1]
        assert (question, history) == (shelf.ASK_LIGHT, ())  # a stopped turn is no history
    finally:
        gate.set()
        del assistant.gates[shelf.ASK_FERRY]


def test_an_abstention_says_so_and_its_nearest_passages_open(visit: Open) -> None:
    page = visit()
    turn = ask(page, shelf.ASK_NOTHING)
    expect(turn).to_contain_text("The documents do not say.")
    expect(turn.locator(".fn-looked")).to_contain_text(shelf.ASK_NOTHING)
    assert turn.locator(".fn-chip").count() == 0
    near = turn.locator(".fn-near .fn-quote")
    expect(near).to_have_count(len(shelf.NEAR))
    near.nth(1).click()
    expect(page.locator("#fn-source-name")).to_have_text("Notes on the crossing")
    assert marked(page) == shelf.NEAR[1].text
    assert in_sight(page)


def test_the_newest_answer_is_in_sight_until_the_reader_scrolls(
    visit: Open, assistant: Scripted
) -> None:
    page = visit(viewport={"width": 1400, "height": 600})
    for question in (shelf.ASK_CONFLICT, shelf.ASK_FERRY, shelf.ASK_NOTHING):
        turn = ask(page, question)
    assert in_sight(page, "#fn-turn-3 .fn-near li:last-child .fn-quote")
    gate = assistant.gates[shelf.ASK_FERRY] = threading.Event()
    try:
        turn = begin(page, shelf.ASK_FERRY)
        expect(turn.locator(".fn-chip")).to_have_count(1)
        page.locator("#fn-talk").hover()
        page.mouse.wheel(0, -5000)
        page.wait_for_function("document.querySelector('#fn-talk').scrollTop === 0")
        gate.set()
        turn.locator(".fn-answer[aria-busy=false]").wait_for()
        assert page.locator("#fn-talk").evaluate("node => node.scrollTop") == 0
    finally:
        gate.set()
        del assistant.gates[shelf.ASK_FERRY]


def test_a_disagreement_is_one_card_with_both_quotes_and_dates(visit: Open) -> None:
    page = visit()
    card = ask(page, shelf.ASK_CONFLICT).locator(".fn-conflict")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("The sources disagree")
    quotes = card.locator(".fn-quote")
    expect(quotes).to_have_count(2)
    expect(quotes.nth(0)).to_contain_text("2024-03-18")
    expect(quotes.nth(1)).to_contain_text("2025-01-09")
    quotes.nth(1).click()
    assert marked(page) == "The council expects the Tern to carry 160 passengers"


def test_history_and_ticked_documents_reach_the_assistant(visit: Open, assistant: Scripted) -> None:
    page = visit()
    listed(page)
    ask(page, shelf.ASK_LIGHT)
    assert assistant.asked[-1] == (shelf.ASK_LIGHT, (), None)
    answer = " ".join(s.text for s in assistant.answers[shelf.ASK_LIGHT])
    page.get_by_label("All").uncheck()
    page.get_by_label("Search in The harbour ferry").check()
    ask(page, shelf.ASK_FERRY)
    assert assistant.asked[-1] == (
        shelf.ASK_FERRY,
        ((shelf.ASK_LIGHT, answer),),
        ("ferry.md",),
    )
    page.get_by_label("Search in The harbour ferry").uncheck()
    count = len(assistant.asked)
    turn = ask(page, shelf.ASK_FERRY)
    expect(turn.get_by_role("alert")).to_contain_text("No document is selected")
    assert len(assistant.asked) == count
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".fn-welcome")).to_be_visible()


def test_the_keyboard_alone_asks_opens_a_source_and_comes_back(
    visit: Open, assistant: Scripted
) -> None:
    page = visit()
    listed(page)
    for _ in range(40):
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
        page.keyboard.press("Tab")
    page.keyboard.type(shelf.ASK_FERRY)
    page.keyboard.press("Enter")
    turn = page.locator("#fn-turn-1")
    turn.locator(".fn-answer[aria-busy=false]").wait_for()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.fn-chip')"):
            break
    quotes = assistant.answers[shelf.ASK_FERRY]
    card = page.locator("#fn-card")
    expect(card).to_be_visible()
    expect(card).to_contain_text(quotes[2].citations[0].quote)
    expect(card).to_contain_text("2024-03-18")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.keyboard.press("Enter")
    assert marked(page) == quotes[2].citations[0].quote
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    page.wait_for_function(
        "q => document.querySelector('#fn-mark')?.textContent === q",
        arg=quotes[1].citations[0].quote,
    )
    assert page.evaluate("document.activeElement.matches('.fn-chip')")  # the place is kept


def test_focus_on_a_chip_survives_the_next_sentence(visit: Open, assistant: Scripted) -> None:
    gate = assistant.gates[shelf.ASK_FERRY] = threading.Event()
    try:
        page = visit()
        turn = begin(page, shelf.ASK_FERRY)
        turn.locator(".fn-chip").first.focus()
        gate.set()
        turn.locator(".fn-answer[aria-busy=false]").wait_for()
        assert page.evaluate("document.activeElement.dataset.start") == str(
            assistant.answers[shelf.ASK_FERRY][0].citations[0].start
        )
    finally:
        gate.set()
        del assistant.gates[shelf.ASK_FERRY]


def test_on_a_phone_nothing_overflows_and_the_source_opens_as_a_sheet(
    visit: Open, assistant: Scripted
) -> None:
    page = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    listed(page)
    turn = ask(page, shelf.ASK_FERRY)
    expect(page.locator("#fn-right")).to_be_hidden()
    chip = turn.locator(".fn-chip").first
    chip.tap()
    assert marked(page) == assistant.answers[shelf.ASK_FERRY][0].citations[0].quote
    assert in_sight(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Close the source").tap()
    expect(page.locator("#fn-right")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('.fn-chip')")
    page.locator(".fn-toggle-documents").tap()
    expect(page.get_by_role("button", name="Open Notes on the crossing")).to_be_visible()
    page.get_by_role("button", name="Open Notes on the crossing").tap()
    expect(page.locator("#fn-source-name")).to_have_text("Notes on the crossing")
    expect(page.locator("#fn-left")).to_be_hidden()


def starting(text: str) -> re.Pattern[str]:
    return re.compile("^" + re.escape(text))


LUMINANCE = """selector => { const channel = (text) => text.match(/[\\d.]+/g).map(Number);
  let node = document.querySelector(selector); const ink = channel(getComputedStyle(node).color);
  let back = [0, 0, 0, 0];
  while (node && back[3] === 0) {
    const found = channel(getComputedStyle(node).backgroundColor);
    back = found.length === 3 ? [...found, 1] : found; node = node.parentElement; }
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const [low, high] = [light(ink), light(back)].sort((a, b) => a - b);
  return {contrast: (high + 0.05) / (low + 0.05), dark: light(back) < 0.2}; }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_follow_the_system_and_are_readable(visit: Open, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    listed(page)
    turn = ask(page, shelf.ASK_FERRY)
    turn.locator(".fn-chip").first.click()
    marked(page)
    page.locator("body").click(position={"x": 700, "y": 600})
    page.mouse.move(700, 600)
    seen = (".fn-question p", ".fn-sentence", ".fn-chip:not([aria-current])", ".fn-open", "#fn-mark",
            ".fn-document .fn-text", ".fn-document .fn-dim", ".fn-note", "#fn-send", ".fn-open small", "#fn-clear")  # fmt: skip
    for selector in seen:
        found = page.evaluate(LUMINANCE, selector)
        assert found["contrast"] >= 4.5, (selector, found)  # WCAG 2.2, 1.4.3
    assert page.evaluate(LUMINANCE, ".fn-document .fn-text")["dark"] == (scheme == "dark")
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate(LUMINANCE, ".fn-document .fn-text")["dark"] == (scheme == "light")


def test_a_korean_browser_gets_korean_words_and_the_switch_changes_them(visit: Open) -> None:
    page = visit(locale="ko-KR")
    expect(page.get_by_role("button", name="동기화")).to_be_visible()
    expect(page.locator(".fn-welcome")).to_contain_text("문서에 물어보세요")
    expect(page.get_by_label("질문", exact=True)).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "ko"
    listed(page)
    turn = ask(page, shelf.ASK_LIGHT)
    expect(turn.locator(".fn-chip").first).to_have_attribute(
        "aria-label", starting("출처: 등대 이야기")
    )
    page.locator("#fn-language").get_by_text("English").click()
    expect(page.get_by_role("button", name="Sync")).to_be_visible()
    expect(turn.locator(".fn-chip").first).to_have_attribute("aria-label", starting("Source: "))
    assert page.locator("html").get_attribute("lang") == "en"
    page.reload()
    expect(page.get_by_role("button", name="Sync")).to_be_visible()  # the choice is remembered


def test_every_control_has_a_name_for_screen_readers(visit: Open) -> None:
    page = visit()
    listed(page)
    ask(page, shelf.ASK_FERRY).locator(".fn-chip").nth(1).click()
    marked(page)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, input, textarea, [role=region]')]
        .filter((n) => n.checkVisibility() && !(n.ariaLabel || n.textContent.trim()
          || n.labels?.[0]?.textContent.trim() || n.getAttribute('aria-labelledby')))
        .map((n) => n.outerHTML.slice(0, 120))"""
    )
    assert nameless == []
    chip = page.locator(".fn-chip").nth(1)
    expect(chip).to_have_attribute(
        "aria-label", starting("Source: The harbour ferry +1. Quote: A sing")
    )
    expect(page.get_by_role("status").filter(has_text="Quote 1 of 2")).to_have_count(1)


def test_a_book_opens_at_the_quote_and_grows_by_pieces(visit: Open, assistant: Scripted) -> None:
    page = visit()
    text = assistant.index.document("atlas.pdf").text
    assert len(text) > 1_000_000
    turn = ask(page, shelf.ASK_ATLAS)
    started = time.monotonic()
    turn.locator(".fn-chip").first.click()
    marked(page)
    assert time.monotonic() - started < 5
    assert in_sight(page)
    shown = page.locator(".fn-document").evaluate("node => node.textContent")
    assert shown in text and len(shown) < 120_000
    page.locator(".fn-source").evaluate("node => node.scrollTop = 0")
    page.get_by_role("button", name="Show more before").click()
    page.wait_for_function(
        "n => document.querySelector('.fn-document').textContent.length > n", arg=len(shown)
    )
    grown = page.locator(".fn-document").evaluate("node => node.textContent")
    assert grown in text and grown.endswith(shown)
    page.get_by_role("button", name="Show more after").click()
    page.wait_for_function(
        "n => document.querySelector('.fn-document').textContent.length > n", arg=len(grown)
    )
    after = page.locator(".fn-document").evaluate("node => node.textContent")
    assert after in text and after.startswith(grown)
    assert marked(page) == assistant.answers[shelf.ASK_ATLAS][0].citations[0].quote


def test_hostile_words_stay_words_everywhere(visit: Open, assistant: Scripted) -> None:
    page = visit()
    listed(page)
    before = page.url
    turn = ask(page, shelf.ASK_HOSTILE)
    assert turn.locator(".fn-question p").evaluate("n => n.textContent") == shelf.HOSTILE_TEXT
    sentence = turn.locator(".fn-sentence").evaluate(
        "n => { const c = n.cloneNode(true); c.querySelector('.fn-chip').remove();"
        " return c.textContent; }"
    )
    assert sentence.rstrip("\u00a0") == shelf.HOSTILE_TEXT
    turn.locator(".fn-chip").hover()
    expect(page.locator("#fn-card")).to_be_visible()
    turn.locator(".fn-chip").click()
    assert marked(page) == shelf.HOSTILE_TEXT
    page.locator(".fn-open").last.click()
    expect(page.locator(".fn-source-facts")).to_contain_text("onerror")
    inside = "#fn-talk, #fn-list, #fn-viewer, #fn-card"
    foreign = page.evaluate(
        """inside => [...document.querySelectorAll(inside)].flatMap((n) =>
        [...n.querySelectorAll('script, img, iframe, svg, a, style, object, form')]
        .filter((n) => !n.closest('[data-testid=status-tracker]')).map((n) => n.outerHTML))""",
        inside,
    )
    assert foreign == []
    handlers = page.evaluate(
        """inside => [...document.querySelectorAll(inside)].flatMap((n) => [...n.querySelectorAll('*')])
        .flatMap((n) => [...n.attributes].map((a) => a.name)).filter((n) => n.startsWith('on'))""",
        inside,
    )
    assert handlers == []
    assert page.url == before
    expect(page.locator("#fn-ask textarea")).to_be_visible()


def test_towers_of_combining_marks_do_not_paint_over_other_lines(visit: Open) -> None:
    page = visit()
    listed(page)
    turn = ask(page, shelf.ASK_HOSTILE)
    for locator in (turn.locator(".fn-answer .fn-text").first, page.locator(".fn-open bdi").last):
        assert locator.evaluate("n => getComputedStyle(n).overflowX") in ("clip", "hidden", "auto")
    box = turn.locator(".fn-answer").bounding_box()
    assert box and box["width"] < 800


def test_a_sync_shows_its_counts_and_the_skipped_files_with_reasons(visit: Open) -> None:
    page = visit()
    listed(page)
    page.get_by_role("button", name="Sync").click()
    notice = page.locator("#fn-notice")
    expect(notice).to_contain_text("5 unchanged")
    notice.locator("summary").click()
    expect(notice).to_contain_text("scan.pdf")
    expect(notice).to_contain_text("it holds no text; run character recognition on it")
    expect(page.locator("#fn-list .fn-open")).to_have_count(5)


def test_uploads_land_in_the_folder_and_never_replace_a_file(
    visit: Open, folder: Path, tmp_path: Path
) -> None:
    page = visit()
    listed(page)
    (folder / "taken.md").write_text("mine", encoding="utf-8")
    for name, words in {"새 글.md": "바다", "taken.md": "theirs", "tool.exe": "MZ"}.items():
        (tmp_path / name).write_text(words, encoding="utf-8")
    page.locator("#fn-left .fn-files").set_input_files(
        [tmp_path / "새 글.md", tmp_path / "taken.md", tmp_path / "tool.exe"]
    )
    rows = page.locator(".fn-uploads li")
    expect(rows.nth(0)).to_contain_text("Saved")
    expect(rows.nth(1)).to_contain_text("another 'taken.md' is in the folder")
    expect(rows.nth(2)).to_contain_text("files ending in '.exe' cannot be read")
    expect(page.locator("#fn-notice")).to_contain_text("unchanged")  # a sync follows by itself
    assert (folder / "새 글.md").read_text(encoding="utf-8") == "바다"
    assert (folder / "taken.md").read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in folder.iterdir()) == ["taken.md", "새 글.md"]


def test_the_page_shows_before_the_models_are_loaded_and_says_what_it_waits_for(
    visit: Open, another: Callable[..., str]
) -> None:
    loaded = threading.Event()

    def make() -> Scripted:
        loaded.wait(60)
        return shelf.scripted()

    page = visit(another(make, index=shelf.shelf()))
    expect(page.locator("#fn-list")).to_contain_text("Loading the models")
    listed(page)  # documents can be read meanwhile
    page.get_by_role("button", name="Open Notes on the crossing").click()
    expect(page.locator(".fn-document")).to_contain_text("The vote took place")
    turn = begin(page, shelf.ASK_FERRY)
    expect(turn.locator(".fn-stage")).to_contain_text("Loading the models")
    loaded.set()
    expect(turn.locator(".fn-chip")).to_have_count(3)
    expect(page.locator("#fn-list")).not_to_contain_text("Loading the models")


def test_an_error_of_ours_is_one_sentence_and_another_keeps_its_traceback(
    visit: Open, another: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    def missing() -> Scripted:
        raise FootnoteError("The model 'x' is missing; fetch it with the weights command.")

    page = visit(another(missing))
    expect(page.locator("#fn-list")).to_contain_text("The model 'x' is missing")
    turn = ask(page, shelf.ASK_FERRY)
    expect(turn.get_by_role("alert")).to_have_text(
        "The model 'x' is missing; fetch it with the weights command."
    )

    class Broken(Scripted):
        def stream(self, *_: object, **__: object) -> Iterator[object]:  # type: ignore[override]
            raise RuntimeError("<b>inside</b>")

    page = visit(another(Broken(shelf.shelf(), {})))
    turn = ask(page, shelf.ASK_FERRY)
    expect(turn.get_by_role("alert")).to_contain_text("Something went wrong while answering")
    expect(turn).not_to_contain_text("inside")
    assert "RuntimeError: <b>inside</b>" in caplog.text


def test_two_visitors_have_their_own_conversations(visit: Open, assistant: Scripted) -> None:
    first, second = visit(), visit()
    ask(first, shelf.ASK_FERRY)
    ask(second, shelf.ASK_LIGHT)
    assert assistant.asked[-1] == (shelf.ASK_LIGHT, (), None)
    expect(first.locator(".fn-turn")).to_have_count(1)
    expect(second.locator(".fn-turn")).to_have_count(1)


def test_a_long_list_of_documents_scrolls_and_covers_no_button(visit: Open) -> None:
    page = visit(viewport={"width": 1400, "height": 360})
    listed(page)
    last = page.locator("#fn-list .fn-open").last
    last.scroll_into_view_if_needed()
    box, below = last.bounding_box(), page.locator("#fn-left .fn-add-files").bounding_box()
    assert box and below and box["y"] + box["height"] <= below["y"]
    page.get_by_role("button", name="Sync").click(trial=True)
    assert page.locator("#fn-adding").evaluate("n => n.scrollHeight <= n.clientHeight + 1")
