"""The load once more with the small language model for real, in its own process beside the server:
answers take seconds, so most people wait or are told to come back, and nobody is left out.
"""

from collections.abc import Iterator

from tests.torture.load import SECONDS, Flood
from tests.torture.part import Part, Row, Size, Torture

MODEL = "qwen2.5-coder-0.5b-instruct"
AGAIN = 3.0  # seconds; where an answer takes some, nobody asks again at once


def _run(torture: Torture) -> Iterator[Row]:
    yield Flood(torture, MODEL, AGAIN).run()


def _steps(size: Size) -> int:
    return SECONDS[size]


PART = Part("many people at once, with the small language model", _steps, _run)
