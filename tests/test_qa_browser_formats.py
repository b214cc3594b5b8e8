"""Chips of ten answers, in both languages and every format: each click shows exactly its quotation."""

from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from qa.answer import Sentence
from sources import read, scan
from tests.browser_page import FIXTURES, Open, ask, in_sight, listed, marked
from tests.fakes_page import Scripted, Shelf, cite, say

pytestmark = pytest.mark.browser
folder, assistant, address, visit, another = FIXTURES

LINES = {
    "en": (
        "The mill on the Oster was built in 1874 by the brothers Hale.",
        "Its wheel measures 6.2 metres & turns twelve times a minute.",
        "Since 2003 the village has ground its own rye there again.",
    ),
    "ko": (
        "오스터 강의 방앗간은 1874년에 세워졌다.",
        "물레의 지름은 6.2미터이며 1분에 열두 번 돈다.",
        "2003년부터 마을에서는 다시 호밀을 빻는다.",
    ),
}
QUESTION = {"en": "What of the mill, by {}?", "ko": "{}에는 방앗간이 어떻게 나오나요?"}
FILLING = {"en": "Rain fell on the hills. ", "ko": "언덕에 비가 내렸다. "}


def text(path: Path, lines: tuple[str, ...], filling: str) -> None:
    path.write_text("\n\n".join([filling * 60, *lines, filling * 60]) + "\n", encoding="utf-8")


def markdown(path: Path, lines: tuple[str, ...], filling: str) -> None:
    held = (
        f"# The mill\n\n{filling * 60}\n\n- {lines[0]}\n\n> {lines[1]}\n\n## After\n\n{lines[2]}\n"
    )
    path.write_text(held, encoding="utf-8")


def web(path: Path, lines: tuple[str, ...], filling: str) -> None:
    rows = "".join(f"<p>{line.replace('&', '&amp;')}</p>" for line in (filling * 60, *lines))
    head = '<meta charset="utf-8"><title>The mill</title>'
    path.write_text(f"<html><head>{head}</head><body><main>{rows}</main></body></html>", "utf-8")


def pdf(path: Path, lines: tuple[str, ...], filling: str) -> None:
    style = getSampleStyleSheet()["BodyText"]
    if not filling.isascii():
        pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))
        style.fontName = "HYSMyeongJo-Medium"
    rows: list[object] = [Paragraph(filling * 20, style), PageBreak()]
    rows += [Paragraph(line.replace("&", "&amp;"), style) for line in lines]
    SimpleDocTemplate(str(path)).build(rows)


def word(path: Path, lines: tuple[str, ...], filling: str) -> None:
    made = docx.Document()
    for line in (filling * 60, *lines):
        made.add_paragraph(line)
    made.save(str(path))


WRITE = {".txt": text, ".md": markdown, ".html": web, ".pdf": pdf, ".docx": word}


@pytest.fixture
def mills(tmp_path: Path) -> Scripted:
    """Return what answers ten questions, one for each format in each language, from real files."""
    for language, lines in LINES.items():
        for suffix, write in WRITE.items():
            write(tmp_path / f"mill {language}{suffix}", lines, FILLING[language])
    documents = {found.path: read(found) for found in scan(tmp_path).files}
    answers: dict[str, tuple[Sentence, ...]] = {}
    for path, document in documents.items():
        language = "ko" if "ko" in path else "en"
        first, second, third = (cite(document, line) for line in LINES[language])
        question = QUESTION[language].format(Path(path).suffix[1:])
        answers[question] = (say("One.", first), say("Two and three.", second, third))
    return Scripted(Shelf(documents), answers)


def test_every_chip_of_ten_answers_marks_its_quote_in_every_format(
    visit: Open, another: Callable[..., str], mills: Scripted, tmp_path: Path
) -> None:
    page = visit(another(mills, folder=tmp_path))
    listed(page)
    assert len(mills.answers) == 10
    for question, sentences in mills.answers.items():
        chips = ask(page, question).locator(".fn-chip")
        expect(chips).to_have_count(len(sentences))
        for number, sentence in enumerate(sentences):
            for citation in sentence.citations:
                chips.nth(number).click()
                page.wait_for_function(
                    "q => document.querySelector('#fn-mark')?.textContent === q", arg=citation.quote
                )
                text = mills.index.document(citation.file).text
                assert marked(page) == citation.quote == text[citation.start : citation.end]
                assert in_sight(page)
                if citation.file.endswith(".pdf"):
                    _page_is_pictured(page)
        lightly = page.locator(".fn-also").all_text_contents()
        assert sentences[0].citations[0].quote in lightly


def _page_is_pictured(page: Page) -> None:
    """The page is named, its picture has the words marked, and the text comes back."""
    expect(page.locator(".fn-source-facts")).to_contain_text("Page 2")
    page.get_by_role("button", name="Page", exact=True).click()
    expect(page.locator(".fn-page-picture figcaption")).to_have_text("Page 2 of 2")
    assert page.locator(".fn-box").count() >= 1
    page.get_by_role("button", name="Text", exact=True).click()
    page.locator("#fn-mark").wait_for()
