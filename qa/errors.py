"""Errors of the answering side; the tree is drawn in `sources/errors.py`."""

from sources.errors import FootnoteError


class AnsweringError(FootnoteError):
    """Raised when a question cannot be answered at all."""


class QuestionError(AnsweringError):
    """Raised when the question itself cannot be used: empty, or too long."""


class ModelError(AnsweringError):
    """Raised when a model that writes or reads cannot be started, reached or used."""


class ServingError(AnsweringError):
    """Raised when the page or the API cannot be served: a port in use, an unsafe address."""


class UnreadyError(ServingError):
    """Raised when the server cannot answer now: models load or failed to, or it is ending."""


class CrowdedError(ServingError):
    """Raised when too many questions wait already; the caller may come back."""


class RequestError(ServingError):
    """Raised when what a caller sent cannot be used; `status` is the HTTP status that says so."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class SavedError(AnsweringError):
    """Raised when a conversation or a receipt cannot be kept, or cannot be read back."""
