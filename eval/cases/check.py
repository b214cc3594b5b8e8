"""Checks a case file against its documents before anybody trusts a score made with it: quotes
stand in the documents, gold answers meet their own demands, ids are unique, kinds and languages
are balanced. Every problem says how to mend it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.cases import KINDS, Case
from eval.corpus import Corpus
from eval.metrics import answers
from eval.report.table import table

BALANCED = 20  # cases from which on balance is looked at

Weight = Literal[
    "problem",  # scores made with this case are wrong
    "note",  # scores are right, but a person should look
]


@dataclass(frozen=True)
class Finding:
    """Something wrong with a case, and how to mend it."""

    case: str
    weight: Weight
    text: str


def check(cases: Sequence[Case], corpus: Corpus) -> tuple[Finding, ...]:
    """Return what is wrong with the cases, in their order."""
    return tuple(
        finding
        for findings in (
            _repeated(cases),
            *(_evidence(case, corpus) for case in cases),
            *(_gold(case) for case in cases),
            *(_sense(case) for case in cases),
            _unbalanced(cases),
        )
        for finding in findings
    )


def balance(cases: Sequence[Case]) -> str:
    """Return the table of how many cases there are of each kind and language."""
    languages = sorted({case.lang for case in cases})
    counts = Counter((case.kind, case.lang) for case in cases)
    rows: list[tuple[str, ...]] = [("kind", *languages, "all")]
    for kind in KINDS:
        row = [counts[kind, lang] for lang in languages]
        rows.append((kind, *map(str, row), str(sum(row))))
    sums = [sum(case.lang == lang for case in cases) for lang in languages]
    rows.append(("all", *map(str, sums), str(len(cases))))
    return table(rows)


def _repeated(cases: Sequence[Case]) -> Iterator[Finding]:
    for case_id, times in Counter(case.id for case in cases).items():
        if times > 1:
            text = f"The id occurs {times} times; give every case an id of its own."
            yield Finding(case_id, "problem", text)


def _evidence(case: Case, corpus: Corpus) -> Iterator[Finding]:
    for evidence in case.evidence:
        file, quote = evidence.file, _short(evidence.quote)
        located = corpus.locate(file, evidence.quote)
        if file not in corpus.texts:
            known = ", ".join(map(repr, sorted(corpus.texts)))
            text = f"There is no document {file!r}; name one of {known}."
            yield Finding(case.id, "problem", text)
        elif not located.spans:
            text = f"The quote {quote!r} is not in {file!r}; copy it from the document."
            yield Finding(case.id, "problem", text)
        elif not located.verbatim:
            span = located.spans[0]
            held = corpus.texts[file][span.start : span.end]
            text = f"The quote {quote!r} matches {file!r} only after folding case and white space;"
            yield Finding(case.id, "note", f"{text} the document has {_short(held)!r}.")


def _gold(case: Case) -> Iterator[Finding]:
    for group in answers.unmet(case.answer, case.must_include):
        text = f"The gold answer holds none of {list(group)!r} of its own must_include;"
        yield Finding(case.id, "problem", f"{text} add the gold's wording to the group.")
    for wrong in answers.forbidden(case.answer, case.must_not_include):
        text = f"The gold answer holds {wrong!r} of its own must_not_include;"
        yield Finding(case.id, "problem", f"{text} make that text longer or take it out.")


def _sense(case: Case) -> Iterator[Finding]:
    if case.answerable and not case.evidence:
        text = "An answerable case has no evidence; quote what supports the gold answer."
        yield Finding(case.id, "problem", text)
    if case.answerable and not case.must_include:
        text = "Any answer would be right; say in must_include what a right one holds."
        yield Finding(case.id, "problem", text)
    if case.answerable and case.kind in ("unanswerable", "injection"):
        text = f"The kind is {case.kind!r} but answerable is true; make one fit the other."
        yield Finding(case.id, "note", text)
    if case.kind == "follow_up" and not case.history:
        text = "A follow_up needs a history; add the turns before the question."
        yield Finding(case.id, "problem", text)
    if answers.language_matches(case.question, case.lang) is False:
        text = f"The question is not written in its lang {case.lang!r}; correct lang."
        yield Finding(case.id, "problem", text)


def _unbalanced(cases: Sequence[Case]) -> Iterator[Finding]:
    """Note what a set of some size lacks: a small one is about something particular."""
    if len(cases) < BALANCED:
        return
    kinds, languages = Counter(c.kind for c in cases), Counter(c.lang for c in cases)
    if absent := [kind for kind in KINDS if kind not in kinds]:
        text = f"No case is of kind {', '.join(absent)}; add some, or know what is not measured."
        yield Finding("the whole file", "note", text)
    most, least = languages.most_common()[0], languages.most_common()[-1]
    if most[1] > 2 * least[1]:
        text = f"There are {most[1]} cases in {most[0]!r} and {least[1]} in {least[0]!r};"
        yield Finding("the whole file", "note", f"{text} add some in {least[0]!r}.")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
