"""`python -m sources`: what it prints and how it ends."""

import json
from pathlib import Path

import pytest

from sources import headings, not_content, read, scan
from sources.__main__ import main
from sources.spans import content_of

_SHARED = Path(__file__).parent / "../../shared/documents"


def test_documents_are_listed_and_skipped_files_have_reasons(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a b.md").write_text("---\ntitle: A\npublished: 2024-03-12\n---\nIt is here.\n")
    (tmp_path / "bad.pdf").write_text("no PDF")
    (tmp_path / "c.zip").write_text("x")
    assert main([str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "a b.md" in out and "published 2024-03-12" in out and "12 of them content" in out
    assert "skipped bad.pdf: " in out and "skipped c.zip: " in out
    assert "1 documents, 2 skipped" in out


def test_json_is_one_object_with_the_same_facts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "한글.txt").write_text("내용이 있다.\n공유", encoding="utf-8")
    assert main([str(tmp_path), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == {
        "documents": [
            {"path": "한글.txt", "language": "ko", "title": None, "published": None,
             "characters": 10, "content_characters": 8}
        ],
        "skipped": [],
    }  # fmt: skip


def test_control_characters_in_a_name_are_shown_escaped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a\n\x1b[31m.txt").write_text("It is here.")
    assert main([str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "a\\n\\x1b[31m.txt" in out and "\x1b" not in out


def test_a_missing_folder_ends_with_2_and_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "missing")]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and "does not exist" in captured.err


@pytest.mark.skipif(not _SHARED.is_dir(), reason="the shared articles are not beside this clone")
def test_of_the_shared_articles_only_content_is_left() -> None:
    documents = {file.path[:3]: read(file) for file in scan(_SHARED).files}
    assert [d.metadata["language"] for d in documents.values()] == ["en", "en", "en", "ko", "en"]
    assert [d.metadata["published"] for d in documents.values()] == [None] * 5
    assert [bool(d.metadata["title"]) for d in documents.values()] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert [len(headings(d)) for d in documents.values()] == [0, 5, 1, 1, 2]
    left = {n: content_of(d.text, not_content(d)).strip() for n, d in documents.items()}
    for number in ("000", "002", "004"):
        assert left[number] == documents[number].text.strip()
    title = documents["003"].metadata["title"]
    kept = [line for line in left["003"].split("\n") if line.strip()]
    assert len(kept) == 2 and kept[0] == title and kept[1].endswith("다.")
    assert left["001"].count(documents["001"].metadata["title"]) == 1
    assert left["001"].endswith(".")
