"""Where an index lives says of which folder of documents it is: a line of text that people can read,
too, since the place itself is named by a hash.
"""

from pathlib import Path

_FILE = "folder"


def name_folder(location: Path, folder: Path) -> None:
    """Write down the folder of documents of an index where it is not; raises `OSError`."""
    if folder_of(location) != str(folder):
        (location / _FILE).write_text(f"{folder}\n", encoding="utf-8", errors="surrogateescape")


def folder_of(location: Path) -> str:
    """Return the folder of documents of an index, or "" where it was never written down."""
    try:
        return (location / _FILE).read_text(encoding="utf-8", errors="surrogateescape").rstrip("\n")
    except OSError:
        return ""
