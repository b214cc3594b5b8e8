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
