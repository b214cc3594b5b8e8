"""Grounding: which quotations support a sentence, and which sentences none supports."""

import pytest

from qa.ground import ground
from qa.read import Evidence
from tests.fakes_qa import WordReader

TEXTS = [
    "Ana Lund signed the river treaty on 3 March 2019.",
    "The treaty covers Norway, Japan and Kenya.",
    "Forty boats came to Tarvik.",
]
EVIDENCE = [
    Evidence(f"{i}.txt", None, None, "en", 0, len(t), t, 0.9, "") for i, t in enumerate(TEXTS)
]


def grounded(sentence: str):
    return ground(sentence, EVIDENCE, WordReader(), at_least=0.6)  # type: ignore[arg-type]


def test_a_sentence_stands_on_the_quotation_that_holds_its_words() -> None:
    found = grounded("Ana Lund signed the treaty in March 2019.")
    assert found.reason is None and [c.file for c in found.citations] == ["0.txt"]


def test_a_sentence_over_two_sources_stands_on_both() -> None:
    found = grounded("Ana Lund signed the treaty that covers Norway, Japan and Kenya.")
    assert found.reason is None and {c.file for c in found.citations} == {"0.txt", "1.txt"}


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("Ana Lund signed the river treaty on 4 March 2019.", "4"),
        ("Per Holm signed the river treaty.", "Per Holm"),
        ("The treaty covers Norway, Japan and Chile.", "Chile"),
        ("Fifty boats came to Tarvik.", "Fifty"),
    ],
)
def test_a_value_that_stands_in_no_quotation_is_named_in_the_refusal(sentence, named) -> None:
    reason = grounded(sentence).reason
    assert reason is not None and named in reason


def test_a_sentence_that_is_not_entailed_is_refused() -> None:
    reason = grounded("The treaty will harm fishing villages everywhere soon.").reason
    assert reason is not None and "not entailed" in reason


def test_a_premise_of_the_question_may_be_denied_but_not_asserted() -> None:
    def asked(sentence: str):
        return ground(
            sentence, EVIDENCE, WordReader(), at_least=0.5, question="Why did Oslo get forty boats?"
        )  # type: ignore[arg-type]

    assert asked("Forty boats came to Tarvik, not to Oslo.").reason is None
    assert asked("Forty boats came to Oslo.").reason is not None


def test_a_name_that_opens_a_sentence_must_stand_in_the_quotes_too() -> None:
    def asked(sentence: str):
        question = "What did Osmund sign with the harbours?"
        return ground(sentence, EVIDENCE, WordReader(), at_least=0.5, question=question)  # type: ignore[arg-type]

    refused = asked("Osmund signed the river treaty on 3 March 2019.").reason
    assert refused is not None and "Osmund" in refused
    assert asked("Forty boats came to Tarvik in all.").reason is None


def test_a_sentence_over_two_quotations_must_be_more_surely_entailed() -> None:
    class Unsure(WordReader):
        def entails(self, pairs):
            return [0.7 if len(source) > 60 else 0.1 for _, source in pairs]

    both = "Ana Lund signed the river treaty, and forty boats came to Tarvik."
    one = EVIDENCE[:1] + [EVIDENCE[2]]
    assert ground(both, one, Unsure(), at_least=0.6).reason is not None  # type: ignore[arg-type]


def test_a_translation_that_only_repeats_the_question_is_refused() -> None:
    class Sure(WordReader):
        def entails(self, pairs):
            return [0.9] * len(pairs)

    def asked(sentence: str):
        question = "타르빅에 배가 제일 먼저 온 이유가 뭐야?"
        return ground(sentence, EVIDENCE, Sure(), at_least=0.7, question=question)  # type: ignore[arg-type]

    assert asked("타르빅에 배가 제일 먼저 온 것입니다.").reason is not None
    assert asked("조약에는 노르웨이와 일본이 서명했습니다.").reason is None


def test_without_evidence_nothing_is_supported() -> None:
    assert ground("Anything.", [], WordReader(), at_least=0.5).reason is not None  # type: ignore[arg-type]
