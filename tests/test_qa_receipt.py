"""Receipts: what they hold, and what checking them later says of every quotation."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.__main__ import main
from qa.answer import Citation
from qa.errors import SavedError
from qa.records.receipt import FilesNow, Quoted, nearest, quotes_of, receipt, verify
from sources import FolderError
from tests import shelf_page as shelf
from tests.test_qa_conversations import answered

QUOTE = "The lamp was lit in 1931."
TEXT = f"A light on the north side.\n\n{QUOTE} It stands 27 metres high.\n"


def described(citation: Citation) -> Quoted:
    row = {k: v for k, v in asdict(citation).items() if k in Quoted.__dataclass_fields__}
    return Quoted(**row, sha256="f" * 64, published="2024-03-18", language="en")


def of_folder(folder: Path, *, start: int | None = None, quote: str = QUOTE) -> dict[str, Any]:
    """Return a receipt of one quotation in `light.md`, with the file's true hash."""
    document = FilesNow(folder).document("light.md")
    at = document.text.index(QUOTE) if start is None else start
    cited = Citation("light.md", None, at, at + len(quote), quote)
    given = receipt("Light", [answered()], described)
    row = asdict(Quoted(cited.file, cited.start, cited.end, quote, document.metadata["sha256"]))
    given["turns"][0]["sentences"] = [{"text": "x", "verdict": "supported", "citations": [row]}]
    return given


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "light.md").write_text(TEXT, encoding="utf-8")
    return tmp_path


def standing(given: Any, folder: Path) -> list[str]:
    return [one.standing for one in verify(given, FilesNow(folder))]


def test_a_receipt_holds_quotes_offsets_hashes_fingerprint_models_and_settings() -> None:
    given = receipt("Boats", [answered(), answered(shelf.ASK_CONFLICT)], described)
    given = json.loads(json.dumps(given, ensure_ascii=False))
    first = given["turns"][0]
    assert (first["index"], first["settings"]) == ("0123456789abcdef", {"model": "x"})
    assert first["models"] == {"language": "scripted"}
    assert first["files"] == {"ferry.md": "0" * 64}  # as it was when answered, not as it is
    row = first["sentences"][0]["citations"][0]
    assert row["sha256"] == "0" * 64
    assert shelf.FERRY.text[row["start"] : row["end"]] == row["quote"]
    assert given["turns"][1]["sentences"][0]["verdict"] == "conflicting"
    assert len(quotes_of(given)) == 6


def test_a_quote_in_an_unchanged_file_stands(folder: Path) -> None:
    assert standing(of_folder(folder), folder) == ["stands"]


def test_a_change_elsewhere_in_the_file_leaves_the_quote_standing(folder: Path) -> None:
    given = of_folder(folder)
    (folder / "light.md").write_text(TEXT + "More was added.\n", encoding="utf-8")
    assert standing(given, folder) == ["changed"]


def test_a_quote_that_moved_is_found_where_it_stands_now(folder: Path) -> None:
    given = of_folder(folder)
    (folder / "light.md").write_text("New first words.\n\n" + TEXT, encoding="utf-8")
    (checked,) = verify(given, FilesNow(folder))
    text = FilesNow(folder).document("light.md").text
    assert checked.standing == "moved" and checked.start is not None
    assert text[checked.start : checked.start + len(QUOTE)] == QUOTE


def test_a_quote_that_was_rewritten_is_lost_and_a_removed_file_is_gone(folder: Path) -> None:
    given = of_folder(folder)
    (folder / "light.md").write_text(TEXT.replace("1931", "1932"), encoding="utf-8")
    assert standing(given, folder) == ["lost"]
    (folder / "light.md").unlink()
    assert standing(given, folder) == ["gone"]


def test_an_altered_receipt_is_false_where_the_file_is_the_same(folder: Path) -> None:
    assert standing(of_folder(folder, quote="The lamp was lit in 1999."), folder) == ["false"]
    assert standing(of_folder(folder, start=3), folder) == ["false"]


@pytest.mark.parametrize("path", ["../light.md", "/etc/passwd", "light.md/../light.md"])
def test_a_path_out_of_the_folder_is_gone_and_never_read(folder: Path, path: str) -> None:
    given = of_folder(folder)
    given["turns"][0]["sentences"][0]["citations"][0]["file"] = path
    assert standing(given, folder) == ["gone"]


@pytest.mark.parametrize("given", [None, [], {}, {"form": "other"}, {"form": "footnote-receipt-1"}])
def test_what_is_no_receipt_is_refused_in_one_sentence(given: Any) -> None:
    with pytest.raises(SavedError, match="This is no receipt of Footnote's"):
        verify(given, FilesNow(Path(__file__).parent))


@given(st.text("ab가", max_size=30), st.text("ab가", min_size=1, max_size=3), st.integers(0, 30))
def test_the_nearest_place_is_where_the_words_are_and_none_is_nearer(
    text: str, quote: str, start: int
) -> None:
    places = [i for i in range(len(text)) if text.startswith(quote, i)]
    at = nearest(text, quote, start)
    if not places:
        assert at is None
    else:
        assert at in places
        assert abs(at - start) == min(abs(place - start) for place in places)


def test_the_command_says_what_stands_and_its_exit_code_says_whether_all_does(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path_factory.mktemp("elsewhere") / "receipt.json"
    file.write_text(json.dumps(of_folder(folder)), encoding="utf-8")
    command = ["verify", str(file), "--sources", str(folder)]
    assert main(command) == 0
    assert "1 of 1 quotations stand." in capsys.readouterr().out
    (folder / "light.md").write_text("Nothing of it.\n", encoding="utf-8")
    assert main(command) == 1
    said = capsys.readouterr().out
    assert "does not stand any more" in said and QUOTE in said
    file.write_text("{", encoding="utf-8")
    assert main(command) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FolderError):
        FilesNow(tmp_path / "nowhere")
