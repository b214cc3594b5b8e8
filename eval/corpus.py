"""The documents of a run as the evaluation sees them: canonical text by file, one hash of them
all, and the spans of a quotation. `sources/` reads the files; the metrics compare spans.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from llama_index.core.schema import Document

from eval.errors import EvaluationError
from eval.text import Folded, occurrences
from sources import Span, UnreadableFile, read, scan


@dataclass(frozen=True)
class Located:
    """Where a quotation stands; `verbatim` is false where only the folded texts agree."""

    spans: tuple[Span, ...]
    verbatim: bool


@dataclass(frozen=True)
class Corpus:
    """Canonical text by file, the SHA-256 over the names and texts of all files, and that of each."""

    texts: dict[str, str]
    sha256: str
    hashes: dict[str, str] = field(default_factory=dict, compare=False)
    _folded: dict[str, Folded] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, texts: dict[str, str]) -> "Corpus":
        """Make a corpus of canonical texts by file."""
        whole, hashes = hashlib.sha256(), {}
        for file in sorted(texts):
            of_text = hashlib.sha256(texts[file].encode())
            hashes[file] = of_text.hexdigest()
            whole.update(hashlib.sha256(file.encode()).digest())
            whole.update(of_text.digest())
        return cls(texts, whole.hexdigest(), hashes)

    @classmethod
    def open(cls, folder: Path) -> "Corpus":
        """Read every document of a folder.

        Raises:
            SourcesError: the folder cannot be read.
            EvaluationError: it holds no document that can be read.
        """
        return cls.of({d.metadata["path"]: d.text for d in documents(folder)})

    def locate(self, file: str, quote: str) -> Located:
        """Find every place of `quote` in `file`: verbatim, else after folding both."""
        text = self.texts.get(file)
        if text is None:
            return Located((), verbatim=False)
        exact = occurrences(text, quote)
        if exact:
            return Located(exact, verbatim=True)
        if file not in self._folded:
            self._folded[file] = Folded.of(text)
        return Located(self._folded[file].find(quote), verbatim=False)

    def holds(self, file: str, span: Span, quote: str) -> bool:
        """Tell whether `document.text[start:end] == quote`, which every citation promises."""
        text = self.texts.get(file)
        inside = text is not None and 0 <= span.start < span.end <= len(text)
        return inside and text is not None and text[span.start : span.end] == quote


def documents(folder: Path) -> tuple[Document, ...]:
    """Read every document of a folder, passing over files that cannot be read.

    Raises:
        SourcesError: the folder cannot be read.
        EvaluationError: it holds no document that can be read.
    """
    found: list[Document] = []
    for file in scan(folder).files:
        with suppress(UnreadableFile):
            found.append(read(file))
    if not found:
        message = f"The folder {str(folder)!r} holds no document that can be read"
        raise EvaluationError(f"{message}; name another with --sources.")
    return tuple(found)
