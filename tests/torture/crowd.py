"""The people of the load: each asks or uploads again and again, through the API or on the page, until
the time is up, and what came back is judged.
"""

import asyncio
import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.torture.served import PEOPLE, mark, question, token
from tests.torture.visitor import Visitor

IN_A_ROW = 5  # questions of one conversation on the page
COME_BACK = "ask again in a few seconds"  # what the page says to whom a status would say 503
TAKEN = "in the folder"  # a name used again, which is said
_KEPT = 40  # names of one uploader, used again and again


@dataclass
class Seen:
    """What came back."""

    answers: Counter[int] = field(default_factory=Counter)
    turned_away: int = 0
    on_page: int = 0
    uploads: int = 0
    seconds: list[float] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)

    def refusal(self, reply: httpx.Response, who: str) -> None:
        """Note a refusal, which must say what to do and when to come back."""
        said = reply.json()["error"]["message"] if "error" in reply.text else ""
        if reply.status_code in (429, 503) and said and reply.headers.get("retry-after"):
            self.turned_away += 1
        else:
            self.losses.append(f"{who} got {reply.status_code} {said or reply.text[:80]!r}")

    def answer(self, whole: dict[str, Any], number: int) -> None:
        """Note an answer, which must be the asker's own and nobody else's."""
        files = {citation["file"] for citation in whole["citations"]}
        if set(re.findall(r"kestrel\w+", whole["answer"])) != {mark(number)}:
            self.losses.append(f"person {number} got the answer {whole['answer'][:80]!r}")
        elif files != {f"mark-{number}.md"}:
            self.losses.append(f"person {number} got quotations of {sorted(files)}")
        else:
            self.answers[number] += 1

    def no_reply(self, who: str, error: httpx.HTTPError) -> None:
        """Note a connection that ended or never began."""
        self.losses.append(f"{who} got no reply ({type(error).__name__} {error})")


@dataclass(frozen=True)
class Crowd:
    """What everybody there shares; each of them is one call, which ends when the time is up."""

    client: httpx.AsyncClient
    until: float
    seen: Seen
    again: float
    """Seconds after which who was turned away comes back, whatever they were told."""

    @property
    def lasts(self) -> bool:
        """Whether there is time left."""
        return time.monotonic() < self.until

    async def ask(self, number: int) -> None:
        """Ask through the API: for the whole answer, or step by step."""
        path = "/api/ask" if number % 4 == 1 else "/api/ask/stream"
        count = 0
        while self.lasts:
            began, count = time.monotonic(), count + 1
            form = {"question": question(number, count)}
            try:
                reply = await self.client.post(path, json=form, headers=_head(number))
            except httpx.HTTPError as error:
                self.seen.no_reply(f"person {number}", error)
                continue
            if reply.status_code != 200:
                self.seen.refusal(reply, f"person {number}")
                await asyncio.sleep(self.again)
                continue
            self.seen.seconds.append(time.monotonic() - began)
            self.seen.answer(_whole(reply), number)

    async def ask_on_page(self, number: int) -> None:
        """Ask on an open page, some questions to a conversation."""
        visitor, count = Visitor(self.client, _head(number)), 0
        await visitor.arrive()
        while self.lasts:
            began, count = time.monotonic(), count + 1
            try:
                if count % IN_A_ROW == 0:
                    await visitor.begin_anew()
                shown = await visitor.ask(question(number, count))
            except httpx.HTTPError as error:
                self.seen.no_reply(f"person {number} on the page", error)
                continue
            if COME_BACK in shown.problem:
                self.seen.turned_away += 1
                await asyncio.sleep(self.again)
                continue
            self.seen.seconds.append(time.monotonic() - began)
            self.seen.on_page += 1
            cited = [{"file": file} for file in shown.files]
            said = shown.answer or shown.problem or f"none: {shown.text[-60:]}"
            self.seen.answer({"answer": said, "citations": cited}, number)

    async def upload(self, number: int) -> None:
        """Add a document every second, on the page or through the API; the first one syncs too."""
        head, count = _head(PEOPLE + number), 0
        visitor = Visitor(self.client, head)
        await visitor.arrive()
        while self.lasts:
            count += 1
            text = f"Note {count} of uploader {number}: the tide table lists entry{count}.".encode()
            name = f"up-{number}-{count % _KEPT}.md"
            try:
                if number % 2:
                    await self._added(name, text, head)
                elif said := await visitor.upload(name, text):
                    if TAKEN not in said:
                        self.seen.losses.append(f"uploader {number} was told {said!r}")
                else:
                    self.seen.uploads += 1
            except httpx.HTTPError as error:
                self.seen.no_reply(f"uploader {number}", error)
            if number == 0 and count % 5 == 0:
                await self._sync(head)
            await asyncio.sleep(1)

    async def _added(self, name: str, text: bytes, head: dict[str, str]) -> None:
        upload = [("files", (name, text))]
        reply = await self.client.post("/api/documents", files=upload, headers=head)
        if reply.status_code == 201:
            self.seen.uploads += 1
        elif reply.status_code != 409:
            self.seen.refusal(reply, f"who uploads {name}")

    async def _sync(self, head: dict[str, str]) -> None:
        reply = await self.client.post("/api/sync", headers=head)
        if reply.status_code != 200 or "event: report" not in reply.text:
            said = f"{reply.status_code} {reply.text[-80:]!r}"
            self.seen.losses.append(f"a sync ended with {said}")


def _head(number: int) -> dict[str, str]:
    return {"authorization": f"Bearer {token(number)}"}


def _whole(reply: httpx.Response) -> dict[str, Any]:
    """Return the answer of a reply, the last event where it is a stream."""
    text = reply.text
    if reply.headers["content-type"].startswith("text/event-stream"):
        text = text.rpartition("event: answer\ndata: ")[2].partition("\n")[0]
    try:
        whole: dict[str, Any] = json.loads(text)
        return {"citations": [], "answer": "", **whole}
    except ValueError:
        return {"citations": [], "answer": reply.text[-80:]}
