"""No benchmark asks what the shipped reader was trained on. What that is, the training's own split
says: `eval/benchmarks/seen.json` is written by it and compared with it here.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmark_examples import RIVER, SEOUL, write_json, write_lines

from eval import __main__ as command_line
from eval.benchmarks import read_set, unseen
from qa.training.__main__ import public

DATA = Path(__file__).parents[2] / "shared" / "benchmarks"
ARTICLES = 30


def articles(text: str, title: str) -> dict[str, Any]:
    """Return SQuAD's format: articles of two paragraphs with a question each."""

    def paragraph(n: int, part: int) -> dict[str, Any]:
        asked = {"id": f"{title}{n}-{part}", "question": "?",
                 "answers": [{"text": text[:3], "answer_start": 0}]}  # fmt: skip
        return {"context": f"{text} {n} {part}", "qas": [asked]}

    data = [
        {"title": f"{title}_{n}", "paragraphs": [paragraph(n, 0), paragraph(n, 1)]}
        for n in range(ARTICLES)
    ]
    return {"version": "1.1", "data": data}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Write the four sets that the training reads, at the places where it reads them."""
    write_json(tmp_path / "squad2" / "cs224n_dev-v2.0.json", articles(RIVER, "River"))
    write_json(tmp_path / "korquad" / "KorQuAD_v1.0_dev.json", articles(SEOUL, "서울"))
    pairs = [{"guid": f"g{n}", "premise": SEOUL, "hypothesis": SEOUL, "gold_label": "entailment"}
             for n in range(ARTICLES)]  # fmt: skip
    write_json(tmp_path / "klue_nli" / "klue-nli-v1.1_dev.json", pairs)
    claims = [{"label": "supported", "claim": RIVER, "evidence": [RIVER], "meta": {"id": f"d{n}"}}
              for n in range(ARTICLES)]  # fmt: skip
    write_lines(tmp_path / "wice" / "oracle_chunks_claim_dev.jsonl", claims)
    write_lines(tmp_path / "wice" / "claim_dev.jsonl", claims)
    return tmp_path


@pytest.fixture
def trained(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Take `data` for what the reader was trained on."""
    monkeypatch.setattr(unseen, "SEEN", tmp_path / "seen.json")
    unseen.write_seen(data)
    unseen._seen.cache_clear()
    yield data
    unseen._seen.cache_clear()


@pytest.mark.parametrize(
    ("name", "folder"),
    [("squad", "squad2"), ("korquad", "korquad"), ("klue-nli", "klue_nli"), ("wice", "wice")],
)
def test_a_benchmark_asks_exactly_what_the_training_holds_out(
    trained: Path, name: str, folder: str
) -> None:
    training, held_out = public(trained, unseen._Everything())
    source = {"squad": "squad2", "klue-nli": "klue"}.get(name, name)
    seen = {e.group for e in training if e.source == source}
    kept = {e.group for e in held_out if e.source == source}
    found = read_set(name, trained / folder)
    if found.claims:
        asked = {claim.id for claim in found.claims}
    else:
        titles = {p.id: p.title.replace(" ", "_") for p in found.passages}
        assert set(titles.values()) == seen | kept, "all of it is searched"
        asked = {titles[q.given or ""] for q in found.questions}
    assert asked and seen and asked.isdisjoint(seen) and asked == kept
    assert f"trained on {len(seen)} of these {ARTICLES}" in found.notes[0]


def test_a_set_under_another_name_is_known_again_by_its_articles(
    trained: Path, tmp_path: Path
) -> None:
    asked = len(read_set("squad", trained / "squad2").questions)
    write_json(tmp_path / "official" / "dev-v2.0.json", articles(RIVER, "River"))
    assert len(read_set("squad", tmp_path / "official").questions) == asked < 2 * ARTICLES
    for language in ("en", "de"):
        write_json(tmp_path / "xquad" / f"xquad.{language}.json", articles(RIVER, "River"))
    assert len(read_set("xquad", tmp_path / "xquad").questions) == 2 * asked


def test_what_the_reader_never_saw_is_asked_whole_and_without_a_note(
    trained: Path, tmp_path: Path
) -> None:
    write_json(tmp_path / "other" / "dev-v2.0.json", articles(RIVER, "Lake"))
    found = read_set("squad", tmp_path / "other")
    assert len(found.questions) == 2 * ARTICLES
    assert not any("trained" in note for note in found.notes)


@pytest.mark.skipif(not DATA.is_dir(), reason="the public sets are not part of the project")
def test_what_is_marked_as_seen_is_what_the_training_takes() -> None:
    held = json.loads(unseen.SEEN.read_text(encoding="utf-8"))
    assert held == unseen.trained_on(DATA), "run `python -m eval seen --data FOLDER`"


def test_who_trains_again_writes_it_with_one_command(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unseen, "SEEN", tmp_path / "new.json")
    assert command_line.main(["seen", "--data", str(data)]) == 0
    held = json.loads((tmp_path / "new.json").read_text(encoding="utf-8"))
    assert set(held) == {"squad2", "korquad", "klue", "wice"}
