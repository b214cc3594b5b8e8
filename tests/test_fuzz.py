"""Whatever reads what others wrote, tried with anything; `make torture` tries more of it."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import PROPERTIES
from tests.fuzz_loaders import broken, seeds

FOUND = Path(__file__).parent / "found"


@pytest.mark.parametrize("name", PROPERTIES)
def test_anything_gives_what_is_promised_or_one_error_of_ours(name: str) -> None:
    holds, makers = PROPERTIES[name]

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.tuples(*makers))
    def tried(made: tuple[Any, ...]) -> None:
        holds(*made)

    tried()


@pytest.mark.parametrize("seed", seeds(), ids=lambda seed: str(seed[0]))
def test_the_honest_files_that_fuzzing_begins_with_are_read(seed: bytes) -> None:
    assert broken(seed) is None


def test_what_fuzzing_came_upon_breaks_no_promise() -> None:
    """Inputs that guided fuzzing kept: findings, once they are mended, and what is hard to read."""
    every = sorted(FOUND.iterdir())
    assert every and [path.name for path in every if broken(path.read_bytes())] == []


def test_fuzzing_tells_what_breaks_a_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("tests.fuzz_loaders.hold_invariants", breaks)
    assert (broken(seeds()[0]) or "").startswith("txt-ZeroDivisionError-")
