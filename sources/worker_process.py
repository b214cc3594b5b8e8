"""What runs in the process of `sources/worker.py`: the loader that a suffix names."""

from dataclasses import asdict
from typing import Any

from sources import apart_process
from sources.apart_process import Reply
from sources.extract import Extract
from sources.loaders import loader_for
from sources.settings import SourcesSettings


def serve() -> None:
    """Be the process."""
    apart_process.serve(load)


def load(asked: dict[str, Any], data: bytes, settings: SourcesSettings) -> Reply:
    """Return the extract of a file; what its loader raises is told by `apart_process.answer`."""
    return {"extract": asdict(loader_for(asked["suffix"])(data, settings))}


def extract_of(reply: Reply) -> Extract:
    """Return the extract that a reply carries."""
    from sources.structure import Facts, Heading, Span

    held = reply["extract"]
    headings = held["headings"]
    return Extract(
        text=held["text"],
        facts=Facts(**held["facts"]),
        language=held["language"],
        headings=None if headings is None else tuple(Heading(**row) for row in headings),
        pages=tuple(held["pages"]),
        not_content=tuple(Span(**row) for row in held["not_content"]),
        has_boilerplate=held["has_boilerplate"],
    )
