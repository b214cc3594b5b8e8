"""Engines: our assistant seen through `Footnote`, and the stock baseline with a mocked model."""

from collections.abc import Sequence
from typing import ClassVar

import pytest
from eval_examples import MILL, TEXTS
from llama_index.core import MockEmbedding
from llama_index.core.llms import CompletionResponse, MockLLM
from llama_index.core.schema import Document

from eval.engines import ENGINES, Footnote, setup
from eval.engines.llamaindex import SAYS_IT_DOES_NOT_KNOW, StockLlamaIndex
from index import Hit
from qa import Answer, Citation, Dropped, Seconds, Sentence
from sources import Facts, make_document

START = MILL.index("opened in 1871")
CITATION = Citation("mill.txt", None, START, START + 14, "opened in 1871")
HIT = Hit("h", "mill.txt", 0, 60, MILL[:60], (), "", None, "en", None, 0.5, 1, None)
ANSWER = Answer(
    question="When did the mill open?",
    language="en",
    sentences=(Sentence("It opened in 1871.", "supported", (CITATION,)),),
    abstained=False,
    reason=None,
    passages=(HIT,),
    models={},
    seconds=Seconds(0.1, 0.2, 0.3),
    dropped=(Dropped("It closed in 1872.", "no support"),),
)


class FakeAssistant:
    """Gives one answer and remembers how it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.languages: list[str | None] = []

    def ask(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        language: str | None = None,
        paths: Sequence[str] | None = None,
    ) -> Answer:
        self.languages.append(language)
        return self.answer


def documents() -> list[Document]:
    return [
        make_document(path, text, sha256="0", language="en", facts=Facts())
        for path, text in TEXTS.items()
    ]


def test_an_answer_of_the_assistant_keeps_its_citations_passages_and_dropped_sentences() -> None:
    reply = Footnote(FakeAssistant(ANSWER)).ask("When did the mill open?")
    assert reply.answer == "It opened in 1871." and not reply.abstained
    (cited,) = reply.citations
    assert MILL[cited.start : cited.end] == cited.quote
    assert reply.passages[0].file == "mill.txt" and reply.passages[0].score == 0.5
    assert reply.dropped[0].text == "It closed in 1872."
    assert reply.first_sentence == 0.2


def test_the_assistant_is_left_to_recognise_the_language() -> None:
    assistant = FakeAssistant(ANSWER)
    Footnote(assistant).ask("When did the mill open?")
    assert assistant.languages == [None]


@pytest.mark.parametrize("name", ENGINES)
def test_settings_are_told_without_keys(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("FOOTNOTE_KEY", "a-secret")
    made = setup(name)  # type: ignore[arg-type]  # parametrised names are plain texts
    assert made.name == name
    assert "a-secret" not in made.settings.values()
    if name == "footnote-extractive":
        assert made.settings["extractive"] == "True"


class Says(MockLLM):
    """Says one text, whatever it is asked."""

    said: ClassVar[str] = ""

    def complete(self, prompt: str, formatted: bool = False, **_: object) -> CompletionResponse:
        return CompletionResponse(text=self.said)


def stock(text: str, monkeypatch: pytest.MonkeyPatch) -> StockLlamaIndex:
    monkeypatch.setattr(Says, "said", text)
    return StockLlamaIndex(documents(), MockEmbedding(embed_dim=4), Says())


def test_the_stock_engine_traces_its_numbered_sources_to_exact_spans(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = stock("It opened long ago [1], and [1] again, and [7].", monkeypatch)
    reply = engine.ask("When?")
    (cited,) = reply.citations
    assert TEXTS[cited.file][cited.start : cited.end] == cited.quote
    assert len(reply.passages) == 2 and not reply.abstained


def test_the_stock_engine_takes_a_history(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = stock("The diary [2].", monkeypatch)
    reply = engine.ask("How long?", history=[("What did she keep?", "A diary.")])
    assert len(reply.citations) == 1


@pytest.mark.parametrize(
    ("text", "abstains"),
    [
        ("The sources do not mention who owns it.", True),
        ("None of the provided sources say this.", True),
        ("문서에는 주인이 언급되어 있지 않습니다.", True),
        ("The mill opened in 1871 [1].", False),
        ("다리의 길이는 48미터이다 [1].", False),
    ],
)
def test_saying_that_the_sources_do_not_say_counts_as_abstaining(text: str, abstains: bool) -> None:
    assert bool(SAYS_IT_DOES_NOT_KNOW.search(text)) is abstains
