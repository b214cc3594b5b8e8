"""Errors as replies: which HTTP status says what was wrong, in one sentence and one JSON form."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from index import BusyError
from qa.errors import CrowdedError, QuestionError, RequestError
from qa.serve.guard import error_body, refusal
from sources import FootnoteError

_log = logging.getLogger(__name__)

CROWDED_SECONDS = 10  # about two answers
UNREADY_SECONDS = 5
FAILED = "Something broke inside Footnote; the log of the server says what."
_USUAL = {404: "There is nothing at this address; /openapi.json lists what there is."}


def status_of(error: Exception) -> int:
    """Return the HTTP status for an error; 500 for what is a bug."""
    if isinstance(error, RequestError):
        return error.status
    statuses = {QuestionError: 400, BusyError: 409, CrowdedError: 429, FootnoteError: 503}
    return next((status for kind, status in statuses.items() if isinstance(error, kind)), 500)


def reply(error: Exception) -> Response:
    """Return an error as a reply."""
    status = status_of(error)
    seconds = {429: CROWDED_SECONDS, 503: UNREADY_SECONDS}.get(status)
    headers = {"retry-after": str(seconds)} if seconds else None
    return refusal(sentence(error), status, headers)


def body(error: Exception) -> dict[str, Any]:
    """Return an error as the JSON object that ends a stream; a bug is logged."""
    if not isinstance(error, FootnoteError):
        _log.error("A reply that had begun could not be finished.", exc_info=error)
    return {"error": error_body(sentence(error), status_of(error))}


def sentence(error: Exception) -> str:
    """Return what to say of an error; the text of a bug is not for the client."""
    return str(error) if isinstance(error, FootnoteError) else FAILED


def install(app: FastAPI) -> None:
    """Make every error of an application such a reply."""

    def ours(request: Request, error: Exception) -> Response:
        return reply(error)

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return refusal(_invalid(error), 422)

    def plain(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        said = str(error.detail) if error.status_code in (400, 413) else ""
        usual = _USUAL.get(error.status_code, f"{error.detail}.")
        return refusal(said or usual, error.status_code, dict(error.headers or {}))

    app.add_exception_handler(FootnoteError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(Exception, ours)


def _invalid(error: RequestValidationError) -> str:
    """Say which field is wrong and why, without repeating what was sent."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return "The body is no JSON; send one JSON object."
    field = ".".join(str(part) for part in first["loc"][1:]) or "body"
    return f"The field {field!r} cannot be used: {first['msg']}."
