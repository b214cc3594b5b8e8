"""Reading case files, and their published schema."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from eval_examples import CASES, as_json, case, write_cases

from eval.cases import KINDS, Case, digest, load
from eval.errors import EvaluationError

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "eval" / "cases" / "schema.json").read_text(encoding="utf-8")
)
BROKEN: list[tuple[str, Any]] = [
    ("id", ""),
    ("id", 7),
    ("question", None),
    ("lang", ["en"]),
    ("kind", "riddle"),
    ("answer", " "),
    ("must_include", "1871"),
    ("must_include", ["1871"]),
    ("must_include", [[]]),
    ("must_include", [[""]]),
    ("must_not_include", [["1871"]]),
    ("evidence", [{"file": "mill.txt"}]),
    ("evidence", ["mill.txt"]),
    ("answerable", "yes"),
    ("history", [["only the question"]]),
    ("history", [[1, 2]]),
]


def test_cases_are_read_as_they_were_written(tmp_path: Path) -> None:
    assert load(write_cases(tmp_path / "cases.jsonl", CASES)) == CASES


def test_blank_lines_a_byte_order_mark_and_line_separators_in_texts_do_no_harm(
    tmp_path: Path,
) -> None:
    odd = case(answer="It opened\u2028in 1871.")
    file = write_cases(tmp_path / "cases.jsonl", [odd])
    file.write_text("\ufeff\n" + file.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    assert load(file) == (odd,)


@pytest.mark.parametrize(("field", "value"), BROKEN)
def test_a_malformed_line_names_its_line_and_field(
    tmp_path: Path, field: str, value: object
) -> None:
    lines = [json.dumps(as_json(case())), json.dumps(as_json(case()) | {field: value})]
    (tmp_path / "cases.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(EvaluationError, match=f"Line 2 .*{field!r}"):
        load(tmp_path / "cases.jsonl")


@pytest.mark.parametrize("field", SCHEMA["required"])
def test_a_required_field_that_is_missing_is_named(tmp_path: Path, field: str) -> None:
    line = as_json(case())
    del line[field]
    (tmp_path / "cases.jsonl").write_text(json.dumps(line), encoding="utf-8")
    with pytest.raises(EvaluationError, match=f"Line 1 .*{field!r} is missing"):
        load(tmp_path / "cases.jsonl")


@pytest.mark.parametrize("text", ["", "\n \n", "{", "[]", "3"])
def test_a_file_without_cases_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "cases.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError):
        load(tmp_path / "cases.jsonl")


def test_a_missing_file_and_one_that_is_not_utf_8_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="cannot be read"):
        load(tmp_path / "none.jsonl")
    (tmp_path / "cases.jsonl").write_bytes("서울".encode("cp949"))
    with pytest.raises(EvaluationError, match="cannot be read"):
        load(tmp_path / "cases.jsonl")


def test_the_digest_changes_with_the_file(tmp_path: Path) -> None:
    a = write_cases(tmp_path / "a.jsonl", CASES)
    b = write_cases(tmp_path / "b.jsonl", CASES[:-1])
    assert digest(a) != digest(b)


def test_the_schema_has_the_fields_and_the_kinds_of_the_dataclass() -> None:
    assert list(SCHEMA["properties"]) == [field.name for field in fields(Case)]
    assert tuple(SCHEMA["properties"]["kind"]["enum"]) == KINDS


def test_the_schema_accepts_what_load_accepts_and_refuses_what_load_refuses() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.check_schema(SCHEMA)
    assert all(validator.is_valid(as_json(one)) for one in CASES)
    accepted = [(f, v) for f, v in BROKEN if validator.is_valid(as_json(case()) | {f: v})]
    assert accepted == []
