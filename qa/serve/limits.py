"""How often: wrong tokens of one address until it is locked out, and requests of one visitor in a
minute. Both forget, so that neither memory nor an honest mistake lasts.
"""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

REMEMBERED = 10_000
"""Addresses or visitors that are kept apart; beyond that the one not heard of longest is forgotten."""

Clock = Callable[[], float]


@dataclass
class _Count:
    """How many since when, in seconds of the clock."""

    since: float
    number: int = 0


class Counts:
    """Counts events by name within a stretch of time that begins with the first. Threads share it."""

    def __init__(self, most: int, seconds: float, clock: Clock = time.monotonic) -> None:
        """Let `most` events of a name happen in `seconds`."""
        self.most = most
        self._seconds = seconds
        self._clock = clock
        self._held: OrderedDict[str, _Count] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, name: str) -> None:
        """Count one event of `name`."""
        with self._lock:
            count = self._current(name) or _Count(self._clock())
            count.number += 1
            self._held[name] = count
            self._held.move_to_end(name)
            while len(self._held) > REMEMBERED:
                self._held.popitem(last=False)

    def wait(self, name: str) -> int:
        """Return for how many whole seconds `name` has had its fill; 0 where one more may come."""
        with self._lock:
            count = self._current(name)
            if count is None or count.number < self.most:
                return 0
            return max(1, math.ceil(count.since + self._seconds - self._clock()))

    def _current(self, name: str) -> _Count | None:
        count = self._held.get(name)
        if count and self._clock() - count.since >= self._seconds:
            del self._held[name]
            return None
        return count


def place_of(client: tuple[str, int] | None) -> str:
    """Return the address that wrong tokens are counted for: of IPv6 the network that one household
    or machine has to itself, since it can change the rest at will.
    """
    host = client[0] if client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)
