"""Files to documents: canonical text, what a file states about itself, and what is not content."""

# ruff: noqa: I001  (sorted, but one line for each module)
from llama_index.core.schema import Document

from sources.document import Facts, Heading, Span, canonical, headings, make_document
from sources.document import not_content, page_at
from sources.errors import FolderError, FootnoteError, SourcesError, UnreadableFile
from sources.folder import File, Scan, Skipped, scan
from sources.reading import read
from sources.settings import SourcesSettings

__all__ = ["Document", "Facts", "File", "FolderError", "FootnoteError", "Heading", "Scan",
           "Skipped", "SourcesError", "SourcesSettings", "Span", "UnreadableFile", "canonical",
           "headings", "make_document", "not_content", "page_at", "read", "scan"]  # fmt: skip
