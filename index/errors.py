"""Errors of this folder. The whole tree is drawn in `sources/errors.py`."""

from sources.errors import FootnoteError


class IndexingError(FootnoteError):
    """Raised when the index cannot be made, opened or used."""


class WeightsError(IndexingError):
    """Raised when model weights are missing, wrong, or cannot be fetched."""


class StoreError(IndexingError):
    """Raised when Chroma or SQLite refuses, or the disk is full."""


class DamagedError(StoreError):
    """Raised when the files of an index are damaged; a sync sets them aside and makes them anew."""


class BusyError(IndexingError):
    """Raised when another process is writing to this index."""
