"""Keeps Gradio's sessions from growing. What an update makes of a component gets a number of its own
there, and the next use keeps it under that as well: a copy, some 10 KB, for every question asked.
"""

from typing import Any

from gradio.blocks import Block
from gradio.state_holder import SessionState

_take = SessionState.__setitem__


def hold_components_once() -> None:
    """Let the sessions of all pages of this process hold each component once."""
    SessionState.__setitem__ = _taken  # type: ignore[method-assign]


def _taken(session: SessionState, number: int, value: Any) -> None:
    """Take a component in as Gradio does, but under the number it has on the page."""
    if isinstance(value, Block):
        value._id = number
    _take(session, number, value)
