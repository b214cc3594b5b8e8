"""DOCX: paragraphs and tables in reading order; headings by their style's outline level.
python-docx's door.
"""

import re
from itertools import groupby

import docx
from docx.document import Document as WordDocument
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from sources.extract import Builder, Extract
from sources.office import check_package
from sources.settings import SourcesSettings

_HEADING = re.compile(r"(?:heading|제목)\s*([1-9])", re.IGNORECASE)
_OUTLINE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def load(data: bytes, settings: SourcesSettings) -> Extract:
    """Read a DOCX file."""
    document: WordDocument = docx.Document(check_package(data, settings))
    builder = Builder(settings)
    in_list = False
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            _write_table(builder, block)
            in_list = False
            continue
        listed = _is_listed(block)
        level = _level(block)
        text = "- " + block.text.strip() if listed and level is None else block.text
        if block.text.strip():
            builder.block(text, level=level, gap="\n" if in_list and listed else "\n\n")
            in_list = listed
    return builder.extract()


def _level(paragraph: Paragraph) -> int | None:
    """Return the heading level by name or outline level, of the style or those it builds on."""
    style = paragraph.style
    for _ in range(10):  # styles may be based on each other in a circle
        if style is None:
            return None
        name = style.name or ""
        if name.casefold() in ("title", "제목"):
            return 1
        if match := _HEADING.fullmatch(name):
            return min(int(match[1]), 6)
        outline = style.element.find(f"{_OUTLINE}pPr/{_OUTLINE}outlineLvl")
        if outline is not None and (value := outline.get(f"{_OUTLINE}val", "9")) < "6":
            return int(value) + 1
        style = getattr(style, "base_style", None)
    return None


def _is_listed(paragraph: Paragraph) -> bool:
    name = (paragraph.style.name or "") if paragraph.style is not None else ""
    numbered = paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None
    return numbered or name.startswith("List")


def _write_table(builder: Builder, table: Table) -> None:
    """Write a row per line; a merged cell, which python-docx repeats, is written once."""
    for at, row in enumerate(table.rows):
        cells = [_cell_text(cell) for _, same in groupby(row.cells, lambda c: c._tc)
                 for cell in [next(same)]]  # fmt: skip
        if any(cells):
            builder.block(" | ".join(cells), gap="\n" if at else "\n\n")


def _cell_text(cell: _Cell) -> str:
    return " ".join(cell.text.split())
