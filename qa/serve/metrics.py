"""What the server counts, in the text format that Prometheus reads; numbers only, never a word of a
question or an answer. The only door of `prometheus_client`.
"""

from collections.abc import Callable
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

Way = Literal[
    "page",  # the chat page
    "api",  # /api/ask
    "openai",  # /v1/chat/completions
    "mcp",  # the tool `ask`
]
Counted = Literal[
    "questions",  # that came in
    "abstentions",  # that the documents do not answer
    "failures",  # that ended in an error
    "abandoned",  # whose asker went away
    "turned_away",  # that found no place in the line
]
_SAID: dict[Counted, str] = {
    "questions": "Questions that came in.",
    "abstentions": "Questions that the documents do not answer.",
    "failures": "Questions that ended in an error.",
    "abandoned": "Questions whose asker went away before the answer.",
    "turned_away": "Questions that found no place in the line.",
}
_WAYS: tuple[Way, ...] = ("page", "api", "openai", "mcp")
_SECONDS = (0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60, 120)

# When each counter began is of no use here.
disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no annotations

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counters of one server."""

    def __init__(self) -> None:
        """Begin at zero, in a registry of its own."""
        self.registry = CollectorRegistry()
        self._counters = {
            name: Counter(f"footnote_{name}", said, ["way"], registry=self.registry)
            for name, said in _SAID.items()
        }
        for counter in self._counters.values():
            for way in _WAYS:
                counter.labels(way)  # a series that starts at 0 has a rate from its first event
        self._total = self._histogram("answer", "From the question to its whole answer")
        self._first = self._histogram("first_sentence", "From the question to a first sentence")

    def _histogram(self, name: str, said: str) -> Histogram:
        whole = f"footnote_{name}_seconds"
        return Histogram(whole, f"{said}, waiting included.", registry=self.registry, buckets=_SECONDS)  # fmt: skip

    def watch(self, name: str, said: str, now: Callable[[], float]) -> None:
        """Show the value that `now` returns whenever somebody looks."""
        Gauge(f"footnote_{name}", said, registry=self.registry).set_function(now)

    def count(self, what: Counted, way: Way) -> None:
        """Count one."""
        self._counters[what].labels(way).inc()

    def answered(self, way: Way, abstained: bool, first: float | None, total: float | None) -> None:
        """Count an answer.

        Args:
            way: how the question came.
            abstained: whether the documents did not answer it.
            first: seconds to the first sentence, `None` where there was none.
            total: seconds to the whole answer.
        """
        if abstained:
            self.count("abstentions", way)
        if first is not None:
            self._first.observe(first)
        if total is not None:
            self._total.observe(total)

    def text(self) -> bytes:
        """Return everything counted, as Prometheus reads it."""
        return generate_latest(self.registry)
