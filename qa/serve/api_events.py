"""What an assistant yields, on its way to a client: step by step out of a thread, as one answer or
as server-sent events. A client that goes away stops the work.
"""

import json
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import asdict
from typing import Any, TypeVar

from anyio import to_thread
from fastapi import Request
from fastapi.sse import format_sse_event
from starlette.responses import StreamingResponse

from qa.answer import Answer, Sentence, Stage
from qa.errors import RequestError
from qa.serve.api_errors import body
from qa.serve.line import Event

T = TypeVar("T")
GONE = 499  # what web servers note for a client that closed the connection; nobody reads it
_END = object()
_ESCAPED = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}  # lines, to some clients


async def steps(items: Iterator[T]) -> AsyncGenerator[T, None]:
    """Yield what `items` yields, each made in a thread; close it whatever happens."""
    try:
        while (item := await to_thread.run_sync(next, items, _END)) is not _END:
            yield item  # type: ignore[misc]  # `_END` is no item
    finally:
        close = getattr(items, "close", None)
        if close:
            close()


async def whole(request: Request, events: Iterator[Event]) -> Answer:
    """Return the answer at the end of `events`.

    Raises:
        RequestError: the client went away.
    """
    answer = None
    async with aclosing(steps(events)) as found:
        async for event in found:
            if isinstance(event, Answer):
                answer = event
            elif await request.is_disconnected():
                raise RequestError("The client went away.", status=GONE)
    assert answer is not None
    return answer


async def streamed(
    items: Iterator[T], write: Callable[[T], str], end: str = "", failed: str | None = "error"
) -> StreamingResponse:
    """Return a reply of server-sent events, once the first item is there.

    What is wrong before that is raised, so that the reply's status can say it; what goes wrong
    later is an event.

    Args:
        items: what to send.
        write: makes an event of an item.
        end: what to send last.
        failed: name of an event that tells an error; `None` for one without a name.
    """
    found = steps(items)
    first = await anext(found)

    async def written() -> AsyncGenerator[str, None]:
        try:
            async with aclosing(found):
                yield write(first)
                async for item in found:
                    yield write(item)
        except Exception as error:  # the reply has begun: only an event can tell
            yield event(failed, body(error))
        if end:
            yield end

    return StreamingResponse(
        written(),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


def event(name: str | None, data: Any) -> str:
    """Return one server-sent event with JSON data."""
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPED)
    return format_sse_event(event=name, data_str=text).decode()


def comment(text: str) -> str:
    """Return a line that clients ignore, which keeps the connection alive."""
    return f": {text}\n\n"


def writer() -> Callable[[Event], str]:
    """Return what makes events of one answer: `stage`, `sentence` and `answer`.

    A stage that is told again, as it is every second of waiting, becomes a comment.
    """
    last: Stage | None = None

    def write(item: Event) -> str:
        nonlocal last
        if isinstance(item, Answer):
            return event("answer", item.as_json())
        if isinstance(item, Sentence):
            return event("sentence", asdict(item))
        again, last = item == last, item
        return comment(item.name) if again else event("stage", asdict(item))

    return write
