"""The picture of a bench: seconds and memory against the size of the library, as one SVG that stands
alone. Knows nothing of how they were measured.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from eval.errors import EvaluationError
from eval.scale import Point

WIDE, HIGH, LEFT, RIGHT, ABOVE, BELOW = 420.0, 260.0, 56.0, 16.0, 34.0, 40.0
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#444}.t{font-weight:600;fill:#111}"
    ".g{stroke:#ddd;fill:none}.a{stroke:#0b63c5;fill:none;stroke-width:2}.b{stroke:#b3541e;"
    "fill:none;stroke-width:2;stroke-dasharray:5 3}.da{fill:#0b63c5}.db{fill:#b3541e}"
)


def picture(points: Sequence[Point]) -> str:
    """Return the SVG of two plots, one beside the other: search, and memory with disk.

    Raises:
        EvaluationError: there is no point.
    """
    if not points:
        raise EvaluationError("No size was measured, so there is no curve; measure one at least.")
    search = _plot(
        "Search beyond the question's embedding, ms",
        points,
        {"p95": [p.search_p95 for p in points], "median": [p.search_p50 for p in points]},
    )
    memory = _plot(
        "Memory and disk, MiB",
        points,
        {"resident": [p.memory_mib for p in points], "on disk": [p.disk_mib for p in points]},
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDE:g} {HIGH:g}" role="img">'
        f"<title>Time and memory against the number of passages</title><style>{_STYLE}</style>"
        f'<rect width="100%" height="100%" fill="#fff"/>{search}'
        f'<g transform="translate({WIDE:g} 0)">{memory}</g></svg>\n'
    )


def write_picture(points: Sequence[Point], file: Path) -> None:
    """Write the picture.

    Raises:
        EvaluationError: there is no point, or the file cannot be written.
    """
    try:
        file.write_text(picture(points), encoding="utf-8")
    except OSError as error:
        message = f"The picture cannot be written to {str(file)!r} ({error.strerror})"
        raise EvaluationError(f"{message}; name another place with --out.") from error


def _plot(title: str, points: Sequence[Point], lines: dict[str, list[float]]) -> str:
    most = _round_up(max(max(values) for values in lines.values()))
    sizes = [p.passages for p in points]
    low, high = math.log10(min(sizes)), math.log10(max(sizes))
    xs = [_x((math.log10(n) - low) / (high - low) if high > low else 0.5) for n in sizes]
    parts = [f'<text class="t" x="{LEFT:g}" y="18">{escape(title)}</text>']
    for part in range(5):
        y = _y(part / 4)
        parts.append(f'<path class="g" d="M{LEFT:g} {y:g}H{WIDE - RIGHT:g}"/>')
        label = f"{most * part / 4:g}"
        parts.append(f'<text x="{LEFT - 6:g}" y="{y + 4:g}" text-anchor="end">{label}</text>')
    for x, n in zip(xs, sizes, strict=True):
        parts.append(f'<text x="{x:g}" y="{HIGH - 22:g}" text-anchor="middle">{n:,}</text>')
    parts.append(f'<text x="{WIDE / 2:g}" y="{HIGH - 6:g}" text-anchor="middle">passages</text>')
    for at, (kind, (name, values)) in enumerate(zip("ab", lines.items(), strict=True)):
        ys = [_y(value / most) for value in values]
        path = "M" + "L".join(f"{x:g} {y:g}" for x, y in zip(xs, ys, strict=True))
        parts.append(f'<path class="{kind}" d="{path}"/>')
        for x, y, n, value in zip(xs, ys, sizes, values, strict=True):
            said = escape(f"{name}, {n:,} passages: {value:g}")
            dot = f'<circle class="d{kind}" cx="{x:g}" cy="{y:g}" r="3.5">'
            parts.append(f"{dot}<title>{said}</title></circle>")
        place = f'x="{LEFT + 8 + 90 * at:g}" y="{ABOVE - 4:g}"'
        parts.append(f'<text class="d{kind}" {place}>{escape(name)}</text>')
    return "".join(parts)


def _x(share: float) -> float:
    return round(LEFT + 12 + share * (WIDE - LEFT - RIGHT - 36), 1)


def _y(share: float) -> float:
    return round(HIGH - BELOW - share * (HIGH - ABOVE - BELOW), 1)


def _round_up(value: float) -> float:
    size = 10 ** math.floor(math.log10(max(value, 0.01)))
    return float(next(size * step for step in (1, 2, 4, 6, 8, 10) if size * step >= value))
