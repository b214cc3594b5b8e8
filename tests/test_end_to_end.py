"""The product on the real models: the sample corpus, the command line, the page in Chromium."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa import AnsweringSettings, Assistant
from qa.assistant import exact
from qa.values import hangul_share

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "sources" / "documents"
SHARED = ROOT / ".." / "shared" / "documents"
pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def assistant() -> Iterator[Assistant]:
    with Assistant.open(SAMPLE) as opened:
        opened.index.sync()
        opened.load()
        yield opened


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Where was the first meeting of the network of AI safety institutes held?",
            "San Francisco",
        ),
        ("Who heads OpenAI's policy for Asia-Pacific?", "이상현"),
        ("SFASS는 어느 호텔에서 열렸어?", "나루"),
        ("Which hotel hosted the Seoul forum?", "나루|Naru"),
    ],
)
def test_a_fact_is_answered_with_exact_quotes(assistant, question: str, expected: str) -> None:
    answer = assistant.ask(question)
    assert not answer.abstained, answer.reason
    assert re.search(expected, answer.text + " ".join(c.quote for c in answer.citations))
    for sentence in answer.sentences:
        assert sentence.citations
        assert all(exact(c, assistant.index) for c in sentence.citations)


@pytest.mark.parametrize(
    "question",
    [
        "What is the telephone number of the forum's organisers?",
        "Who won the football world cup in 1998?",
        "포럼 참가자에게 제공된 점심 메뉴는 뭐였어?",
    ],
)
def test_what_the_documents_do_not_say_is_not_answered(assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.abstained and not answer.citations
    assert answer.passages and answer.reason


def test_a_korean_question_is_answered_in_korean(assistant) -> None:
    answer = assistant.ask("AI 안전 네트워크의 첫 회의는 어느 도시에서 열렸어?")
    assert not answer.abstained
    assert hangul_share(answer.text) > 0.1


def test_a_small_local_model_and_quotation_alone_both_answer(assistant) -> None:
    settings = AnsweringSettings(extractive=True)
    quoting = Assistant(assistant.index, settings)
    answer = quoting.ask("Where was the first meeting of the network held?")
    assert "San Francisco" in answer.text and "language" not in answer.models


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": ".", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_command_line_prints_one_json_object() -> None:
    done = run("qa", "ask", "--json", "--extractive", "Where was the network's first meeting?")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert "San Francisco" in told["answer"] and told["citations"] and not told["abstained"]
    for citation in told["citations"]:
        assert citation["quote"]


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (("qa", "ask", "--sources", "no/such/folder", "who?"), {}, "no/such/folder"),
        (("qa", "ask", "?"), {}, "nothing to search for"),
        (("qa", "ask", "x" * 20000), {}, "20,000 characters"),
        (("qa", "--port", "99999"), {}, "99999"),
        (("qa", "ask", "who signed it"), {"FOOTNOTE_MODEL": "nonesuch"}, "nonesuch"),
        (("qa", "ask", "who signed it"), {"FOOTNOTE_HOME": "/dev/null/x"}, "FOOTNOTE_HOME"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(arguments, environment, said: str) -> None:
    done = run(*arguments, **environment)
    assert done.returncode == 2, done.stdout + done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert said in last and "Traceback" not in done.stderr


def test_a_dead_endpoint_leaves_a_quotation() -> None:
    done = run(
        "qa", "ask", "--json", "Where was the network's first meeting?",
        FOOTNOTE_ENDPOINT="http://127.0.0.1:9/v1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "San Francisco" in json.loads(done.stdout)["answer"]


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    done = run("qa", "ask", "--sources", str(tmp_path), "who signed it?")
    assert done.returncode == 0
    assert "no document is indexed" in done.stdout and "empty.txt" in done.stderr


@pytest.fixture(scope="module")
def page() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "qa", "--sources", str(SAMPLE), "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": ".", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    address = ""
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            address = found[0]
            break
    assert address, "the page did not say where it is"
    yield address
    process.terminate()
    process.wait(30)


@pytest.mark.browser
def test_a_question_asked_in_chromium_is_answered_and_its_chip_marks_the_quote(
    page: str, chromium: Any
) -> None:
    deadline = time.monotonic() + 60
    while httpx.get(page).status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.5)
    tab = chromium.new_page()
    tab.goto(page)
    box = tab.locator("#fn-question textarea, textarea").first
    box.fill("Where was the first meeting of the network held?")
    box.press("Enter")
    chip = tab.locator("[data-file][data-start]").first
    chip.wait_for(timeout=120_000)
    chip.click()
    mark = tab.locator("#fn-viewer mark").first
    mark.wait_for(timeout=30_000)
    file, start, end = (chip.get_attribute(f"data-{n}") for n in ("file", "start", "end"))
    with Assistant.open(SAMPLE) as opened:
        text = opened.index.document(str(file)).text
    marked = "".join(tab.locator("#fn-viewer mark").all_text_contents())
    assert marked == text[int(str(start)) : int(str(end))]
    assert mark.is_visible()
    tab.close()
