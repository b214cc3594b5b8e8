"""Composes: gives the evidence to the language model and yields its sentences as they complete.
Every sentence is a claim until `qa/ground.py` has found its quotations.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from index.sentences import split
from qa.gloss import gloss
from qa.language_model import LanguageModel
from qa.prompts import ANSWER_SYSTEM, ANSWER_USER, LANGUAGE_NAMES, Language
from qa.read import Evidence

MARKERS = re.compile(
    r"\s*\[\d+(?:\s*,\s*\d+)*\]|\s*\((?:source|sources|출처)[^)]*\)", re.IGNORECASE
)
OPENING = re.compile(r"^\s*(?:[-*•]\s+|\d+[.)]\s+|answer\s*:\s*|답변?\s*:\s*)", re.IGNORECASE)


def sources_text(
    evidence: Sequence[Evidence], language: Language, spelled: Mapping[str, str] | None = None
) -> str:
    """Return the evidence as numbered lines in document order, each document under its title, and
    for a reader of English the names and values of Korean evidence.
    """
    lines: list[str] = []
    path = None
    for number, e in enumerate(sorted(evidence, key=lambda e: (e.path, e.start)), 1):
        if e.path != path:
            dated = f" ({e.published})" if e.published else ""
            lines.append(f"{e.title or e.path}{dated}:")
            path = e.path
        lines.append(f"[{number}] {' '.join(e.text.split())}")
    if language == "en":
        rendered = {k: v for e in evidence if e.language == "ko" for k, v in gloss(e.text, spelled)}
        if rendered:
            lines.append("; ".join(f"{k} = {v}" for k, v in rendered.items()))
    return "\n".join(lines)


def compose(
    model: LanguageModel,
    question: str,
    language: Language,
    evidence: Sequence[Evidence],
    spelled: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Yield the sentences of the model's answer, each as soon as it is complete.

    Args:
        model: writes.
        question: standing alone.
        language: of the answer.
        evidence: what the model is shown.
        spelled: how names in Hangul are spelled in English.

    Raises:
        ModelError: the model failed; what was yielded before stands.
    """
    user = ANSWER_USER.format(
        sources=sources_text(evidence, language, spelled),
        question=question,
        language=LANGUAGE_NAMES[language],
    )
    yield from sentences(model.stream(ANSWER_SYSTEM, user), language)


def sentences(pieces: Iterable[str], language: Language) -> Iterator[str]:
    """Cut a stream of text into clean sentences; where the stream is cut makes no difference."""
    text = ""
    for piece in pieces:
        text += piece
        if not re.search(r"[.!?。\n]\s", text):
            continue
        *complete, last = _pieces(text, language) or [""]
        for sentence in complete:
            yield from _cleaned(sentence)
        if complete:
            text = text[text.rindex(last) :] if last else ""
    for sentence in _pieces(text, language):
        yield from _cleaned(sentence)


def _pieces(text: str, language: Language) -> list[str]:
    return [
        text[s.start : s.end]
        for line in re.finditer(r"[^\n]+", text)
        for s in split(text, line.start(), line.end(), language)
    ]


def _cleaned(sentence: str) -> Iterator[str]:
    plain = OPENING.sub("", MARKERS.sub("", sentence)).strip().strip("*").strip()
    if sum(c.isalnum() for c in plain) >= 2:
        yield plain
