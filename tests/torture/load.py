"""Fifty people ask and five upload at once, for minutes: nobody gets another's answer or an error that
is not a clear 429 or 503 with its Retry-After, nobody is left out, and the memory stays flat.
`TORTURE_SECONDS` says for how long; ten minutes where it is not set.
"""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.torture.part import Part, Row, Size, Torture
from tests.torture.served import PEOPLE, Served, mark, question, served, token

ASKERS = {"short": 24, "full": PEOPLE}
UPLOADERS = {"short": 2, "full": 5}
SECONDS = {"short": 6, "full": int(os.environ.get("TORTURE_SECONDS", "600"))}
AGAIN = 0.5  # seconds until an impatient client asks again, whatever it was told
MOST_GROWTH = (
    10.0  # percent of memory from the first fifth of the time to the end, uploads included
)


@dataclass
class Seen:
    """What came back."""

    answers: Counter[int] = field(default_factory=Counter)
    turned_away: int = 0
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
        if mark(number) not in whole["answer"] or whole["answer"].count("kestrel") != 1:
            self.losses.append(f"person {number} got the answer {whole['answer'][:80]!r}")
        elif files != {f"mark-{number}.md"}:
            self.losses.append(f"person {number} got quotations of {sorted(files)}")
        else:
            self.answers[number] += 1


def _run(torture: Torture) -> Iterator[Row]:
    size = torture.size
    # The flood has a thread of its own, since a browser's loop may run in this one.
    with served(torture.folder / "served") as server, ThreadPoolExecutor(1) as apart:
        seen, memory = apart.submit(asyncio.run, _flood(torture, server)).result()
    early = max(memory[: max(1, len(memory) // 5)])
    growth = (memory[-1] - early) / early * 100
    answered = sum(seen.answers.values())
    if not answered:
        seen.losses.append("nobody was answered")
    if growth > MOST_GROWTH and torture.full:
        seen.losses.append(f"memory grew by {growth:.1f}%")
    left_out = [n for n in range(ASKERS[size]) if not seen.answers[n]] if torture.full else []
    seen.losses += [f"person {number} was never answered" for number in left_out]
    times = sorted(seen.seconds) or [0.0]
    yield Row(
        f"{ASKERS[size]} people asking at once",
        answered + seen.turned_away + len(seen.losses),
        tuple(seen.losses),
        {
            "answers": answered,
            "told to come back": seen.turned_away,
            "fewest answers of one person": min(seen.answers[n] for n in range(ASKERS[size])),
            "most": max(seen.answers.values(), default=0),
            "uploads meanwhile": seen.uploads,
            "median seconds": round(times[len(times) // 2], 2),
            "memory growth (%)": round(growth, 1),
        },
    )


async def _flood(torture: Torture, server: Served) -> tuple[Seen, list[float]]:
    seen, memory = Seen(), [server.megabytes()]
    until = time.monotonic() + SECONDS[torture.size]
    # A connection is let go before the server would, so that no request meets its end.
    limits = httpx.Limits(max_connections=None, keepalive_expiry=2)
    async with httpx.AsyncClient(base_url=server.address, timeout=120, limits=limits) as client:
        askers = [_asker(client, n, until, seen) for n in range(ASKERS[torture.size])]
        uploaders = [_uploader(client, n, until, seen) for n in range(UPLOADERS[torture.size])]
        watching = asyncio.create_task(_watch(torture, server, until, memory))
        await asyncio.gather(*askers, *uploaders)
        await watching
    memory.append(server.megabytes())
    return seen, memory


async def _watch(torture: Torture, server: Served, until: float, memory: list[float]) -> None:
    while time.monotonic() < until:
        await asyncio.sleep(1)
        memory.append(server.megabytes())
        torture.tick()


async def _asker(client: httpx.AsyncClient, number: int, until: float, seen: Seen) -> None:
    head = {"authorization": f"Bearer {token(number)}"}
    form = {"question": question(number)}
    path = "/api/ask" if number % 2 else "/api/ask/stream"
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            reply = await client.post(path, json=form, headers=head)
        except httpx.HTTPError as error:
            seen.losses.append(f"person {number} got no reply ({type(error).__name__})")
            continue
        if reply.status_code != 200:
            seen.refusal(reply, f"person {number}")
            await asyncio.sleep(AGAIN)
            continue
        seen.seconds.append(time.monotonic() - began)
        seen.answer(_whole(reply), number)


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


async def _uploader(client: httpx.AsyncClient, number: int, until: float, seen: Seen) -> None:
    head = {"authorization": f"Bearer {token(PEOPLE + number)}"}
    count = 0
    while time.monotonic() < until:
        count += 1
        text = f"Note {count} of uploader {number}: the tide table lists entry{count}.".encode()
        upload = [("files", (f"up-{number}-{count % 40}.md", text))]
        try:
            reply = await client.post("/api/documents", files=upload, headers=head)
        except httpx.HTTPError as error:
            seen.losses.append(f"uploader {number} got no reply ({type(error).__name__})")
            continue
        if reply.status_code == 201:
            seen.uploads += 1
        elif reply.status_code != 409:  # a name used again, which is said
            seen.refusal(reply, f"uploader {number}")
        if number == 0 and count % 5 == 0:
            reply = await client.post("/api/sync", headers=head)
            if reply.status_code != 200 or "event: report" not in reply.text:
                seen.losses.append(f"a sync ended with {reply.status_code} {reply.text[-80:]!r}")
        await asyncio.sleep(1)


def _steps(size: Size) -> int:
    return SECONDS[size]


PART = Part("many people at once, with a fast language model", _steps, _run)
