"""Anything at all given to whatever reads what others wrote (`tests/fuzz.py`), and, where atheris is
installed, to the loaders guided by what it reaches in them (`tests/fuzz_loaders.py`), for half an
hour where `TORTURE_GUIDED` does not say how many seconds.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.alone import ROOT
from tests.fuzz import PROPERTIES, Property
from tests.torture.part import Part, Row, Size, Torture

EXAMPLES = {"short": 15, "full": 1_500}
GUIDED_SECONDS = int(os.environ.get("TORTURE_GUIDED", "1800"))


def _run(torture: Torture) -> Iterator[Row]:
    for name, (holds, makers) in PROPERTIES.items():
        count, losses = _tried(torture, holds, makers)
        yield Row(f"{name}, given anything", count, tuple(losses))
    if torture.full and find_spec("atheris"):
        yield _guided(torture.folder)


def _tried(
    torture: Torture, holds: Property, makers: tuple[st.SearchStrategy[Any], ...]
) -> tuple[int, list[str]]:
    examples, count = EXAMPLES[torture.size], 0

    @seed(torture.random.getrandbits(32))
    @settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.tuples(*makers))
    def every(made: tuple[Any, ...]) -> None:
        nonlocal count
        count += 1
        torture.tick() if count <= examples else None
        holds(*made)

    try:
        every()
    except Exception as error:  # whatever it is, a promise did not hold
        return count, [f"{type(error).__name__}: {str(error)[:200]}"]
    return count, []


def _guided(folder: Path) -> Row:
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    subprocess.run(
        [sys.executable, "-m", "tests.fuzz_loaders", str(folder), str(GUIDED_SECONDS)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": paths}, capture_output=True,
    )  # fmt: skip
    found = sorted(path.name for path in (folder / "found").iterdir())
    inputs = len(list((folder / "corpus").iterdir()))
    what = f"loaders, guided for {GUIDED_SECONDS // 60} minutes; inputs that reached new places"
    return Row(what, inputs, tuple(found))


def _steps(size: Size) -> int:
    return EXAMPLES[size] * len(PROPERTIES)


PART = Part("whatever reads what others wrote, given anything", _steps, _run)
