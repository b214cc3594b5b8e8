"""The short runs of the load and the soak: everybody gets their own answer, or a clear refusal."""

from typing import Any

import pytest

from tests.torture import load, room, soak
from tests.torture.load import Seen
from tests.torture.served import mark


@pytest.mark.parametrize("part", [load, soak], ids=["load", "soak"])
def test_a_short_run_loses_nothing(part: Any) -> None:
    (result,) = room.torture("part", part.PART, "short", 7)
    assert result.row.times > 0 and result.row.losses == ()
    assert "memory growth (%)" in result.row.figures


class Reply:
    def __init__(self, status: int, text: str, **headers: str) -> None:
        self.status_code, self.text, self.headers = status, text, headers

    def json(self) -> Any:
        return {"error": {"message": self.text.partition(":")[2]}}


def test_a_refusal_counts_as_a_loss_unless_it_is_clear() -> None:
    seen = Seen()
    again = {"retry-after": "10"}
    for status, text, headers in (
        (429, "error: wait", again),
        (503, "error: loading", again),
        (429, "error: wait", {}),
        (429, "nothing said", again),
        (500, "error: broken", again),
    ):
        seen.refusal(Reply(status, text, **headers), "somebody")  # type: ignore[arg-type]
    assert (seen.turned_away, len(seen.losses)) == (2, 3)


def test_anothers_answer_counts_as_a_loss() -> None:
    seen = Seen()
    own = {"answer": f"The harbour mark is {mark(3)}.", "citations": [{"file": "mark-3.md"}]}
    seen.answer(own, 3)
    for wrong in (
        {**own, "answer": f"The harbour mark is {mark(4)}."},
        {**own, "answer": f"It is {mark(3)} or {mark(4)}."},
        {**own, "citations": [{"file": "mark-4.md"}]},
        {**own, "citations": []},
    ):
        seen.answer(wrong, 3)
    assert (seen.answers[3], len(seen.losses)) == (1, 4)
