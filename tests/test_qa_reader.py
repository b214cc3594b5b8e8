"""The trained reader on the real weights."""

from pathlib import Path

import numpy as np
import pytest

from index import IndexSettings
from index.embedding import Embedding
from qa import AnsweringSettings
from qa.errors import ModelError
from qa.reader import ADAPTER, Reader
from sources import Span

TEXT = (
    "The harbour museum in Tarvik was opened on 3 March 2019 by Ana Lund, its first director. "
    "Forty volunteers from Norway and Kenya work there. Tickets for the summer are not on sale yet."
)
KOREAN = (
    "타르빅 항구박물관은 2019년 3월 3일 초대 관장 김하늘이 참석한 가운데 문을 열었다. 자원봉사자 40명이 "
    "일하고 있다."
)


@pytest.fixture(scope="module")
def embedding() -> Embedding:
    return Embedding.of(IndexSettings.from_environment())


@pytest.fixture(scope="module")
def reader(embedding: Embedding) -> Reader:
    return Reader.load(embedding.transformer(), embedding.tokenizer())


@pytest.mark.models
@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("Who opened the harbour museum?", TEXT, "Ana Lund"),
        ("When was the museum opened?", TEXT, "3 March 2019"),
        ("항구박물관은 누가 열었어?", TEXT, "Ana Lund"),
        ("항구박물관은 언제 문을 열었어?", KOREAN, "2019년 3월 3일"),
        ("Who is the first director of the museum?", KOREAN, "김하늘"),
    ],
)
def test_the_answer_is_marked_in_either_language(reader, question, text, answer) -> None:
    [reading] = reader.read(question, [(text, None)])
    [other] = reader.read("How much did the new roof of the museum cost?", [(text, None)])
    assert answer in text[reading.best.start : reading.best.end]
    assert reading.answered > other.answered


@pytest.mark.models
def test_a_passage_on_something_else_does_not_answer(reader) -> None:
    found = reader.read("Which court ruled on the ferry strike?", [(TEXT, None), (KOREAN, None)])
    assert all(reading.answered < AnsweringSettings().answered_at_least for reading in found)


@pytest.mark.models
def test_a_claim_that_holds_is_believed_more_than_one_that_does_not(reader) -> None:
    right, wrong, korean = reader.entails(
        [
            ("Ana Lund opened the museum in Tarvik.", TEXT),
            ("The museum in Tarvik has been closed by its visitors.", TEXT),
            ("항구박물관은 2019년에 문을 열었다.", TEXT),
        ]
    )
    assert right > wrong and korean > wrong


@pytest.mark.models
@pytest.mark.parametrize(
    ("wrong", "unanswered", "text"),
    [
        ("Why did Per Holm refuse to open the museum?", "How high is the museum's tower?", TEXT),
        ("What did the 400 paid guards say?", "What did the roof cost?", TEXT),
        ("왜 박물관을 2021년에야 열었어?", "박물관 지붕 공사비는 얼마야?", KOREAN),
    ],
)
def test_a_wrong_premise_is_corrected_more_surely_than_a_gap(
    reader, wrong, unanswered, text
) -> None:
    corrected, gap = (reader.read(q, [(text, None)])[0].corrects for q in (wrong, unanswered))
    assert corrected > gap


@pytest.mark.models
def test_readings_lie_inside_the_passage(reader) -> None:
    for text in (TEXT, KOREAN, "x", "", "😀 " * 50, "가" * 3000):
        [reading] = reader.read("What is it?", [(text, "title")])
        assert 0 <= reading.best.start <= reading.best.end <= len(text)
        assert 0 <= reading.mass(Span(0, len(text))) <= 1.001


@pytest.mark.models
def test_reading_leaves_the_embedding_as_it_was(embedding, reader) -> None:
    before = np.array(embedding.get_query_embedding("harbour museum"))
    reader.read("Who opened it?", [(TEXT, None)])
    assert np.array_equal(before, np.array(embedding.get_query_embedding("harbour museum")))


@pytest.mark.models
def test_a_damaged_adapter_is_one_clear_sentence(embedding, tmp_path: Path) -> None:
    broken = tmp_path / "reader.safetensors"
    broken.write_bytes(ADAPTER.read_bytes()[:5000])
    with pytest.raises(ModelError, match="make train"):
        Reader.load(embedding.transformer(), embedding.tokenizer(), broken)
    with pytest.raises(ModelError, match="make train"):
        Reader.load(embedding.transformer(), embedding.tokenizer(), tmp_path / "none.safetensors")
