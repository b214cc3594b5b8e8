"""Pages as pictures: the boxes lie on the quoted words, and on nothing of another file."""

import base64
import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from qa.page.images import picture
from sources import page_at, read, scan

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
    page = page_at(document, document.text.index(quote))
    shown = picture(pdf, page or 0, quote, sha256(pdf))
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
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    assert picture(broken, 1, "", sha256(broken)) is None
