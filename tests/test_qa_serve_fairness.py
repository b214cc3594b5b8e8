"""Nobody is kept out by those who come again at once."""

from collections import Counter
from contextlib import closing

import pytest

from qa.errors import CrowdedError
from qa.serve.fairness import HELD, Fairness
from qa.serve.line import Line
from tests.fakes_serve import Gated, begun
from tests.test_qa_serve_line import ASK, assistant

__all__ = ["assistant"]  # a fixture


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_who_was_sent_away_comes_before_who_has_just_had_a_turn() -> None:
    fair = Fairness()
    assert fair.lets_in("ana", free=1)
    assert not fair.lets_in("ben", free=0)
    fair.left("ana")
    assert not fair.lets_in("ana", free=1), "the place is kept for ben"
    assert fair.lets_in("ben", free=1)


def test_a_newcomer_who_had_no_turn_finds_a_free_place() -> None:
    fair = Fairness()
    assert not fair.lets_in("ben", free=0)
    assert fair.lets_in("cleo", free=1)


def test_a_place_is_not_kept_for_long() -> None:
    clock = Clock()
    fair = Fairness(clock)
    assert not fair.lets_in("ben", free=0)
    fair.left("ana")
    assert not fair.lets_in("ana", free=1)
    clock.now += HELD + 1
    fair.left("dora")
    assert fair.lets_in("dora", free=1)


def test_where_everybody_is_one_person_only_free_places_count() -> None:
    fair = Fairness()
    for _ in range(5):
        fair.left("")
        assert fair.lets_in("", free=1) and not fair.lets_in("", free=0)


def test_of_a_crowd_that_comes_again_everybody_is_answered() -> None:
    """Those whose answer is there ask again at once, the others a little later, as in a load."""
    clock = Clock()
    fair = Fairness(clock)
    people = [f"person {number}" for number in range(50)]
    line: list[str] = []
    due = dict.fromkeys(people, 0.0)
    answers: Counter[str] = Counter()
    for second in range(600):
        clock.now = float(second)
        if line:
            first = line.pop(0)
            answers[first] += 1
            fair.left(first)
            due[first] = clock.now
        for who in sorted(
            (w for w in people if due[w] <= clock.now), key=lambda w: due[w] != clock.now
        ):
            if fair.lets_in(who, 17 - len(line)):
                line.append(who)
                due[who] = float("inf")
            else:
                due[who] = clock.now + 3
    assert min(answers[who] for who in people) >= 5 and max(answers.values()) <= 20


def test_the_line_keeps_a_place_for_who_was_sent_away(assistant: Gated) -> None:
    line: Line = begun(assistant, waiting=0)
    with closing(line.stream(ASK, who="ana")) as answered:
        next(answered)
        with pytest.raises(CrowdedError):
            next(line.stream(ASK, who="ben"))
    with pytest.raises(CrowdedError):
        next(line.stream(ASK, who="ana"))
    assert list(line.stream(ASK, who="ben"))
