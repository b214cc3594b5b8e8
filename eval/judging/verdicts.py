"""What a judge said of a run's answers, and how far it agrees with the rules. Values and their way
into JSON and back; `judge.py` asks.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.engines.record import Record
from eval.metrics import decisions, wording
from eval.metrics.decisions import Agreement
from eval.runs.files import read_rows
from eval.runs.score import Score


@dataclass(frozen=True)
class Verdict:
    """What a judge said of one answer; `None` where its reply held no verdict.

    `grounded` has an entry for each sentence with quotes, in order.
    """

    id: str
    judge: str
    correct: bool | None
    grounded: tuple[bool | None, ...]

    def line(self) -> str:
        """Return the JSON line of `judged.jsonl`."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def read(cls, line: str) -> "Verdict":
        """Read a line back."""
        fields: dict[str, Any] = json.loads(line)
        return cls(**(fields | {"grounded": tuple(fields["grounded"])}))


@dataclass(frozen=True)
class Judged:
    """A judge's verdicts over a run, beside those of the rules.

    `correct` and `grounded` are the shares it says yes to; `unread` counts replies without a
    verdict. An agreement is `None` where both have nothing to compare.
    """

    judge: str
    n: int
    correct: float | None
    grounded: float | None
    unread: int
    correct_agreement: Agreement | None
    grounded_agreement: Agreement | None

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> "Judged":
        """Read the JSON form back."""
        found = {
            name: Agreement(**fields[name]) if fields.get(name) else None
            for name in ("correct_agreement", "grounded_agreement")
        }
        return cls(**(dict(fields) | found))


def verdicts(file: Path, judge: str | None = None) -> tuple[Verdict, ...]:
    """Return the verdicts of a judge, or of the last one that judged; () where nobody did."""
    rows = read_rows(file, Verdict.read, "verdict of a judge")
    wanted = judge or (rows[-1].judge if rows else "")
    return tuple({row.id: row for row in rows if row.judge == wanted}.values())


def judged(
    found: Sequence[Verdict], records: Mapping[str, Record], scores: Sequence[Score]
) -> Judged | None:
    """Return a judge's figures beside the rules' verdicts; `None` without verdicts."""
    by_id = {score.id: score for score in scores}
    known = [verdict for verdict in found if verdict.id in by_id]
    if not known:
        return None
    correct = [(v.correct, by_id[v.id].right) for v in known]
    grounded = [
        (said, wording.supported(text, quotes))
        for v in known
        for said, (text, quotes) in zip(v.grounded, cited_sentences(records[v.id]), strict=False)
    ]
    every = [said for said, _ in [*correct, *grounded]]
    return Judged(
        judge=known[0].judge,
        n=len(known),
        correct=_share([said for said, _ in correct]),
        grounded=_share([said for said, _ in grounded]),
        unread=sum(said is None for said in every),
        correct_agreement=_agreement(correct),
        grounded_agreement=_agreement(grounded),
    )


def judged_text(found: Judged) -> str:
    """Return a judge's figures as the screen shows them."""
    lines = [f"Judge {found.judge}: {found.n} answers, {found.unread} replies without a verdict."]
    for what, share, agreed in (
        ("correct", found.correct, found.correct_agreement),
        ("supported sentences", found.grounded, found.grounded_agreement),
    ):
        if share is not None:
            beside = (
                f"; agrees with the rules on {agreed.raw:.3f} of {agreed.n} (Cohen's kappa"
                f" {agreed.kappa:.3f})"
                if agreed
                else ""
            )
            lines.append(f"{what}: {share:.3f}{beside}")
    return "\n".join(lines)


def cited_sentences(record: Record) -> list[tuple[str, list[str]]]:
    """Return the sentences of an answer that have quotes, each with them."""
    return [(s.text, [c.quote for c in s.citations]) for s in record.sentences if s.citations]


def _share(said: Sequence[bool | None]) -> float | None:
    known = [one for one in said if one is not None]
    return sum(known) / len(known) if known else None


def _agreement(pairs: Sequence[tuple[bool | None, bool | None]]) -> Agreement | None:
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    return decisions.agreement([a for a, _ in both], [b for _, b in both]) if both else None
