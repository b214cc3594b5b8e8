"""Measuring the page, and the README's pictures: what they are made with, and what they refuse."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from eval import pictures
from eval.browser import chromium, served
from eval.errors import EvaluationError
from eval.page_crowd import PAGES, TURNS, Quoting, Shelf, book, converse
from eval.page_speed import _crowded
from eval.pictures import LARGEST, PLACE, VIEWS
from qa.answer import Answer
from qa.records.conversations import Conversations

ROOT = Path(__file__).parents[1]


def test_the_document_has_500_pages_and_every_quotation_stands_in_it(tmp_path: Path) -> None:
    document = book()
    assert len(document.metadata["pages"]) == PAGES == 500
    assistant = Quoting(Shelf(tmp_path))
    *_, answer = assistant.stream("What?", history=[("a", "b")])
    assert isinstance(answer, Answer) and len(answer.citations) == 2
    for citation in answer.citations:
        assert document.text[citation.start : citation.end] == citation.quote


def test_the_conversation_has_200_messages_and_is_found_again(tmp_path: Path) -> None:
    whole = converse(Quoting(Shelf(tmp_path)))
    found = Conversations(tmp_path / "conversations").load(whole.id)
    assert len([turn for turn in found.turns if turn.exchange]) * 2 == TURNS * 2 == 200


@pytest.mark.browser
def test_every_figure_of_the_page_is_measured_in_a_real_browser(chromium: Any) -> None:
    said = _crowded(chromium)
    assert set(said) == {"page_recall", "page_mark", "page_key", "page_turn"}
    assert all(seconds > 0 for seconds in said.values())


def test_a_missing_browser_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr("eval.browser.shutil.which", lambda name: None)
    with pytest.raises(EvaluationError, match="Chromium is missing; install it"), chromium():
        pass


def test_a_server_that_does_not_start_is_one_sentence(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    with pytest.raises(EvaluationError, match="ended; run it to see why"), served(nowhere):
        pass


def test_the_readme_shows_two_pictures_that_a_program_made() -> None:
    shown = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert [ROOT / path for _, path in shown] == [PLACE / view.name for view in VIEWS]
    for words, path in shown:
        assert len(words.split()) > 5, "a picture says in words what it shows"
        assert (ROOT / path).stat().st_size <= LARGEST
        with Image.open(ROOT / path) as image:
            assert image.format == "PNG" and image.width == 1280


def test_a_picture_has_few_colours_and_one_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = io.BytesIO()
    Image.effect_noise((200, 200), 80).convert("RGB").save(held, "PNG")
    file = pictures._written(tmp_path / "small.png", held.getvalue())
    with Image.open(file) as image:
        assert image.mode == "P"
    monkeypatch.setattr(pictures, "LARGEST", 100)
    with pytest.raises(EvaluationError, match="show less on it"):
        pictures._written(tmp_path / "large.png", held.getvalue())
