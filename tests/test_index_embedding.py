from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index import Index, IndexSettings, Retriever, WeightsError
from index.embedding import Embedding, embed_passages, folder_revision
from index.fingerprint import fingerprint
from index.weights import is_present, resolve
from sources import not_content

ARTICLES = Path(__file__).parent / "../../shared/documents"


def model_folder(path: Path, weights: bytes) -> Path:
    path.mkdir()
    (path / "config.json").write_text("{}")
    (path / "model.safetensors").write_bytes(weights)
    return path


def test_the_revision_tells_models_apart_wherever_they_lie(tmp_path: Path) -> None:
    one = model_folder(tmp_path / "one", b"a" * 100_000)
    same = model_folder(tmp_path / "same", b"a" * 100_000)
    tuned = model_folder(tmp_path / "tuned", b"a" * 50_000 + b"b" + b"a" * 49_999)
    assert folder_revision(one) == folder_revision(same) != folder_revision(tuned)
    marks = {
        fingerprint(Embedding.of(settings), settings)
        for settings in (
            IndexSettings(embedding=str(one)),
            IndexSettings(embedding=str(same)),
            IndexSettings(embedding=str(one), dimension=256),
            IndexSettings(embedding=str(one), passage_tokens=100),
        )
    }
    assert len(marks) == 3


def test_an_unknown_model_is_refused_with_what_to_do() -> None:
    settings = IndexSettings(embedding="nobody/nothing")
    with pytest.raises(WeightsError, match=r"'nobody/nothing'.*FOOTNOTE_EMBEDDING"):
        Embedding.of(settings).get_query_embedding("robot")


def test_a_broken_model_folder_is_refused_with_its_name(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "broken", b"no weights")
    with pytest.raises(WeightsError, match="broken"):
        Embedding.of(IndexSettings(embedding=str(folder))).get_query_embedding("robot")


@pytest.fixture(scope="module")
def real() -> Iterator[Embedding]:
    settings = IndexSettings.from_environment()
    named = Path(settings.embedding).is_dir()
    if not named and not is_present(resolve(settings.embedding), settings.home):
        pytest.skip("the weights are not here: run `python -m index weights`")
    yield Embedding.of(settings)


@pytest.mark.models
def test_a_question_is_nearest_to_its_answer_in_either_language(real: Embedding) -> None:
    titles = ["", "", ""]
    texts = ["The bridge was opened by Mayor Harlow in 1990.", "사과나무는 봄에 꽃이 핀다.",
             "The orchestra rehearses on Mondays."]  # fmt: skip
    passages = real.embed_titled(titles, texts)
    assert passages.shape == (3, 768)
    assert np.allclose(np.linalg.norm(passages, axis=1), 1.0, atol=1e-5)
    questions = ["다리는 언제 열렸습니까?", "When do apple trees bloom?", "Which day is rehearsal?"]
    for number, question in enumerate(questions):
        vector = np.asarray(real.get_query_embedding(question))
        assert int(np.argmax(passages @ vector)) == number


@pytest.mark.models
def test_a_shorter_dimension_is_a_prefix_of_length_one(real: Embedding) -> None:
    full = real.embed_titled(["A title"], ["A text."])[0]
    short = real.model_copy(update={"dimension": 256}).embed_titled(["A title"], ["A text."])[0]
    assert short.shape == (256,)
    assert np.allclose(short, full[:256] / np.linalg.norm(full[:256]), atol=1e-3)


@pytest.mark.models
@pytest.mark.skipif(not ARTICLES.is_dir(), reason="the shared articles are not beside the project")
def test_the_articles_are_indexed_with_exact_offsets_and_found(
    real: Embedding, tmp_path: Path
) -> None:
    settings = IndexSettings(home=tmp_path, embedding=real.model_name)
    with Index.open(ARTICLES, settings, embedding=real) as index:
        assert index.sync().skipped == ()
        assert index.sync().embedded == 0
        for record in index.documents():
            document = index.document(record.path)
            for node in index.passages(record.path):
                start, end = node.start_char_idx, node.end_char_idx
                assert start is not None and end is not None
                assert document.text[start:end] == node.text
                assert not any(s.start < end and start < s.end for s in not_content(document))
        for node in index.passages("002_1cac0404ae0e4b19.txt"):
            best = Retriever(index).search(node.text[:200])[0]
            assert best.id == node.node_id
        nodes = index.passages("000_8ccafea3184fb4c8.txt")
        assert np.allclose(
            embed_passages(real, nodes), [index.vectors([n.node_id])[n.node_id] for n in nodes],
            atol=0.02,
        )  # fmt: skip
