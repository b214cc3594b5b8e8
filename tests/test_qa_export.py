"""Answers taken away: nothing that was said becomes markup, and every quotation is there."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa.answer import Sentence
from qa.records.conversations import Turn
from qa.records.export import Block, Labels, blocks, html, markdown, plain
from qa.records.export_word import word
from tests import shelf_page as shelf
from tests.test_qa_conversations import answered
from tests.test_qa_receipt import described

LABELS = Labels("en", "Sources", "The sources disagree", "Made with", "Page {number}")
nasty = st.text(
    alphabet=st.sampled_from(list("<>&\"'`*_[]()!#|~\\-+. \naé가\u202e\u0301\x00")), max_size=60
)


def saying(text: str) -> list[Block]:
    turn = answered(shelf.ASK_LIGHT)
    assert turn.answer is not None
    cited = replace(turn.sentences[0].citations[0], quote=text or "x", title=text)
    answer = replace(turn.answer, sentences=(Sentence(text, "supported", (cited,)),))
    return blocks([replace(turn, question=text, answer=answer)], described, LABELS)


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]


@settings(deadline=None)
@given(nasty)
def test_the_page_taken_away_has_the_same_tags_whatever_was_said(said: str) -> None:
    assert Tags(html(said, saying(said), LABELS)).seen == Tags(html("w", saying("w"), LABELS)).seen


@settings(deadline=None)
@given(nasty)
def test_markdown_taken_away_holds_no_link_picture_or_markup_of_others(said: str) -> None:
    written = markdown(said, saying(said), LABELS)
    tokens = MarkdownIt("commonmark").parse(written)
    inner = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in [*tokens, *inner]}
    assert kinds.isdisjoint({"image", "link_open", "html_block", "html_inline", "fence", "hr"})
    assert sum(token.type == "heading_open" for token in tokens) <= 3


@settings(deadline=None, max_examples=20)  # a file each takes a while on a busy machine
@given(nasty)
def test_a_word_file_opens_again_and_holds_the_quotation(said: str) -> None:
    paper = docx.Document(BytesIO(word(said, saying(said), LABELS)))
    quotes = [p.text for p in paper.paragraphs if p.style and p.style.name == "Quote"]
    shown = " ".join((said or "x").split()).replace("\x00", "\ufffd")
    assert [q.strip() for q in quotes] == [shown]


def test_every_sentence_is_followed_by_the_numbers_of_its_quotations() -> None:
    given = blocks([answered()], described, LABELS)
    text = plain(given, LABELS)
    assert "travel without charge. [2][3]" in text
    assert text.count("“") == 4
    for _, citation in enumerate(given[0].sources):
        assert " ".join(citation.quoted.quote.split()) in text
    assert f"ferry.md, {given[0].sources[0].quoted.start}-" in text


def test_a_disagreement_and_an_abstention_say_what_they_are() -> None:
    both = blocks([answered(shelf.ASK_CONFLICT), answered(shelf.ASK_NOTHING)], described, LABELS)
    assert markdown("n", both, LABELS).count("> **The sources disagree:**") == 2
    assert "The documents do not say" in html("n", both, LABELS)
    paper = docx.Document(BytesIO(word("n", both, LABELS)))
    assert any("The documents do not say." in p.text for p in paper.paragraphs)


def test_unanswered_turns_are_left_out() -> None:
    assert blocks([Turn("q", stage=None, problem="no")], described, LABELS) == []


@pytest.mark.parametrize("write", [html, markdown])
def test_the_hash_of_each_file_is_written_beside_its_quotation(write: object) -> None:
    text = write("n", blocks([answered()], described, LABELS), LABELS)  # type: ignore[operator]  # both take the same
    assert len(re.findall("f{64}", text)) == 4


def test_the_page_taken_away_asks_for_nothing_else() -> None:
    page = html("n", blocks([answered()], described, LABELS), LABELS)
    assert (
        "default-src 'none'" in page
        and "<script" not in page
        and "http" not in page.replace("http-equiv", "")
    )


def test_what_is_left_open_stands_after_the_sentences() -> None:
    turn = answered(shelf.ASK_LIGHT)
    assert turn.answer is not None
    answer = replace(turn.answer, reason="Nothing on its height")
    given = blocks([replace(turn, answer=answer)], described, LABELS)
    paper = docx.Document(BytesIO(word("n", given, LABELS)))
    told = "\n".join(p.text for p in paper.paragraphs)
    for written in (
        plain(given, LABELS),
        markdown("n", given, LABELS),
        html("n", given, LABELS),
        told,
    ):
        assert written.index(turn.sentences[0].text[:4]) < written.index("Nothing on its height")
    assert answer.text.endswith(" Nothing on its height")
