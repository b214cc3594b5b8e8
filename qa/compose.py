"""Makes the sentences of an answer from the evidence: written by the language model where grounding
accepts them, quoted where it does not, and completed by quotation where the model left out what
the reader found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qa.answer import Dropped, Sentence
from qa.errors import ModelError
from qa.ground import ground
from qa.language_model import LanguageModel
from qa.prompts import Language, says
from qa.question import Question, language_of
from qa.read import Evidence, Findings
from qa.reader import Reader
from qa.settings import AnsweringSettings
from qa.values import missing
from qa.write import compose

LONGEST_ORIGINAL = 140  # characters of an original wording put beside a translation


@dataclass
class Draft:
    """A question, what was found for it, and the model's sentences that were not shown."""

    question: Question
    findings: Findings
    dropped: list[Dropped] = field(default_factory=list)


class Composer:
    """Writes answers with a reader and, where there is one, a language model."""

    def __init__(
        self, reader: Reader, model: LanguageModel | None, settings: AnsweringSettings
    ) -> None:
        """Take the models."""
        self._reader = reader
        self._model = model
        self._settings = settings

    def compose(self, draft: Draft) -> Iterator[Sentence]:
        """Yield supported sentences; what is refused goes into `draft.dropped`."""
        shown: list[Sentence] = []
        if self._model is not None:
            for sentence in self._written(self._model, draft):
                shown.append(sentence)
                yield sentence
        yield from self._completed(draft, shown)

    def _written(self, model: LanguageModel, draft: Draft) -> Iterator[Sentence]:
        question, evidence = draft.question, draft.findings.evidence
        seen: set[str] = set()
        try:
            for text in compose(model, question.reading, question.language, evidence):
                if text in seen:
                    continue
                seen.add(text)
                grounded = ground(
                    text,
                    evidence,
                    self._reader,
                    at_least=self._settings.entailed_at_least,
                    question=question.text,
                )
                if grounded.reason is None:
                    yield Sentence(text, "supported", grounded.citations)
                else:
                    draft.dropped.append(Dropped(text, grounded.reason))
        except ModelError as error:
            draft.dropped.append(Dropped("", str(error)))

    def _completed(self, draft: Draft, shown: list[Sentence]) -> Iterator[Sentence]:
        """Quote the evidence that the answer so far leaves out though the reader is sure of it."""
        evidence = draft.findings.evidence
        text = " ".join(s.text for s in shown)
        best = evidence[0]
        for one in evidence[:3]:
            strong = one is best or one.score >= max(0.5, 0.6 * best.score)
            if strong and not _covers(text, one):
                sentence = quoted(one, draft.question.language)
                text += " " + sentence.text
                yield sentence


def _covers(text: str, evidence: Evidence) -> bool:
    """Tell whether `text` already says what the reader marked in `evidence`."""
    answer = evidence.answer or evidence.text
    if _words(answer) and language_of(text) == language_of(answer):
        words = _words(answer)
        return sum(w in text.casefold() for w in words) >= 0.6 * len(words)
    return bool(text) and not missing(answer, text)


def _words(text: str) -> list[str]:
    return [w[:6] if w.isascii() else w[:2] for w in re.findall(r"\w{2,}", text.casefold())]


def quoted(evidence: Evidence, language: Language) -> Sentence:
    """Return the evidence itself as a sentence: verbatim, or introduced where it is in another language."""
    quote = " ".join(evidence.text.split())
    same = language_of(quote) == language
    text = quote if same else says("quoted", language, quote=quote)
    return Sentence(text, "supported", (evidence.citation,))
