"""The report and the tables on the screen."""

import doctest
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from eval_examples import CASES, REPLIES, FakeEngine, fake_setup, write_cases, write_documents

from eval import text as text_module
from eval.engines.record import Reply
from eval.report import table as table_module
from eval.report.page import folder_page
from eval.report.table import summary_text, table
from eval.runs.folder import RunFolder
from eval.runs.run import run

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    cases = [replace(CASES[0], answer=f"1871 {HOSTILE}", question=f"When? {HOSTILE}"), *CASES[1:]]
    replies: dict[str, Reply | Exception] = dict(REPLIES) | {
        cases[0].question: Reply(HOSTILE, False),
        cases[1].question: RuntimeError(HOSTILE),
        cases[3].question: Reply("Nothing was found.", True),
    }
    run(
        fake_setup(FakeEngine(replies)),
        sources=write_documents(tmp_path / "documents"),
        cases_file=write_cases(tmp_path / "cases.jsonl", cases),
        out=tmp_path / "run",
        progress=False,
    )
    return RunFolder(tmp_path / "run")


class Tags(HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.attributes += [name for name, _ in attrs]


def tags(page: str) -> Tags:
    parser = Tags()
    parser.feed(page)
    return parser


def test_every_text_in_the_report_is_escaped(folder: RunFolder) -> None:
    page = folder.report_file.read_text(encoding="utf-8")
    assert HOSTILE not in page and "&lt;script&gt;" in page
    found = tags(page)
    assert found.found.count("script") == 1 and "img" not in found.found
    assert not [name for name in found.attributes if name.startswith("on")]


def test_the_report_needs_nothing_from_outside(folder: RunFolder) -> None:
    page = folder.report_file.read_text(encoding="utf-8")
    assert not re.search(r"https?://|url\(|@import", page)
    assert not {"src", "href"} & set(tags(page).attributes)


def test_every_case_is_shown_with_its_outcome_and_its_reasons(folder: RunFolder) -> None:
    page = folder.report_file.read_text(encoding="utf-8")
    assert re.findall(r'data-outcome="(\w+)"', page) == ["wrong", "failed", "right", "abstained"]
    assert "Abstained, though the documents answer this." in page
    assert "No reply: RuntimeError:" in page


def test_a_report_can_be_made_again_from_its_folder(folder: RunFolder) -> None:
    assert folder_page(folder) == folder.report_file.read_text(encoding="utf-8")


def test_the_screen_shows_every_figure_kind_and_language(folder: RunFolder) -> None:
    text = summary_text(folder.summary())
    for words in ("4 of 4 cases of cases.jsonl, 1 failed", "citation recall", "numeric", "ko"):
        assert words in text


def test_columns_line_up_with_hangul_in_them() -> None:
    lines = table([("kind", "n"), ("서울", "1"), ("ab", "12")]).splitlines()
    assert lines[2:] == ["서울   1", "ab    12"]


@pytest.mark.parametrize("module", [table_module, text_module])
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]  # it is a module
    assert result.attempted > 0 and result.failed == 0
