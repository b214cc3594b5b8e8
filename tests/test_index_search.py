import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core import get_response_synthesizer
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine

from index import Hit, Index, IndexSettings, Retriever
from index.__main__ import main
from index.search import LEXICAL_WEIGHT
from index.tokenizer import words
from tests.fakes import FakeEmbedding

TEXTS = {
    "apple.txt": "The apple harvest of Voss was large.\n",
    "river.txt": "The river rose by 1,350 metres. Nobody drowned.\n",
    "robots.txt": "A robot and a robot met Anna Voss.\n",
    "서울.txt": "서울은 큰 도시이다. 송상훈 단장이 서울에서 연설했다.\n",
}


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    settings = IndexSettings(home=tmp_path / "home")
    with Index.open(folder, settings, embedding=FakeEmbedding()) as opened:
        opened.sync()
        yield opened


def paths(hits: list[Hit]) -> list[str]:
    return [hit.path for hit in hits]


def test_the_score_is_the_cosine_plus_a_share_of_the_words(index: Index) -> None:
    """(0, 0, 1, 0, 0, .5) and (0, 0, 2, 0, 0, .5): 2.25 / (1.118 * 2.062) = 0.976."""
    hit = Retriever(index, lexical_weight=0.0).search("robot")[0]
    assert (hit.path, hit.dense_rank) == ("robots.txt", 1)
    assert hit.score == pytest.approx(0.976, abs=0.001)
    fused = Retriever(index).search("robot")[0].score
    assert hit.score < fused <= hit.score + LEXICAL_WEIGHT


def test_every_hit_quotes_its_document_exactly(index: Index) -> None:
    for hit in Retriever(index).search("robot 서울 river"):
        text = index.document(hit.path).text
        assert text[hit.start : hit.end] == hit.text
        assert all(hit.start <= s.start < s.end <= hit.end for s in hit.sentences)


@pytest.mark.parametrize("question", ["서울", "서울의", "서울에서는"])
def test_a_korean_word_is_found_whatever_particle_follows_it(index: Index, question: str) -> None:
    assert [match.id for match in index.matches(question, 5, None, None)] == [
        node.node_id for node in index.passages("서울.txt")
    ]


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("1350", "river.txt"),
        ("1,350", "river.txt"),
        ("송상훈", "서울.txt"),
        ("drowning", "river.txt"),
    ],
)
def test_names_numbers_and_inflected_words_are_found(
    index: Index, question: str, path: str
) -> None:
    best = index.matches(question, 5, None, None)[0]
    assert index.nodes([best.id])[best.id].metadata["path"] == path


def test_words_lift_a_passage_but_push_no_dense_hit_out(index: Index) -> None:
    dense = Retriever(index, lexical_weight=0.0).search("apple robot", top_k=4)
    fused = Retriever(index).search("apple robot Anna Voss", top_k=4)
    assert set(paths(dense)) == set(paths(fused))
    assert fused[0].path == "robots.txt"


def test_a_filter_by_path_or_language_keeps_the_rest_out(index: Index) -> None:
    retriever = Retriever(index)
    assert paths(retriever.search("robot", paths=["river.txt"])) == ["river.txt"]
    assert set(paths(retriever.search("robot", language="ko"))) == {"서울.txt"}
    assert retriever.search("robot", paths=["nowhere.txt"]) == []


@pytest.mark.parametrize(
    "question", ["", " \n", '"', "words : (", "NEAR(", "*", "\x00", "?" * 20_000, "a" * 20_000]
)
def test_no_question_breaks_the_search(index: Index, question: str) -> None:
    assert isinstance(Retriever(index).search(question), list)


def test_the_retriever_works_in_a_plain_llamaindex_program(index: Index) -> None:
    engine = RetrieverQueryEngine(
        retriever=Retriever(index, top_k=2),
        response_synthesizer=get_response_synthesizer(llm=MockLLM()),
    )
    response = engine.query("Where did the robot go?")
    first = response.source_nodes[0]
    assert "A robot and a robot" in str(response)
    assert first.node.metadata["dense_rank"] == 1
    assert Hit.of(first).path == first.node.ref_doc_id == "robots.txt"


def test_words_are_stemmed_and_function_words_left_out() -> None:
    assert words("The agency's robots signed 1,350 treaties").words == (
        "agency", "robot", "sign", "1350", "treaty",
    )  # fmt: skip
    assert words("서울은").pairs == ("서울", "울은")


def test_the_command_line_syncs_lists_and_searches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("index.index.Embedding.of", lambda settings: FakeEmbedding())
    (tmp_path / "documents").mkdir()
    folder = str(tmp_path / "documents")
    (tmp_path / "documents" / "robots.txt").write_text(TEXTS["robots.txt"])
    (tmp_path / "documents" / "empty.txt").write_text("")
    assert main(["sync", folder]) == 0
    assert "1 added" in (out := capsys.readouterr().out) and "skipped 'empty.txt'" in out
    assert main(["status", folder, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["documents"][0]["path"] == "robots.txt"
    assert main(["search", folder, "robot", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["hits"][0]["text"] == TEXTS["robots.txt"].strip()


def test_the_command_line_says_what_is_wrong_and_returns_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("index.index.Embedding.of", lambda settings: FakeEmbedding())
    assert main(["sync", str(tmp_path / "nowhere")]) == 2
    error = capsys.readouterr().err
    assert "nowhere" in error and "Traceback" not in error
