"""The report of a benchmark: figures with their intervals, curves, and every question to open. One
self-contained page in the style of a run's report.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.benchmarks.asking import Row
from eval.benchmarks.figures import ALL
from eval.benchmarks.held import Held
from eval.benchmarks.sets import TASKS, Task
from eval.metrics.decisions import calibration, calibration_error
from eval.plots import Plot, curve, reliability
from eval.report.page import environment
from eval.runs.files import read_json, read_rows, write_whole

SHOWN = 500  # questions in the page; all are in the folder's files


@dataclass(frozen=True)
class Item:
    """One question or claim with what was found, and whether each part of it is right."""

    id: str
    part: str
    text: str
    wanted: str
    outcome: str
    found: tuple[tuple[str, str], ...]


def write_benchmark_page(out: Path) -> Path:
    """Write `report.html` of a finished benchmark and return where it is.

    Raises:
        EvaluationError: the folder holds no finished benchmark.
    """
    summary = read_json(out / "summary.json")
    rows = {task: Held(out).rows(task) for task in TASKS}
    asked: list[Row] = read_rows(out / "items.jsonl", json.loads, "question of a benchmark")
    items = [_item(item, rows) for item in asked[:SHOWN]]
    page = (
        environment()
        .get_template("benchmark.html.jinja")
        .render(
            summary=summary,
            groups=_groups(summary["measures"]),
            plots=_plots(asked, rows),
            items=items,
            outcomes=sorted({item.outcome for item in items}),
            parts=sorted({item.part for item in items if item.part}),
        )
    )
    write_whole(out / "report.html", page)
    return out / "report.html"


def _groups(measures: Sequence[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the measures by task, those over the whole set first."""
    found: list[tuple[str, list[dict[str, Any]]]] = []
    for task in TASKS:
        ours = [m for m in measures if m["task"] == task]
        ours.sort(key=lambda m: m["part"] != ALL)
        if ours:
            found.append((task, ours))
    return found


def _plots(items: Sequence[Row], rows: dict[Task, dict[str, dict[str, Any]]]) -> list[Plot]:
    shares: dict[str, list[list[float]]] = {"ranked": [], "lexical": []}
    given, true = [], []
    for item in items:
        row = rows["ranking"].get(item["id"], {})
        if item.get("relevant") and "ranked" in row:
            for name, of in shares.items():
                good = set(item["relevant"])
                of.append([len(good & set(row[name][:k])) / len(good) for k in range(1, 21)])
        row = rows["grounding"].get(item["id"], {})
        if "score" in row:
            given.append(float(row["score"]))
            true.append(bool(item["supported"]))
    found = [
        curve("recall", "Relevant passages found", shares["ranked"]),
        curve("floor", "The floor: BM25 alone", shares["lexical"]),
    ]
    if given:
        bins = calibration(given, true)
        hint = (
            f"{len(given)} claims in tenths of the verifier's probability. Expected calibration"
            f" error {calibration_error(bins):.3f}."
        )
        title = "Is the verifier's probability to be trusted?"
        found.append(reliability("calibration", title, hint, "probability", bins))
    return [plot for plot in found if plot is not None]


def _item(item: dict[str, Any], rows: dict[Task, dict[str, dict[str, Any]]]) -> Item:
    found: list[tuple[str, str]] = []
    for task in TASKS:
        row = rows[task].get(item["id"])
        if row is None:
            continue
        if "error" in row:
            found.append((task, f"failed: {row['error']}"))
        elif task == "reading":
            found.append(("span in its passage", f"{row['span']} ({row['answered']:.2f})"))
        elif task == "ranking":
            ranks = [row["ranked"].index(id) + 1 for id in item["relevant"] if id in row["ranked"]]
            found.append(("relevant passages at ranks", ", ".join(map(str, sorted(ranks))) or "-"))
            if "span" in row:
                found.append(("span in passages found", f"{row['span']} ({row['answered']:.2f})"))
        elif task == "answering":
            said = "abstained: " if row["abstained"] else ""
            found.append((f"answer, {row['seconds']:.1f} s", said + row["answer"]))
        else:
            passes = "supported" if row["passes"] else f"not supported: {row.get('reason')}"
            found.append(("grounding", f"{passes} (verifier {row['score']:.2f})"))
    return Item(item["id"], item["part"], item["text"], item["wanted"],
                outcome(item, rows), tuple(found))  # fmt: skip


def outcome(item: dict[str, Any], rows: dict[Task, dict[str, dict[str, Any]]]) -> str:
    """Return whether the last task that judges an item found it right."""
    answer = rows["answering"].get(item["id"])
    claim = rows["grounding"].get(item["id"])
    if any("error" in rows[task].get(item["id"], {}) for task in TASKS):
        return "failed"
    if answer is not None:
        if item["answerable"] and answer["abstained"]:
            return "abstained"
        return "right" if item["right"] else "wrong"
    if claim is not None:
        return "right" if claim["passes"] == item["supported"] else "wrong"
    ranked = rows["ranking"].get(item["id"])
    if ranked is not None and item["relevant"]:
        return (
            "right" if ranked["ranked"][:1] and ranked["ranked"][0] in item["relevant"] else "wrong"
        )
    return "right"
