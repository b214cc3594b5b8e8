"""XLSX: a sheet is a heading, a row a line of "header: value | header: value", so that a row found
alone still says what its values are. Formulas are read as the values saved with them. openpyxl's
door.
"""

import datetime
import warnings
from collections.abc import Iterable
from typing import Any

from openpyxl import load_workbook

from sources.extract import Builder, Extract
from sources.office import check_package
from sources.settings import SourcesSettings


def load(data: bytes, settings: SourcesSettings) -> Extract:
    """Read an XLSX file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about features that carry no text
        book = load_workbook(check_package(data, settings), read_only=True, data_only=True)
        builder = Builder(settings)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # a file may claim a million empty columns
            _write(builder, sheet.title, sheet.iter_rows())
        book.close()
    return builder.extract(has_boilerplate=False)


# openpyxl has no types; a cell is whatever it returns.
def _write(builder: Builder, title: str, rows: Iterable[Any]) -> None:
    header: list[str] | None = None
    seen = False
    gap = "\n\n"
    for row in rows:
        cells = [_shown(cell) for cell in row]
        if not any(cells):
            builder.block("")
            continue
        if not seen:
            builder.block(title, level=2)
            seen = True
        if header is None and _is_header(row):
            header = cells
            continue
        builder.block(_line(cells, header or []), gap=gap)
        gap = "\n"
    if header and gap != "\n":  # a header and nothing under it
        builder.block(_line(header, []))


def _is_header(row: Iterable[Any]) -> bool:
    """Tell a header: at least two cells, all of them words."""
    values = [cell.value for cell in row if cell.value is not None]
    return len(values) > 1 and all(isinstance(v, str) and v.strip() for v in values)


def _line(cells: list[str], header: list[str]) -> str:
    names = [*header, *[""] * (len(cells) - len(header))]
    pairs = zip(names, cells, strict=False)
    return " | ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)


def _shown(cell: Any) -> str:  # noqa: ANN401
    """Show a value as a reader sees it: whole numbers, percentages, ISO dates."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "%" in (cell.number_format or ""):
            return f"{value * 100:.10g}%"
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    return " ".join(str(value).split())
