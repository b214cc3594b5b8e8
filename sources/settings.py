"""The choices of `sources/`: how much is read, and for how long. Nothing else in the folder holds
a limit of its own.
"""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class SourcesSettings:
    """Limits that keep one hostile or enormous file from stopping the rest."""

    max_file_bytes: int = 64 * MEBIBYTE
    """A larger file is skipped; the folder goes on."""

    max_unpacked_bytes: int = 256 * MEBIBYTE
    """What the parts of an office file may unpack to, together (a zip bomb unpacks to more)."""

    max_text_characters: int = 80_000_000
    """What one document may extract to; plain text of the largest size fits."""

    max_page_bytes: int = 16 * MEBIBYTE
    """A larger HTML page is refused: its tree would take many times its size in memory."""

    max_seconds: float = 120.0
    """For how long one file may be extracted; then its reading is ended."""

    max_memory_bytes: int = 1024 * MEBIBYTE
    """What reading a PDF, office file or web page may take in memory; it has a process of its own."""
