"""What an assistant yields, on its way to a client: step by step out of a thread, as one answer or
as server-sent events. A client that goes away stops the work.
"""

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, suppress
from dataclasses import asdict
from typing import Any, TypeVar

from anyio import to_thread
from fastapi import Request
from fastapi.sse import format_sse_event
from starlette.responses import StreamingResponse

from qa.answer import Answer, Sentence, Stage
from qa.errors import RequestError
from qa.leaving import Gone, until
from qa.serve.api_errors import body
from qa.serve.line import Event

T = TypeVar("T")
GONE = 499  # what web servers note for a client that closed the connection; nobody reads it
PULSE = 0.3  # seconds between two looks whether a client is still there
_END = object()
_ESCAPED = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}  # lines, to some clients


async def steps(items: Iterator[T], left: threading.Event | None = None) -> AsyncGenerator[T, None]:
    """Yield what `items` yields, each made in a thread; end it whatever happens.

    Args:
        items: closed at the end, by the thread that makes its next item if one does.
        left: set by whoever knows that nobody waits any more; then nothing more is yielded.
    """
    gone = left or threading.Event()
    try:
        while (item := await _made(items, gone)) is not _END:
            yield item  # type: ignore[misc]  # `_END` is no item
    finally:
        gone.set()
        _close(items)


async def _made(items: Iterator[T], gone: threading.Event) -> object:
    """Return the next item, or `_END`; where the waiting is broken off, the thread ends alone."""
    return await to_thread.run_sync(_next, items, gone, abandon_on_cancel=True)


def _next(items: Iterator[T], gone: threading.Event) -> object:
    try:
        with until(gone):
            return next(items, _END)
    except Gone:
        return _END
    finally:
        if gone.is_set():
            _close(items)


def _close(items: Iterator[T]) -> None:
    close = getattr(items, "close", None)
    if close:
        with suppress(ValueError):  # its next item is being made: that thread closes it
            close()


async def whole(request: Request, events: Iterator[Event]) -> Answer:
    """Return the answer at the end of `events`.

    Raises:
        RequestError: the client went away.
    """
    answer, left = None, threading.Event()
    watching = asyncio.create_task(_watch(request, left))
    try:
        async with aclosing(steps(events, left)) as found:
            async for event in found:
                answer = event if isinstance(event, Answer) else None
    finally:
        watching.cancel()
    if answer is None:
        raise RequestError("The client went away.", status=GONE)
    return answer


async def _watch(request: Request, left: threading.Event) -> None:
    """Set `left` once the client has gone away."""
    while not await request.is_disconnected():
        await asyncio.sleep(PULSE)
    left.set()


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
        told = {name: value for name, value in asdict(item).items() if value is not None}
        return comment(item.name) if again else event("stage", told)

    return write
