"""PPTX: a slide is a page, its title a heading; then its texts, tables and notes. python-pptx's
door.
"""

from collections.abc import Iterator
from typing import Any

import pptx

from sources.extract import Builder, Extract
from sources.office import check_package
from sources.settings import SourcesSettings


def load(data: bytes, settings: SourcesSettings) -> Extract:
    """Read a PPTX file."""
    presentation = pptx.Presentation(check_package(data, settings))
    builder = Builder(settings)
    for slide in presentation.slides:
        builder.page()
        title = slide.shapes.title
        if title is not None:
            builder.block(title.text_frame.text, level=1)
        for shape in _shapes(slide.shapes):
            if title is None or shape.shape_id != title.shape_id:
                _write(builder, shape)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            builder.block(slide.notes_slide.notes_text_frame.text)
    return builder.extract(has_boilerplate=False)


# python-pptx has no types; a shape is whatever it returns.
def _shapes(shapes: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield the shapes of a slide, those inside groups in their place."""
    waiting = list(shapes)[::-1]
    while waiting:
        shape = waiting.pop()
        if hasattr(shape, "shapes"):
            waiting += list(shape.shapes)[::-1]
        else:
            yield shape


def _write(builder: Builder, shape: Any) -> None:  # noqa: ANN401
    if getattr(shape, "has_table", False):
        for at, row in enumerate(shape.table.rows):
            cells = [" ".join(cell.text.split()) for cell in row.cells if not cell.is_spanned]
            builder.block(" | ".join(cells), gap="\n" if at else "\n\n")
    elif shape.has_text_frame:
        gap = "\n\n"
        for paragraph in shape.text_frame.paragraphs:
            if text := " ".join(paragraph.text.split()):
                builder.block(text, gap=gap)
                gap = "\n"
