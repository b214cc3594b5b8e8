"""Fifty people ask, half of them on the page, and five upload at once, for minutes: nobody gets
another's answer or an error that is not a clear 429 or 503 with its Retry-After, nobody is left out,
and the memory stays flat. `TORTURE_SECONDS` says for how long; ten minutes where it is not set.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from tests.torture.crowd import Crowd, Seen
from tests.torture.part import Part, Row, Size, Torture
from tests.torture.served import PEOPLE, Served, served

ASKERS = {"short": 24, "full": PEOPLE}
UPLOADERS = {"short": 2, "full": 5}
SECONDS = {"short": 6, "full": int(os.environ.get("TORTURE_SECONDS", "600"))}
AGAIN = 0.5  # seconds until an impatient client asks again
MOST_GROWTH = (
    10.0  # percent of memory from the first fifth of the time to the end, uploads included
)


@dataclass(frozen=True)
class Flood:
    """A crowd let in; `model` names a real language model, where it is not the fast one."""

    torture: Torture
    model: str | None = None
    again: float = AGAIN

    def run(self) -> Row:
        """Return what was lost."""
        folder = self.torture.folder / "served"
        # The crowd has a thread of its own, since a browser's loop may run in this one.
        with served(folder, self.model) as server, ThreadPoolExecutor(1) as apart:
            seen, memory = apart.submit(asyncio.run, self._flooded(server)).result()
        return self._row(seen, memory)

    def _row(self, seen: Seen, memory: list[float]) -> Row:
        people, full = ASKERS[self.torture.size], self.torture.full
        early = max(memory[: max(1, len(memory) // 5)])
        growth = (memory[-1] - early) / early * 100
        answered = sum(seen.answers.values())
        if not answered:
            seen.losses.append("nobody was answered")
        if growth > MOST_GROWTH and full:
            seen.losses.append(f"memory grew by {growth:.1f}%")
        left_out = [number for number in range(people) if full and not seen.answers[number]]
        seen.losses += [f"person {number} was never answered" for number in left_out]
        times = sorted(seen.seconds) or [0.0]
        return Row(
            f"{people} people asking at once, {self.model or 'a fast model'} writing",
            answered + seen.turned_away + len(seen.losses),
            tuple(seen.losses),
            {
                "minutes": round(SECONDS[self.torture.size] / 60, 1),
                "answers": answered,
                "of them on the page": seen.on_page,
                "told to come back": seen.turned_away,
                "fewest answers of one person": min(seen.answers[n] for n in range(people)),
                "most": max(seen.answers.values(), default=0),
                "uploads meanwhile": seen.uploads,
                "median seconds": round(times[len(times) // 2], 2),
                "megabytes early": round(early),
                "half-way": round(memory[len(memory) // 2]),
                "at the end": round(memory[-1]),
                "memory growth (%)": round(growth, 1),
            },
        )

    async def _flooded(self, server: Served) -> tuple[Seen, list[float]]:
        seen, memory, size = Seen(), [server.megabytes()], self.torture.size
        until = time.monotonic() + SECONDS[size]
        # A connection is let go before the server would, so that no request meets its end.
        limits = httpx.Limits(max_connections=None, keepalive_expiry=2)
        async with httpx.AsyncClient(base_url=server.address, timeout=120, limits=limits) as client:
            crowd = Crowd(client, until, seen, self.again)
            ways = (crowd.ask_on_page, crowd.ask)
            people = [ways[number % 2](number) for number in range(ASKERS[size])]
            people += [crowd.upload(number) for number in range(UPLOADERS[size])]
            watching = asyncio.create_task(self._watch(server, until, memory))
            await asyncio.gather(*people)
            await watching
        memory.append(server.megabytes())
        return seen, memory

    async def _watch(self, server: Served, until: float, memory: list[float]) -> None:
        while time.monotonic() < until:
            await asyncio.sleep(1)
            memory.append(server.megabytes())
            self.torture.tick()


def _run(torture: Torture) -> Iterator[Row]:
    yield Flood(torture).run()


def _steps(size: Size) -> int:
    return SECONDS[size]


PART = Part("many people at once, with a fast language model", _steps, _run)
