"""The short runs of the load and the soak: everybody gets their own answer, or a clear refusal."""

from typing import Any

import pytest

from index import IndexSettings
from index.weights import is_present, resolve
from tests.torture import load, room, small, soak
from tests.torture.crowd import Seen
from tests.torture.served import mark
from tests.torture.visitor import Shown


@pytest.mark.parametrize("part", [load, soak], ids=["load", "soak"])
def test_a_short_run_loses_nothing(part: Any) -> None:
    (result,) = room.torture("part", part.PART, "short", 7)
    assert result.row.times > 0 and result.row.losses == ()
    assert "memory growth (%)" in result.row.figures
    assert part is soak or 0 < result.row.figures["of them on the page"] < result.row.times


@pytest.mark.models
def test_a_short_run_with_the_small_model_loses_nothing() -> None:
    if not is_present(resolve(small.MODEL), IndexSettings.from_environment().home):
        pytest.skip("the weights are not here: run `python -m index weights --model " + small.MODEL)
    (result,) = room.torture("small", small.PART, "short", 7)
    assert result.row.losses == () and result.row.figures["answers"] > 0


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
        {**own, "answer": "Something broke."},
        {**own, "citations": []},
    ):
        seen.answer(wrong, 3)
    assert (seen.answers[3], len(seen.losses)) == (1, 5)


def test_the_page_of_a_visitor_is_read_as_it_is_shown() -> None:
    page = (
        '<div class="fn-answer"><p class="fn-text"><span class="fn-sentence"><bdi>The mark is '
        '<span class="fn-keep">red&nbsp;<button class="fn-chip" data-quotes="[{&quot;file&quot;: '
        '&quot;a.md&quot;}]">A</button></span></bdi></span></p></div>'
    )
    shown = Shown.of(page)
    assert (shown.answer.split(), shown.files) == (["The", "mark", "is", "red"], {"a.md"})
    refused = Shown.of('<p class="fn-problem" role="alert">Wait &amp; come back.</p>')
    assert (refused.answer, refused.problem) == ("", "Wait & come back.")
