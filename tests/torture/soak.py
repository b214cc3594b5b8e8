"""Two thousand questions one after the other, none like another (`TORTURE_QUESTIONS` says another
number): every answer made anew and right, and no memory kept of them.
"""

import os
from collections.abc import Iterator

import httpx

from tests.torture.crowd import Seen
from tests.torture.part import Part, Row, Size, Torture
from tests.torture.served import PEOPLE, question, served, token

QUESTIONS = {"short": 40, "full": int(os.environ.get("TORTURE_QUESTIONS", "2000"))}
WARM = 0.25  # of the questions; by then caches are full
MOST_GROWTH = 5.0  # percent of memory from then to the end


def _run(torture: Torture) -> Iterator[Row]:
    total, seen = QUESTIONS[torture.size], Seen()
    with (
        served(torture.folder / "served") as server,
        httpx.Client(base_url=server.address, timeout=120) as client,
    ):
        warm = 0.0
        for count in range(total):
            number = torture.random.randrange(PEOPLE)
            head = {"authorization": f"Bearer {token(number)}"}
            reply = client.post(
                "/api/ask", json={"question": question(number, count)}, headers=head
            )
            if reply.status_code == 200:
                whole = reply.json()
                seen.answer(whole, number)
                if not whole["seconds"]["retrieve"]:
                    seen.losses.append(f"question {count} was not answered, but remembered")
            else:
                seen.refusal(reply, f"person {number}")
            if count == int(total * WARM):
                warm = server.megabytes()
            torture.tick()
        last = server.megabytes()
    growth = (last - warm) / warm * 100
    if torture.full and growth >= MOST_GROWTH:
        seen.losses.append(f"memory grew by {growth:.1f}%")
    figures = {"memory growth (%)": round(growth, 2), "megabytes at the end": round(last)}
    yield Row("questions one after the other", total, tuple(seen.losses), figures)


def _steps(size: Size) -> int:
    return QUESTIONS[size]


PART = Part("thousands of questions, and the memory they leave behind", _steps, _run)
