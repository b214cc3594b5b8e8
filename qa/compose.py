"""Makes the sentences of an answer from the evidence: written by the language model where grounding
accepts them, quoted where it does not, and completed by quotation where the model left out what
the reader found.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qa.answer import Citation, Dropped, Sentence
from qa.count import counted
from qa.disagree import ASKS_AGREEMENT, compared, comparing, disagreeing, disagreement
from qa.errors import ModelError
from qa.expect import asks_several, wanted
from qa.gloss import gloss
from qa.ground import ground
from qa.language_model import LanguageModel
from qa.prompts import Language, says
from qa.question import Question, language_of
from qa.read import ADDS, Evidence, Findings
from qa.reader import Reader
from qa.settings import AnsweringSettings
from qa.values import missing
from qa.write import compose

MOST_GLOSSED = 12  # names and values rendered beside a quotation
FURTHER = 0.25  # of the best score, for a further one of as many things as are wanted
TOLD = 0.5  # of the best score, for what the model is given where one thing is clearly answered
SHORT_ANSWER = 8  # words
# How no answer can begin.
OF_THEM = re.compile(
    r"\W*(?:one|some|two|each|both|none|many|most|all) of (?:them|these|those)\b", re.I
)
SAID = 0.7  # the share of an answer's words from which it counts as said
SHORTEST_ORIGINAL, LONGEST_ORIGINAL = (
    12,
    140,
)  # characters of an original wording put beside a translation


@dataclass
class Draft:
    """A question, what was found for it, how the documents found spell names in Hangul
    (`qa/gloss.py`), and the model's sentences that were not shown.
    """

    question: Question
    findings: Findings
    spelled: Mapping[str, str] = field(default_factory=dict)
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
                if said(draft, shown):
                    break  # what a small model adds to that is beside the point
        yield from self._completed(draft, shown)

    def _written(self, model: LanguageModel, draft: Draft) -> Iterator[Sentence]:
        question, evidence = draft.question, draft.findings.evidence
        seen: set[str] = set()
        shown = False
        try:
            for text in compose(
                model, question.reading, question.language, told(draft), draft.spelled
            ):
                if text in seen:
                    continue
                seen.add(text)
                if language_of(text) != question.language:
                    draft.dropped.append(Dropped(text, "not in the language of the question"))
                    continue
                if not shown and OF_THEM.match(text):
                    draft.dropped.append(Dropped(text, "does not say of whom"))
                    continue
                grounded = ground(
                    text,
                    evidence,
                    self._reader,
                    at_least=self._settings.entailed_at_least,
                    question=question.text,
                )
                if grounded.reason is None:
                    shown = True
                    sentence = Sentence(text, "supported", grounded.citations)
                    yield with_original(sentence, evidence, question.language)
                else:
                    draft.dropped.append(Dropped(text, grounded.reason))
        except ModelError as error:
            draft.dropped.append(Dropped("", str(error)))

    def _completed(self, draft: Draft, shown: list[Sentence]) -> Iterator[Sentence]:
        """Quote the evidence that the answer so far leaves out though the reader is sure of it."""
        evidence, question = draft.findings.evidence, draft.question
        text = " ".join(s.text for s in shown)
        cited = {c for s in shown for c in s.citations}
        needed = draft.findings.needed
        count = wanted(question.reading)
        several = bool(needed) or asks_several(question.reading)
        for whole in needed or distinct(evidence)[: max(3, count) if several else 1]:
            best, one = evidence[0], beyond(whole, cited) if several else whole
            strong = whole in needed or whole is best or one.score >= max(0.55, 0.7 * best.score)
            further = count > 1 or (several and ADDS.search(one.text) is not None)
            strong |= further and one.path == best.path and one.score >= FURTHER * best.score
            seen = one.citation in cited and _translated(one, question.language)
            if strong and not seen and not _covers(text, one, several, one.citation in cited):
                sentence = quoted(one, question.language, draft.spelled)
                text += " " + sentence.text
                cited.add(one.citation)
                yield sentence


def said(draft: Draft, shown: Sequence[Sentence]) -> bool:
    """Tell whether the sentences say already what answers clearly, where that is one short thing."""
    findings = draft.findings
    several = bool(findings.needed) or asks_several(draft.question.reading)
    if several or not findings.is_clear:
        return False
    best = findings.evidence[0]
    short = 0 < len(best.answer.split()) <= SHORT_ANSWER
    cited = any(best.citation in sentence.citations for sentence in shown)
    text = " ".join(sentence.text for sentence in shown)
    return short and cited and _covers(text, best, several=False, cited=True)


def told(draft: Draft) -> tuple[Evidence, ...]:
    """Return the evidence that the model is given: where one thing is asked for and clearly
    answered, without what answers much less surely, which takes time to read and leads astray.
    """
    findings = draft.findings
    one = not findings.needed and not asks_several(draft.question.reading)
    if not (one and findings.is_clear):
        return findings.evidence
    best = findings.evidence[0].score
    return tuple(e for e in findings.evidence if e.score >= TOLD * best)


def clear(findings: Findings) -> Citation | None:
    """Return the quotation that answers, where one clearly does."""
    return findings.evidence[0].citation if findings.is_clear else None


def distinct(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the evidence without what stands in better evidence already."""
    kept: list[Evidence] = []
    for one in evidence:
        inside = (e.path == one.path and e.start <= one.start and one.end <= e.end for e in kept)
        if not any(inside):
            kept.append(one)
    return kept


def beyond(evidence: Evidence, cited: Iterable[Citation]) -> Evidence:
    """Return what of the evidence goes on where something cited ends; all of it where nothing does."""
    for c in cited:
        if c.file == evidence.path and c.start <= evidence.start < c.end < evidence.end:
            rest = evidence.text[c.end - evidence.start :]
            own = rest.lstrip()
            start = evidence.end - len(own)
            return replace(evidence, start=start, text=own, answer="")
    return evidence


def settle(draft: Draft) -> Sentence | None:
    """Return the answer that is reached by rule: a disagreement, or a count of a list."""
    question, findings = draft.question, draft.findings
    pair = disagreement(question.reading, findings)
    if pair:
        return disagreeing(pair, question.language)
    if ASKS_AGREEMENT.search(question.reading) and (pair := compared(findings)):
        return comparing(pair, question.language)
    if findings.evidence and not findings.needed:
        return counted(question.reading, findings.evidence[0], question.language)
    return None


def _translated(evidence: Evidence, language: Language) -> bool:
    return language_of(evidence.text) != language


def with_original(sentence: Sentence, evidence: Sequence[Evidence], language: Language) -> Sentence:
    """Put the source's own words beside a sentence that renders them in another language."""
    for citation in sentence.citations:
        one = next((e for e in evidence if e.citation == citation), None)
        if (
            one is None
            or one is not evidence[0]
            or not _translated(one, language)
            or language_of(sentence.text) != language
        ):
            continue
        words = " ".join(one.answer.split())
        if SHORTEST_ORIGINAL <= len(words) <= LONGEST_ORIGINAL and words not in sentence.text:
            beside = says("original", language, quote=words)
            return Sentence(f"{sentence.text} ({beside})", sentence.verdict, sentence.citations)
    return sentence


def _covers(text: str, evidence: Evidence, several: bool, cited: bool) -> bool:
    """Tell whether `text` already says what the reader marked in `evidence`.

    For a question of several things that is everything from there to the sentence's end; a long
    answer counts as said where the evidence is cited, in whatever words.
    """
    answer = evidence.answer or evidence.text
    if several and evidence.answer:
        answer = evidence.text[max(0, evidence.text.find(evidence.answer)) :]
    if cited and not several and len(answer.split()) > SHORT_ANSWER:
        return True
    if _words(answer) and language_of(text) == language_of(answer):
        words = _words(answer)
        return sum(w in text.casefold() for w in words) >= SAID * len(words)
    return bool(text) and not missing(answer, text)


def _words(text: str) -> list[str]:
    return [w[:6] if w.isascii() else w[:3] for w in re.findall(r"\w{2,}", text.casefold())]


def quoted(
    evidence: Evidence, language: Language, spelled: Mapping[str, str] | None = None
) -> Sentence:
    """Return the evidence itself as a sentence: verbatim; introduced where it is in another
    language, and for a reader of English with its names and values.
    """
    quote = " ".join(evidence.text.split())
    if language_of(quote) == language:
        return Sentence(quote, "supported", (evidence.citation,))
    text = says("quoted", language, quote=quote)
    rendered = gloss(quote, spelled)[:MOST_GLOSSED] if language == "en" else []
    if rendered:
        text += f" ({'; '.join(f'{k}: {v}' for k, v in rendered)})"
    return Sentence(text, "supported", (evidence.citation,))
