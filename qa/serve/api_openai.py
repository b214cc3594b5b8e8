"""`/v1/chat/completions` and `/v1/models` as OpenAI's clients know them. A reply's text is the
answer; `citations`, `sentences` and `abstained` come beside it, in fields of our own.
"""

import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from qa.answer import Answer, Sentence
from qa.errors import RequestError
from qa.page.visitor import visitor_of
from qa.serve import api_events
from qa.serve.api_ask import require_documents
from qa.serve.api_forms import errors
from qa.serve.line import Event, Line

MODEL = "footnote"
_MADE = 1735689600  # 2025-01-01; clients want a date of the model
_CHAT = """Answer the last user message from the documents; earlier ones are the history. Messages of
the system and settings of sampling are accepted and have no effect: the documents alone decide.

Beside OpenAI's fields a reply has `citations` (file, title, start, end, quote), `sentences` (each
with its own citations) and `abstained`. When streaming, a chunk is a verified sentence with its
`citations`; the last one has all three.
"""


class Part(BaseModel):
    """A part of a message; only text can be read."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: str | None = None


class Message(BaseModel):
    """A message of the conversation."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def words(self) -> str:
        """The text of the message.

        Raises:
            RequestError: it has parts that are no text.
        """
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        if other := next((part.type for part in self.content if part.text is None), None):
            raise RequestError(f"A message part of type {other!r} cannot be read; send text.")
        return "\n".join(part.text or "" for part in self.content)


class ChatForm(BaseModel):
    """What OpenAI's clients send; of it, what matters here. `language` and `paths` are our own."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "model": MODEL,
                    "messages": [{"role": "user", "content": "When did the ferry begin?"}],
                }
            ]
        },
    )

    model: str = MODEL
    messages: list[Message] = Field(min_length=1, max_length=1000)
    stream: bool = False
    n: int | None = None
    language: Literal["en", "ko"] | None = None
    paths: list[str] | None = None


def routes(line: Line) -> APIRouter:
    """Return the routes that ask `line` in OpenAI's words."""
    router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"])

    @router.get("/models")
    async def models() -> dict[str, Any]:
        """List the one model there is."""
        return {"object": "list", "data": [_model()]}

    @router.get("/models/{name}", responses=errors(404))
    async def model(name: str) -> dict[str, Any]:
        """Describe the model."""
        _require_model(name)
        return _model()

    @router.post("/chat/completions", description=_CHAT, responses=errors(400, 404, 422, 429, 503))
    async def chat(form: ChatForm, request: Request) -> Response:
        _require_model(form.model)
        if form.n not in (None, 1):
            raise RequestError("There is one answer to a question; leave `n` out.")
        question, history = asked(form.messages)
        line.require_ready()
        require_documents(line.index, form.paths)
        events = line.stream(
            question,
            history=history,
            language=form.language,
            paths=form.paths,
            way="openai",
            who=visitor_of(request),
        )
        if form.stream:
            return await api_events.streamed(events, _Chunks().write, "data: [DONE]\n\n", None)
        return JSONResponse(_completion(await api_events.whole(request, events)))

    return router


def asked(messages: Sequence[Message]) -> tuple[str, list[tuple[str, str]]]:
    """Return the question and the exchanges before it.

    Raises:
        RequestError: the last message is not the user's, or is no text.
    """
    spoken = [m for m in messages if m.role in ("user", "assistant")]
    if not spoken or messages[-1].role != "user":
        raise RequestError("The last message must be the question, with the role 'user'.")
    pairs = zip(spoken, spoken[1:], strict=False)
    history = [
        (said.words, answer.words)
        for said, answer in pairs
        if (said.role, answer.role) == ("user", "assistant")
    ]
    return spoken[-1].words, history


def _require_model(name: str) -> None:
    if name != MODEL:
        raise RequestError(f"There is no model {name!r} here; the model is {MODEL!r}.", status=404)


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": _MADE, "owned_by": MODEL}


def _completion(answer: Answer) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer.text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return _headed("chat.completion") | {"choices": [choice]} | _beside(answer)


def _headed(kind: str) -> dict[str, Any]:
    made = f"chatcmpl-{uuid.uuid4().hex}"
    return {"id": made, "object": kind, "created": int(time.time()), "model": MODEL}


def _beside(answer: Answer) -> dict[str, Any]:
    told = answer.as_json()
    return {name: told[name] for name in ("citations", "sentences", "abstained")}


class _Chunks:
    """Writes the chunks of one streamed reply."""

    def __init__(self) -> None:
        self._head = _headed("chat.completion.chunk")
        self._begun = self._spoke = False

    def write(self, event: Event) -> str:
        """Return what a client gets for one event; stages are comments, which it ignores."""
        begin = "" if self._begun else self._chunk({"role": "assistant", "content": ""})
        self._begun = True
        if isinstance(event, Sentence):
            text = f" {event.text}" if self._spoke else event.text
            self._spoke = True
            cited = {"citations": [asdict(citation) for citation in event.citations]}
            return begin + self._chunk({"content": text}, cited)
        if isinstance(event, Answer):
            rest = "" if self._spoke else self._chunk({"content": event.text})
            return begin + rest + self._chunk({}, _beside(event), "stop")
        return begin + api_events.comment(event.name)

    def _chunk(
        self, delta: dict[str, str], beside: dict[str, Any] | None = None, why: str | None = None
    ) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": why}
        return api_events.event(None, self._head | {"choices": [choice]} | (beside or {}))
