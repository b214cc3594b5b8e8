"""What a busy machine meets: files in bulk, four people at once, and the picture of the sizes."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from eval.burden import LENGTH, time_crowd, write_files
from eval.curve import picture, write_picture
from eval.errors import EvaluationError
from eval.scale import Point
from index import Index, IndexSettings
from qa import AnsweringSettings, Assistant
from tests.fakes import FakeEmbedding
from tests.fakes_qa import ScriptedModel, WordReader
from tests.fakes_serve import APPLE, ASK, RIVER, SAID


def point(size: int, milliseconds: float) -> Point:
    return Point(size, milliseconds / 2, milliseconds, 1.0, 1.0, 1.0, size / 100, size / 50, 50.0)


def test_the_files_are_several_hundred_and_none_is_longer_than_a_passage(tmp_path: Path) -> None:
    count = write_files(tmp_path)
    texts = [file.read_text(encoding="utf-8") for file in tmp_path.iterdir()]
    assert len(texts) == count > 300
    assert all(LENGTH // 3 <= len(text) <= LENGTH for text in texts)


def test_people_who_ask_at_once_all_wait_and_all_get_an_answer(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "river.txt").write_text(RIVER, encoding="utf-8")
    (folder / "apple.txt").write_text(APPLE, encoding="utf-8")
    settings = IndexSettings(home=tmp_path / "home")
    with Index.open(folder, settings, embedding=FakeEmbedding()) as index:
        index.sync()
        made = Assistant(index, AnsweringSettings(), model=ScriptedModel(SAID))  # type: ignore[arg-type]
        made._reader = WordReader()  # type: ignore[assignment]
        waited = time_crowd(made, [ASK, "Who counted boats?", "What fell on Tuesday?"])
    assert len(waited) == 3 and waited == sorted(waited) and waited[0] > 0


def test_the_picture_rises_with_the_figures(tmp_path: Path) -> None:
    drawn = ElementTree.fromstring(picture([point(1_000, 2.0), point(100_000, 40.0)]))
    circles = [c for c in drawn.iter() if c.tag.endswith("circle")]
    first, last = (float(circles[at].attrib["cy"]) for at in (0, 1))
    assert last < first, "higher on the page"
    assert "p95, 100,000 passages: 40" in [t.text for c in circles for t in c]
    write_picture([point(1_000, 2.0)], tmp_path / "bench.svg")
    with pytest.raises(EvaluationError, match="No size"):
        picture([])
    with pytest.raises(EvaluationError, match="--out"):
        write_picture([point(1_000, 2.0)], tmp_path / "nowhere" / "bench.svg")
