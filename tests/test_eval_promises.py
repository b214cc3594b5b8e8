"""The promises of the README name tests that exist and figures that hold."""

import ast
from pathlib import Path

from eval.promises import promises
from tests.hostile_files import hostile

HERE = Path(__file__).parent


def test_every_promise_names_tests_that_are_there() -> None:
    named = {name for promise in promises() for name in promise.tests}
    assert [name for name in named if not (HERE / f"test_{name}.py").is_file()] == []
    assert all(promise.said and promise.figure and promise.tests for promise in promises())


def test_the_figures_that_no_setting_holds_are_counted() -> None:
    told = " ".join(promise.figure for promise in promises())
    whole = hostile()
    texts = [one for one in whole if "-d-" in one.id]
    assert f"{len(texts)} hostile texts" in told and f"{len(whole) - len(texts)} files" in told
    paths = ast.parse((HERE / "test_qa_paths.py").read_text(encoding="utf-8"))
    names = next(
        node.value.elts
        for node in paths.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CLIMBING"
    )
    assert f"{len(names)} climbing names" in told
