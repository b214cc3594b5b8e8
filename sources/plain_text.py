"""Plain text: the decoded file is the canonical text."""

from sources.decoding import decode
from sources.extract import Extract
from sources.settings import SourcesSettings
from sources.structure import canonical


def load(data: bytes, settings: SourcesSettings) -> Extract:
    """Read a text file; its headings are to be found by their looks."""
    return Extract(canonical(decode(data)))


def load_table(data: bytes, settings: SourcesSettings) -> Extract:
    """Read a CSV file as text: its short lines are rows, neither headings nor counters."""
    return Extract(canonical(decode(data)), headings=(), has_boilerplate=False)
