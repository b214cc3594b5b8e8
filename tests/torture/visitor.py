"""A visitor of the real page without a browser: asks through Gradio's queue and uploads as the page's
own scripts do, and reads what the page would show.
"""

import asyncio
import html
import json
import re
import secrets
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

_TAG = re.compile(r"<[^>]+>")
_CITED = re.compile(r'data-quotes="([^"]*)"')
_PROBLEM = re.compile(r'<p class="fn-problem"[^>]*>(.*?)</p>')
_TEXT = re.compile(r'<span class="fn-sentence">.*?(?=<button)', re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """What the page shows at the end of a question: an answer with its sources, or a problem; `text`
    is all of it.
    """

    answer: str
    files: frozenset[str]
    problem: str
    text: str = ""

    @classmethod
    def of(cls, page: str) -> "Shown":
        """Read the newest turn of the page."""
        quoted = [json.loads(html.unescape(held)) for held in _CITED.findall(page)]
        said = " ".join(_TAG.sub("", one) for one in _TEXT.findall(page))
        problem = _PROBLEM.search(page)
        return cls(
            html.unescape(said),
            frozenset(quote["file"] for quotes in quoted for quote in quotes),
            html.unescape(_TAG.sub("", problem[1])) if problem else "",
            " ".join(html.unescape(_TAG.sub(" ", page)).split()),
        )


class Visitor:
    """One open page."""

    def __init__(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        """Open nothing yet; `head` are the headers of every request."""
        self._client, self._head = client, head
        self._session = secrets.token_hex(6)
        self._events: dict[str, Any] = {}
        self._viewer = 0

    async def arrive(self) -> None:
        """Load what the page is made of."""
        made = (await self._client.get("/config", headers=self._head)).json()
        for event in made["dependencies"]:
            self._events[event["api_name"]] = event
        (self._viewer,) = (
            part["id"] for part in made["components"] if "footnote" in _functions(part)
        )

    @property
    def heartbeat(self) -> str:
        """Where an open page listens; its end tells that the page was closed."""
        return f"/gradio_api/heartbeat/{self._session}"

    async def ask(self, question: str) -> Shown:
        """Ask in the conversation that is open; errors are those of `httpx`."""
        return Shown.of((await self._run("ask", [question, "", "en", None]))[1])

    async def begin_anew(self) -> None:
        """Begin another conversation."""
        await self._run("clear", ["en"])

    async def upload(self, name: str, data: bytes) -> str:
        """Add a document; return why it was refused, "" where it was taken."""
        sent = await self._client.post(
            "/gradio_api/upload", files=[("files", (name, data))], headers=self._head
        )
        sent.raise_for_status()
        body = {
            "data": ["take", [sent.json()[0], name]],
            "component_id": self._viewer,
            "fn_name": "footnote",
            "session_hash": self._session,
        }
        took = await self._client.post(
            "/gradio_api/component_server", json=body, headers=self._head
        )
        took.raise_for_status()
        reply = took.json()
        return str(reply.get("problem") or reply["value"].get("problem") or "")

    async def _run(self, name: str, data: list[Any]) -> list[Any]:
        """Run one of the page's events; return the last state of each of its outputs."""
        event = self._events[name]
        body = {
            "data": data,
            "fn_index": event["id"],
            "session_hash": self._session,
            "event_data": None,
            "trigger_id": event["targets"][0][0],
        }
        joined = await self._client.post("/gradio_api/queue/join", json=body, headers=self._head)
        joined.raise_for_status()
        last: list[Any] = []
        where = {"session_hash": self._session}
        async with self._client.stream(
            "GET", "/gradio_api/queue/data", params=where, headers=self._head
        ) as events:
            async for line in events.aiter_lines():
                told = json.loads(line[6:]) if line.startswith("data: ") else {}
                if told.get("msg") == "process_completed":
                    last = told["output"].get("data") or [str(told["output"].get("error"))] * 2
                elif told.get("msg") == "close_stream":
                    break
        return last


def visited(visit: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a visit to its end, in a thread of its own, since a browser's loop may run in this one."""
    with ThreadPoolExecutor(1) as apart:
        apart.submit(lambda: asyncio.run(visit())).result()


def _functions(part: dict[str, Any]) -> list[str]:
    return list(part.get("props", {}).get("server_fns") or part.get("server_fns") or ())
