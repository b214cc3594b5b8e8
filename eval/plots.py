"""The plots of a report as geometry: points in a frame that the template draws as SVG. Works out
ticks, bands and curves; knows no HTML.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.metrics import chance
from eval.metrics.decisions import Bin, calibration, calibration_error
from eval.runs.score import TOP, Score

WIDTH, HEIGHT = 340.0, 190.0
LEFT, RIGHT, ABOVE, BELOW = 38.0, 10.0, 10.0, 32.0


@dataclass(frozen=True)
class Tick:
    """A place on an axis, and its words."""

    at: float
    label: str


@dataclass(frozen=True)
class Dot:
    """A point with its radius and what it says when pointed at."""

    x: float
    y: float
    r: float
    title: str


@dataclass(frozen=True)
class Rule:
    """A vertical line with its words."""

    x: float
    label: str
    end: bool


@dataclass(frozen=True)
class Plot:
    """One plot, in a frame of `WIDTH` by `HEIGHT`; paths are SVG path data."""

    id: str
    title: str
    hint: str
    x_label: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    line: str = ""
    band: str = ""
    diagonal: str = ""
    dots: tuple[Dot, ...] = ()
    rules: tuple[Rule, ...] = ()


def plots(scores: Sequence[Score]) -> list[Plot]:
    """Return the plots of a run that have something to show."""
    found = [retrieval(scores), latency(scores), grounding(scores)]
    return [plot for plot in found if plot is not None]


def retrieval(scores: Sequence[Score]) -> Plot | None:
    """Return recall@k of the evidence over k, with its 95% bootstrap band."""
    rows = [s.found_at for s in scores if s.found_at and s.retrieval_recall is not None]
    shares = [
        [sum(at is not None and at <= k for at in found) / len(found) for k in range(1, TOP + 1)]
        for found in rows
    ]
    return curve("retrieval", "Evidence found, by passages looked at", shares)


def curve(id: str, title: str, shares: Sequence[Sequence[float]]) -> Plot | None:
    """Return a curve of mean recall@k over k = 1, 2, ...; a row of shares for each question."""
    if not shares:
        return None
    table = np.asarray(shares, dtype=np.float64)
    depth = table.shape[1]
    means = table.mean(axis=0)
    bands = [chance.mean_interval(table[:, at]) for at in range(depth)]
    xs = [_x((k - 1) / max(1, depth - 1)) for k in range(1, depth + 1)]
    upper = [(x, _y(band.high)) for x, band in zip(xs, bands, strict=True)]
    lower = [(x, _y(band.low)) for x, band in zip(xs, bands, strict=True)]
    points = list(zip(xs, map(_y, means), strict=True))
    dots = tuple(
        Dot(x, y, 3.0, f"recall@{k}: {100 * m:.1f}% ({100 * b.low:.0f} to {100 * b.high:.0f})")
        for k, ((x, y), m, b) in enumerate(zip(points, means, bands, strict=True), 1)
    )
    return Plot(
        id=id,
        title=title,
        hint=f"Mean recall@k over {len(shares)} questions; shaded: 95% interval.",
        x_label="passages (k)",
        x_ticks=tuple(Tick(x, str(k)) for k, x in enumerate(xs, 1) if _shown(k, depth)),
        y_ticks=_percents(),
        line=_path(points),
        band=_path([*upper, *reversed(lower)]) + "Z",
        dots=dots,
    )


def latency(scores: Sequence[Score]) -> Plot | None:
    """Return the share of answers given within so many seconds, with the median and p95."""
    seconds = sorted(s.seconds for s in scores if s.seconds is not None)
    if not seconds:
        return None
    most = _round_up(seconds[-1])
    points = [(_x(0.0), _y(0.0))]
    for at, value in enumerate(seconds, 1):
        points.append((_x(value / most), points[-1][1]))
        points.append((_x(value / most), _y(at / len(seconds))))
    points.append((_x(1.0), _y(1.0)))
    rules = []
    for share, name in ((0.5, "median"), (0.95, "p95")):
        value = chance.percentile(seconds, share)
        rules.append(Rule(_x(value / most), f"{name} {value:.1f} s", value / most > 0.6))
    ticks = tuple(Tick(_x(part / 4), f"{most * part / 4:g}") for part in range(5))
    return Plot(
        id="latency",
        title="Seconds to the whole answer",
        hint=f"Share of {len(seconds)} answers that were there within so many seconds.",
        x_label="seconds",
        x_ticks=ticks,
        y_ticks=_percents(),
        line=_path(points),
        rules=tuple(rules),
    )


def grounding(scores: Sequence[Score]) -> Plot | None:
    """Return how often a sentence's quotes lie on the evidence, by the verifier's probability."""
    given = [p for s in scores for p in s.grounding]
    true = [t for s in scores for t in s.grounded_right]
    if not given:
        return None
    bins = calibration(given, true)
    hint = (
        f"{len(given)} sentences in tenths of the verifier's probability; on the diagonal it would"
        f" be right as often as it says. Expected calibration error {calibration_error(bins):.3f}."
    )
    return reliability("grounding", "Is the verifier's probability to be trusted?", hint,
                       "probability", bins)  # fmt: skip


def reliability(id: str, title: str, hint: str, x_label: str, bins: Sequence[Bin]) -> Plot:
    """Return a reliability diagram; the area of a dot is the number of scores in its bin."""
    most = max(one.n for one in bins)
    dots = tuple(
        Dot(_x(one.mean), _y(one.true), 3 + 7 * math.sqrt(one.n / most),
            f"{one.low:.1f} to {one.high:.1f}: mean {one.mean:.2f}, true {100 * one.true:.0f}%"
            f" of {one.n}")
        for one in bins
    )  # fmt: skip
    return Plot(
        id=id,
        title=title,
        hint=hint,
        x_label=x_label,
        x_ticks=tuple(Tick(_x(part / 5), f"{part / 5:g}") for part in range(6)),
        y_ticks=_percents(),
        diagonal=_path([(_x(0.0), _y(0.0)), (_x(1.0), _y(1.0))]),
        dots=dots,
    )


def _percents() -> tuple[Tick, ...]:
    return tuple(Tick(_y(part / 4), f"{25 * part}%") for part in range(5))


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 2)


def _y(share: float) -> float:
    return round(HEIGHT - BELOW - float(share) * (HEIGHT - ABOVE - BELOW), 2)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _shown(k: int, depth: int) -> bool:
    return depth <= 10 or k == 1 or k % 5 == 0


def _round_up(seconds: float) -> float:
    """Return a round number of seconds not below `seconds`, for the end of an axis."""
    size = 10 ** math.floor(math.log10(max(seconds, 0.01)))
    return float(next(size * step for step in (1, 2, 4, 6, 8, 10) if size * step >= seconds))
