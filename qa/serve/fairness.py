"""Who is let in where not all can be: whoever was sent away, in the order they first came, and only
then whoever has just had a turn. Without it, those whose answer is there ask again at the very moment
a place is free, and the others, who come back when they were told to, may never find one.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

HELD = 20.0  # seconds: how long a turn counts as recent, and who was sent away is waited for


@dataclass
class _SentAway:
    first: float
    last: float


class Fairness:
    """Remembers who was sent away and who has had a turn. The line's lock is held at every call."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nobody was here yet."""
        self._clock = clock
        self._sent_away: dict[str, _SentAway] = {}
        self._had_turn: dict[str, float] = {}

    def lets_in(self, who: str, free: int) -> bool:
        """Tell whether somebody gets one of the free places, and remember it.

        Args:
            who: the visitor; "" where everybody who can ask is one person.
            free: places that nobody has.
        """
        self._forget()
        comes_in = free > self._before(who)
        if who and comes_in:
            self._sent_away.pop(who, None)
        elif who:
            now = self._clock()
            self._sent_away.setdefault(who, _SentAway(now, now)).last = now
        return comes_in

    def left(self, who: str) -> None:
        """Note that a visitor's question is done."""
        if who:
            self._had_turn[who] = self._clock()

    def _before(self, who: str) -> int:
        """Return for how many others places are kept."""
        if mine := self._sent_away.get(who):
            return sum(other.first < mine.first for other in self._sent_away.values())
        return len(self._sent_away) if who in self._had_turn else 0

    def _forget(self) -> None:
        late = self._clock() - HELD
        for who in [who for who, away in self._sent_away.items() if away.last < late]:
            del self._sent_away[who]
        for who in [who for who, since in self._had_turn.items() if since < late]:
            del self._had_turn[who]
