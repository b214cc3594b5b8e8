"""Pages as pictures: the boxes lie on the quoted words, and on nothing of another file."""

import base64
import hashlib
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from costly_files import pdf_of_endless_drawing
from PIL import Image
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from qa.page import images
from qa.page.images import picture
from qa.page.viewing import page
from sources import UnreadableFile, page_at, read, scan

FIRST = "The wall was rebuilt in granite after the storm of 1903, and it has stood ever since."
SECOND = (
    "The lamp at the end of the long wall was lit with gas until 1938, when the whole town was"
    " connected to the electric grid of the county, which was celebrated for three days."
)


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "wall.pdf"
    style = getSampleStyleSheet()["BodyText"]
    rows = [Paragraph("The wall", style), Paragraph(FIRST, style), PageBreak()]
    SimpleDocTemplate(str(path)).build([*rows, Paragraph(SECOND, style)])
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_boxes_lie_on_the_ink_of_the_quoted_words(pdf: Path) -> None:
    document = read(scan(pdf.parent).files[0])
    quote = "was lit with gas until 1938, when the whole town was connected to the electric grid"
    number = page_at(document, document.text.index(quote))
    shown = picture(pdf, number or 0, quote, sha256(pdf))
    assert shown is not None and (shown.page, shown.pages) == (2, 2)
    assert len(shown.boxes) == 2  # the quotation goes over a line's end
    data = base64.b64decode(shown.url.removeprefix("data:image/jpeg;base64,"))
    image = Image.open(BytesIO(data)).convert("L")
    assert abs(image.height / image.width - shown.ratio) < 0.01
    for box in shown.boxes:
        left, top = box.left * image.width, box.top * image.height
        area = (left, top, left + box.width * image.width, top + box.height * image.height)
        darkest, _ = image.crop(tuple(map(round, area))).getextrema()
        assert darkest < 100
    first, second = shown.boxes
    assert first.top < second.top and first.left > second.left  # from within a line to the next


def test_a_quotation_that_begins_on_the_page_before_is_marked_as_far_as_it_is_here(
    pdf: Path,
) -> None:
    shown = picture(pdf, 2, f"{FIRST} {SECOND[:60]}", sha256(pdf))
    assert shown is not None and len(shown.boxes) == 1
    assert picture(pdf, 2, "words that stand nowhere at all", sha256(pdf)).boxes == ()  # type: ignore[union-attr]  # it is shown


def test_a_changed_or_missing_file_or_page_is_not_shown(pdf: Path, tmp_path: Path) -> None:
    assert picture(pdf, 1, "", "0" * 64) is None
    assert picture(tmp_path / "no.pdf", 1, "", "0" * 64) is None
    assert picture(pdf, 3, "", sha256(pdf)) is None


def test_a_page_that_cannot_be_drawn_or_not_in_time_is_one_sentence_and_others_are_drawn(
    pdf: Path, tmp_path: Path
) -> None:
    for number, (data, seconds, told) in enumerate(
        (
            (b"%PDF-1.7 nothing", 20.0, "broken or not what its name says"),
            (pdf_of_endless_drawing(), 0.3, "longer than 0.3 seconds"),
        )
    ):
        file = tmp_path / f"{number}.pdf"
        file.write_bytes(data)
        limits = replace(images.LIMITS, max_seconds=seconds, max_memory_bytes=2**34)
        with pytest.raises(UnreadableFile, match=told):
            picture(file, 1, "", sha256(file), limits=limits)
    assert picture(pdf, 1, "", sha256(pdf)) is not None


def test_whoever_looks_at_a_page_whose_drawing_crashes_is_told_and_the_program_lives(
    pdf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert picture(pdf, 1, "", sha256(pdf)) is not None
    record = SimpleNamespace(path=pdf.name, sha256=sha256(pdf))
    desk: Any = SimpleNamespace(records=lambda: {pdf.name: record}, folder=pdf.parent)
    assert page(desk, pdf.name, 1, "")["pages"] == 2
    assert page(desk, pdf.name, 9, "") == {"gone": True}
    monkeypatch.setattr(images.ARTIST, "_command", [sys.executable, "-c", "import os; os.abort()"])
    images.ARTIST.close()
    assert page(desk, pdf.name, 1, "") == {"gone": True, "undrawn": True}
    monkeypatch.undo()
    assert page(desk, pdf.name, 1, "")["pages"] == 2
