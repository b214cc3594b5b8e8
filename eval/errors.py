"""The error of this folder; the whole tree is drawn in `sources/errors.py`."""

from sources import FootnoteError


class EvaluationError(FootnoteError):
    """Raised when a case file, a run folder or an accepted file cannot be used as asked."""
