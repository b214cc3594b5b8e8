"""PDF, DOCX, PPTX, XLSX and HTML files, made here, and what is read from them."""

import io
import socket
from collections.abc import Callable

import docx
import openpyxl
import pptx
import pytest
from bytes_to_read import hold_invariants, read_bytes
from pypdf import PdfReader, PdfWriter
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from sources import UnreadableFile, headings, not_content, page_at


def _pdf(pages: list[list[str]], font: str = "Helvetica") -> bytes:
    packed = io.BytesIO()
    canvas = Canvas(packed)
    for lines in pages:
        canvas.setFont(font, 11)
        for at, line in enumerate(lines):
            canvas.drawString(60, 780 - 16 * at, line)
        canvas.showPage()
    canvas.save()
    return packed.getvalue()


def _saved(thing: object) -> bytes:
    packed = io.BytesIO()
    save: Callable[[io.BytesIO], None] = thing.save  # type: ignore[attr-defined]
    save(packed)
    return packed.getvalue()


def test_a_sentence_of_a_pdf_reads_on_over_lines_hyphens_and_pages() -> None:
    pages = [
        ["Example Herald", "The town library opened a new read-", "ing room for children, and the mayor", "1"],
        ["Example Herald", "cut the ribbon with a high-risk smile. All", "were glad about the high-", "2"],
        ["Example Herald", "risk plan of the library and its team.", "3"],
    ]  # fmt: skip
    document = read_bytes(_pdf(pages), ".pdf")
    assert document.text == (
        "The town library opened a new reading room for children, and the mayor cut the ribbon with "
        "a high-risk smile. All were glad about the high-risk plan of the library and its team."
    )
    assert page_at(document, document.text.index("mayor")) == 1
    assert page_at(document, document.text.index("cut")) == 2
    assert page_at(document, document.text.index("risk plan")) == 3
    hold_invariants(document)


def test_bullets_and_headings_of_a_pdf_keep_their_lines() -> None:
    line = "The town library opened a new reading room for children in spring."
    document = read_bytes(_pdf([["Opening hours", line, "- Monday", "- Friday"]]), ".pdf")
    assert document.text == f"Opening hours\n\n{line}\n- Monday\n- Friday"
    assert [h.text for h in headings(document)] == ["Opening hours"]


def test_a_korean_pdf_isread_bytes() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))
    text = "시립 도서관은 새 열람실을 열었다."
    document = read_bytes(_pdf([[text]], "HYSMyeongJo-Medium"), ".pdf")
    assert (document.text, document.metadata["language"]) == (text, "ko")


def test_an_empty_page_between_two_keeps_the_page_numbers_right() -> None:
    document = read_bytes(_pdf([["First page."], [], ["Third page."]]), ".pdf")
    assert page_at(document, document.text.index("Third")) == 3
    assert page_at(document, 0) == 1


def _encrypted(user_password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(_pdf([["A secret is here."]]))))
    writer.encrypt(user_password, "owner", algorithm="AES-256")
    packed = io.BytesIO()
    writer.write(packed)
    return packed.getvalue()


def test_an_encrypted_pdf_is_unreadable_and_one_with_an_empty_password_isread_bytes() -> None:
    with pytest.raises(UnreadableFile, match="password"):
        read_bytes(_encrypted("secret"), ".pdf")
    assert read_bytes(_encrypted(""), ".pdf").text == "A secret is here."


def test_a_scanned_pdf_is_unreadable_and_needs_ocr() -> None:
    packed = io.BytesIO()
    canvas = Canvas(packed)
    canvas.rect(50, 50, 300, 300, fill=1)
    canvas.showPage()
    canvas.save()
    with pytest.raises(UnreadableFile, match="scan.*OCR"):
        read_bytes(packed.getvalue(), ".pdf")


def test_a_pdf_that_breaks_off_never_escapes_as_a_foreign_error() -> None:
    whole = _pdf([["First page."], ["Second page."]])
    for end in range(0, len(whole), 97):
        try:
            hold_invariants(read_bytes(whole[:end], ".pdf"))
        except UnreadableFile:
            continue


def test_a_docx_keeps_headings_lists_and_tables_in_order() -> None:
    made = docx.Document()
    made.add_heading("The reading room", 0)
    made.add_heading("Hours", 2)
    made.add_paragraph("It is open on two days:")
    made.add_paragraph("Monday", style="List Bullet")
    made.add_paragraph("Friday", style="List Bullet")
    table = made.add_table(rows=2, cols=2)
    for row, values in zip(table.rows, [("Day", "Hours"), ("Monday", "9 to 5")], strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    made.add_paragraph("Books are lent.")
    document = read_bytes(_saved(made), ".docx")
    assert document.text == (
        "The reading room\n\nHours\n\nIt is open on two days:\n\n- Monday\n- Friday\n\n"
        "Day | Hours\nMonday | 9 to 5\n\nBooks are lent."
    )
    assert [(h.level, h.text) for h in headings(document)] == [
        (1, "The reading room"),
        (2, "Hours"),
    ]
    assert document.metadata["title"] == "The reading room"


def test_a_date_that_only_the_metadata_of_a_docx_hold_is_not_stated() -> None:
    made = docx.Document()
    made.add_paragraph("Books are lent.")
    made.core_properties.author = "Someone"
    assert read_bytes(_saved(made), ".docx").metadata["published"] is None


def test_the_slides_of_a_pptx_are_pages_with_their_titles_as_headings() -> None:
    made = pptx.Presentation()
    for title, body in (("Plan", "First step\nSecond step"), ("Result", "150")):
        slide = made.slides.add_slide(made.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = body
    slide.notes_slide.notes_text_frame.text = "Say thanks."
    document = read_bytes(_saved(made), ".pptx")
    assert document.text == "Plan\n\nFirst step\nSecond step\n\nResult\n\n150\n\nSay thanks."
    assert [h.text for h in headings(document)] == ["Plan", "Result"]
    assert page_at(document, document.text.index("Second")) == 1
    assert page_at(document, document.text.index("Result")) == 2
    assert not_content(document) == []


def test_the_rows_of_an_xlsx_name_their_values_and_sheets_are_headings() -> None:
    made = openpyxl.Workbook()
    made.active.title = "Rooms"
    made.active.append(["Room", "Seats", "Full"])
    made.active.append(["Reading", 14, 0.5])
    made.active.cell(2, 3).number_format = "0%"
    made.active.append(["Music", 7.25, None])
    other = made.create_sheet("Note")
    other.append(["Only this"])
    document = read_bytes(_saved(made), ".xlsx")
    assert document.text == (
        "Rooms\n\nRoom: Reading | Seats: 14 | Full: 50%\nRoom: Music | Seats: 7.25\n\nNote\n\nOnly this"
    )
    assert [h.text for h in headings(document)] == ["Rooms", "Note"]


@pytest.mark.parametrize("suffix", [".docx", ".pptx", ".xlsx"])
def test_an_office_file_without_text_is_unreadable(suffix: str) -> None:
    made = {".docx": docx.Document, ".pptx": pptx.Presentation, ".xlsx": openpyxl.Workbook}
    with pytest.raises(UnreadableFile, match="no text"):
        read_bytes(_saved(made[suffix]()), suffix)


_ARTICLE = "The town library opened a new reading room for children on the second floor. " * 4
_PAGE = f"""<!doctype html><html lang="en"><head><title>Reading room | Herald</title>
<meta property="og:site_name" content="Example Herald">
<meta property="article:published_time" content="2024-03-12T09:00:00+09:00">
<script>var hidden = "never";</script></head>
<body><nav><a href="/">Home</a> <a href="/n">News</a></nav>
<article><h1>The reading room</h1><p>{_ARTICLE}</p><h2>Hours</h2>
<p>It is open on two days, and readers may borrow six books for three weeks each time.</p>
<ul><li>Monday</li><li>Friday</li></ul>
<table><tr><th>Day</th><th>Hours</th></tr><tr><td>Monday</td><td>9 to 5</td></tr></table>
<p>{_ARTICLE}</p></article>
<footer>© 2024 Example Herald</footer></body></html>"""


def test_a_page_gives_its_main_text_with_structure_and_the_facts_it_states() -> None:
    document = read_bytes(_PAGE.encode(), ".html")
    assert [(h.level, h.text) for h in headings(document)] == [
        (1, "The reading room"),
        (2, "Hours"),
    ]
    assert "- Monday\n- Friday\n\nDay | Hours\nMonday | 9 to 5" in document.text
    assert "never" not in document.text and "News" not in document.text
    facts = {key: document.metadata[key] for key in ("title", "published", "origin")}
    assert facts == {
        "title": "Reading room | Herald",
        "published": "2024-03-12",
        "origin": "Example Herald",
    }
    hold_invariants(document)


def test_a_date_or_publisher_that_a_page_does_not_state_is_absent() -> None:
    page = f"<html><body><p>{_ARTICLE} On 5 May 2020 it closed.</p></body></html>"
    document = read_bytes(page.encode(), ".html")
    assert (document.metadata["published"], document.metadata["origin"]) == (None, None)


def test_linked_data_states_the_publication_date() -> None:
    data = '{"@graph": [{"@type": "NewsArticle", "datePublished": "2023-05-06"}]}'
    page = f'<script type="application/ld+json">{data}</script><p>{_ARTICLE}</p>'
    assert read_bytes(page.encode(), ".html").metadata["published"] == "2023-05-06"


@pytest.mark.parametrize("declared", ["euc-kr", "utf-8", None])
def test_a_korean_page_is_decoded_as_declared_or_as_it_is(declared: str | None) -> None:
    sentence = "시립 도서관은 어린이를 위한 새 열람실을 열었다."
    meta = f'<meta charset="{declared}">' if declared else ""
    page = f"<html><head>{meta}</head><body><p>{sentence}</p></body></html>"
    document = read_bytes(page.encode("utf-8" if declared == "utf-8" else "cp949"), ".html")
    assert sentence in document.text


def test_a_very_short_page_is_read_whole() -> None:
    assert read_bytes(
        b"<div>Open on <b>Monday</b><br>Closed on Friday</div>", ".htm"
    ).text.split() == ("Open on Monday Closed on Friday".split())


def test_a_page_is_read_without_a_socket_and_without_its_entities(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    page = f"""<!DOCTYPE html [<!ENTITY x SYSTEM "http://localhost:1/x">]>
    <html><head><link rel="stylesheet" href="http://localhost:1/a.css"></head>
    <body><p>{_ARTICLE} &x;</p><img src="http://localhost:1/i.png"></body></html>"""
    assert "reading room" in read_bytes(page.encode(), ".html").text
