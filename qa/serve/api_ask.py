"""`POST /api/ask` and `/api/ask/stream`: one question, one answer, whole or as it grows."""

from collections.abc import Iterator, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.responses import StreamingResponse

from index import Index
from qa.errors import RequestError
from qa.page.visitor import visitor_of
from qa.serve import api_events
from qa.serve.api_forms import AnswerForm, AskForm, errors
from qa.serve.line import Event, Line

_STREAM = """Answer a question with server-sent events:

- `stage`: what is being done; `ahead` counts the questions that come first, `found` is the
  quotation that clearly answers, to be read until the first sentence is there.
- `sentence`: a sentence as soon as it is verified, with its citations.
- `answer`: the whole answer, last.
- `error`: in place of the answer, if it could not be finished.
"""
_STREAMED = (
    'event: stage\ndata: {"name": "reading", "ahead": 0}\n\n'
    'event: sentence\ndata: {"text": "...", "verdict": "supported", "citations": [...]}\n\n'
    'event: answer\ndata: {"question": "...", "answer": "...", ...}\n\n'
)


def routes(line: Line) -> APIRouter:
    """Return the routes that ask `line`."""
    router = APIRouter(prefix="/api", tags=["questions"])

    def asked(form: AskForm, request: Request) -> Iterator[Event]:
        line.require_ready()
        require_documents(line.index, form.paths)
        return line.stream(
            form.question,
            history=form.history,
            language=form.language,
            paths=form.paths,
            way="api",
            who=visitor_of(request),
        )

    @router.post("/ask", response_model=AnswerForm, responses=errors(400, 404, 422, 429, 503))
    async def ask(form: AskForm, request: Request) -> JSONResponse:
        """Answer a question. An abstention is an answer, too: `abstained` is true."""
        events = asked(form, request)
        return JSONResponse((await api_events.whole(request, events)).as_json())

    @router.post(
        "/ask/stream",
        description=_STREAM,
        response_class=StreamingResponse,
        responses={
            200: {"content": {"text/event-stream": {"example": _STREAMED}}},
            **errors(400, 404, 422, 429, 503),
        },
    )
    async def stream(form: AskForm, request: Request) -> StreamingResponse:
        return await api_events.streamed(asked(form, request), api_events.writer())

    return router


def require_documents(index: Index, paths: Sequence[str] | None) -> None:
    """Do nothing if all `paths` are those of indexed documents.

    Raises:
        RequestError: one is not.
    """
    if not paths:
        return
    known = {path for record in index.documents() for path in (record.path, *record.also_at)}
    unknown = next((path for path in paths if path not in known), None)
    if unknown is not None:
        raise RequestError(
            f"No document is indexed under {unknown!r}; GET /api/documents lists them.", status=404
        )
