"""The torture room, `make torture`: what nobody does to a program on purpose, done on purpose.

A part is one file here, `<name>.py`, with one `PART = Part(says=..., steps=..., run=...)`; it is
found by being here. `steps(size)` says how far its bar goes, `run(torture)` yields a `Row` for each
thing tried and calls `torture.tick()` after each try. `tests/torture/part.py` says what they hold.
"""

from tests.torture.part import Part, Row, Size, Torture

__all__ = ["Part", "Row", "Size", "Torture"]
