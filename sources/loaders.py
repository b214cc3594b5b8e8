"""Which module reads which suffix. A format's library is imported when its first file is met, so
that a folder of text files does not wait for the office formats.
"""

from collections.abc import Callable
from importlib import import_module

from sources.extract import Extract
from sources.settings import SourcesSettings

Loader = Callable[[bytes, SourcesSettings], Extract]

_LOADERS = {
    ".txt": "plain_text.load",
    ".text": "plain_text.load",
    ".csv": "plain_text.load_table",
    ".md": "markdown.load",
    ".markdown": "markdown.load",
    ".html": "web_page.load",
    ".htm": "web_page.load",
    ".pdf": "pdf.load",
    ".docx": "word.load",
    ".pptx": "slides.load",
    ".xlsx": "spreadsheet.load",
}
SUFFIXES = tuple(_LOADERS)


def loader_for(suffix: str) -> Loader:
    """Return the loader of a suffix of `SUFFIXES`."""
    module, name = _LOADERS[suffix].split(".")
    loader: Loader = getattr(import_module(f"sources.{module}"), name)
    return loader
