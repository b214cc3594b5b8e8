"""Read one file: its bytes once, the loader its suffix names, then what is common to all formats:
boilerplate, headings, facts and language. Loaders that lean on foreign parsers work in a process
apart (`sources/worker.py`).
"""

import hashlib

from llama_index.core.schema import Document

from sources.apart import REFUSED, Waiting
from sources.boilerplate import boilerplate
from sources.document import make_document
from sources.errors import UnreadableFile
from sources.extract import Extract
from sources.facts import complete_facts
from sources.folder import File
from sources.language import language_of
from sources.loaders import loader_for
from sources.outline import plain_headings
from sources.settings import SourcesSettings
from sources.spans import content_of, merge, outside
from sources.structure import Heading, Span
from sources.worker import APART, WORKER


def read(
    file: File, settings: SourcesSettings | None = None, *, waiting: Waiting = lambda: None
) -> Document:
    """Read one file as a document.

    Args:
        file: as `scan` found it.
        settings: the limits; the default where `None`.
        waiting: called several times a second while a file takes long; what it raises ends that.

    Raises:
        UnreadableFile: with the reason, to be listed; other files are not concerned.
        SourcesError: no process can be started to read it in.
    """
    limits = settings or SourcesSettings()
    data = _bytes(file, limits)
    extract = _load(file.absolute.suffix.lower(), data, limits, waiting)
    if not extract.text.strip():
        raise UnreadableFile("there is no text in this file; write some or remove it")
    marked = _marked(extract)
    found = _headings(extract, marked)
    content = content_of(extract.text, marked)
    facts = complete_facts(extract, found, marked)
    return make_document(
        file.path,
        extract.text,
        sha256=hashlib.sha256(data).hexdigest(),
        language=extract.language or language_of(content or extract.text),
        facts=facts,
        not_content=marked,
        headings=found,
        pages=extract.pages,
    )


def _bytes(file: File, settings: SourcesSettings) -> bytes:
    try:
        with file.absolute.open("rb") as opened:
            data = opened.read(settings.max_file_bytes + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UnreadableFile(f"the file cannot be opened ({why}); check its permissions") from error
    if len(data) > settings.max_file_bytes:
        limit = f"{settings.max_file_bytes:,}"
        raise UnreadableFile(f"the file is larger than the limit of {limit} bytes; split it")
    return data


def _load(suffix: str, data: bytes, settings: SourcesSettings, waiting: Waiting) -> Extract:
    if suffix in APART:
        return WORKER.extract(suffix, data, settings, waiting)
    try:
        return loader_for(suffix)(data, settings)
    except UnreadableFile:
        raise
    except (Exception, RecursionError, MemoryError) as error:
        raise UnreadableFile(REFUSED.format(what=type(error).__name__)) from error


def _marked(extract: Extract) -> list[Span]:
    fixed = list(extract.not_content)
    if not extract.has_boilerplate:
        return merge(fixed)
    protected = [Span(h.start, h.end) for h in extract.headings or ()]
    return merge(fixed + boilerplate(extract.text, fixed, protected))


def _headings(extract: Extract, marked: list[Span]) -> list[Heading]:
    found = extract.headings
    if found is None:
        return plain_headings(extract.text, marked)
    return [h for h in found if outside(Span(h.start, h.end), marked)]
