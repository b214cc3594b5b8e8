"""Adding a case from a person's correction: checked first, then appended whole."""

import io
import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from eval_examples import BRIDGE_LENGTH, CASES, CORPUS, as_json, case, write_cases, write_documents

from eval import __main__ as command_line
from eval.cases import load
from eval.cases.add import add
from eval.errors import EvaluationError


def text(**changes: object) -> str:
    return json.dumps(as_json(case()) | changes, ensure_ascii=False)


def test_a_sound_case_is_appended_and_the_others_stay_as_they_are(tmp_path: Path) -> None:
    file = write_cases(tmp_path / "cases.jsonl", CASES)
    before = file.read_text(encoding="utf-8")
    added = add(text(id="new"), file, CORPUS)
    assert added.case.id == "new"
    after = file.read_text(encoding="utf-8")
    assert after.startswith(before) and load(file) == (*CASES, replace(case(), id="new"))


def test_a_file_that_is_not_there_is_made_and_a_last_line_without_its_end_is_ended(
    tmp_path: Path,
) -> None:
    file = tmp_path / "cases.jsonl"
    add(text(), file, CORPUS)
    file.write_text(file.read_text(encoding="utf-8").rstrip("\n"), encoding="utf-8")
    add(json.dumps(as_json(BRIDGE_LENGTH)), file, CORPUS)
    assert [one.id for one in load(file)] == ["mill-opened", "bridge-length"]


def test_a_case_without_an_id_gets_one_that_the_same_question_gets_again(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    fields = as_json(case())
    del fields["id"]
    first = add(json.dumps(fields), file, CORPUS).case.id
    assert first.startswith("single-")
    with pytest.raises(EvaluationError, match=f"The id '{first}' is taken"):
        add(json.dumps(fields), file, CORPUS)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{", "not JSON"),
        ("[]", "one JSON object"),
        (text(kind="riddle"), "the field 'kind'"),
        (text(answer="Long ago."), "The gold answer holds none of"),
        (text(evidence=[{"file": "mill.txt", "quote": "opened in 1872"}]), "copy it from the"),
        (text(evidence=[{"file": "none.txt", "quote": "opened"}]), "There is no document"),
        (text(id="mill-opened"), "is taken"),
    ],
)
def test_an_unsound_case_says_how_to_mend_it_and_nothing_is_written(
    tmp_path: Path, given: str, said: str
) -> None:
    file = write_cases(tmp_path / "cases.jsonl", CASES)
    before = file.read_bytes()
    with pytest.raises(EvaluationError, match=said):
        add(given, file, CORPUS)
    assert file.read_bytes() == before


def test_many_at_once_are_all_there_afterwards(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    threads = [
        threading.Thread(target=add, args=(text(id=f"c{n}", question=f"When? {n}"), file, CORPUS))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.id for one in load(file)) == sorted(f"c{n}" for n in range(12))


def test_the_command_reads_standard_input_and_tells_what_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_documents(tmp_path / "documents")
    file = tmp_path / "cases.jsonl"
    arguments = ["add", str(file), "--sources", str(tmp_path / "documents")]
    monkeypatch.setattr("sys.stdin", io.StringIO(text(kind="injection")))
    assert command_line.main(arguments) == 0
    shown = capsys.readouterr().out
    assert "note: The kind is 'injection' but answerable is true" in shown
    assert f"Added mill-opened to {file}." in shown
    monkeypatch.setattr("sys.stdin", io.StringIO(text(answer="Long ago.")))
    assert command_line.main(arguments) == 2
    assert "was not added" in capsys.readouterr().err
