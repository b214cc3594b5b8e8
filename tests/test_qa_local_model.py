"""The process of the local language model: what it tells, and that it never outlives us."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from index import IndexSettings
from index.weights import is_present, resolve
from qa import AnsweringSettings, Assistant, llama_process
from qa.errors import ModelError
from qa.language_model import LanguageModel
from qa.local_model import LocalServer
from tests.fakes_qa import WordReader
from tests.fakes_serve import ASK, RIVER, gated, shelve

SMALL = "qwen2.5-coder-0.5b-instruct"


def ended(pid: int, seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False


def test_a_file_that_is_no_model_is_one_sentence_with_advice(tmp_path: Path) -> None:
    file = tmp_path / "broken.gguf"
    file.write_bytes(b"no weights at all")
    before = psutil.Process().children()
    with pytest.raises(ModelError, match=r"'broken.gguf'.*--verify") as told:
        LocalServer(file)
    assert "\n" not in str(told.value)
    assert psutil.Process().children() == before, "nothing is left running"


@pytest.mark.parametrize("failures", [1, 2])
def test_a_process_that_cannot_be_started_is_tried_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    tried = []
    start = subprocess.Popen

    def failing(*args: Any, **options: Any) -> Any:
        tried.append(args)
        if len(tried) <= failures:
            raise OSError(12, "Cannot allocate memory")
        return start(*args, **options)

    monkeypatch.setattr("qa.local_model.subprocess.Popen", failing)
    monkeypatch.setattr("qa.local_model.AGAIN", 0.0)
    said = "could not be started" if failures == 1 else "Cannot allocate memory"
    with pytest.raises(ModelError, match=said):
        LocalServer(tmp_path / "absent.gguf")
    assert len(tried) == 2


@pytest.mark.models
def test_the_model_answers_from_its_own_process_and_ends_when_its_parent_is_killed() -> None:
    home = IndexSettings.from_environment().home
    if not is_present(resolve(SMALL), home):
        pytest.skip("the weights are not here: run `python -m index weights --model " + SMALL)
    before = psutil.Process().children()
    model = LanguageModel.open(AnsweringSettings(model=SMALL), home=home)
    (child,) = (c.pid for c in psutil.Process().children() if c not in before)
    assert model.write("Answer in one word.", "What colour is the sky by day?")
    model.close()
    assert ended(child)
    file = next((home / "models" / SMALL).glob("*.gguf"))
    code = (
        "import sys, time; from pathlib import Path; from qa.local_model import LocalServer;"
        "s = LocalServer(Path(sys.argv[1])); sys.stdout.write(f'{s._process.pid}\\n');"
        "sys.stdout.flush(); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(file)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert psutil.pid_exists(child)
    parent.kill()
    parent.wait()
    assert ended(child)


@pytest.mark.models
@pytest.mark.skipif(sys.platform == "win32", reason="no process can be stopped there")
def test_a_real_model_that_hangs_or_is_killed_is_replaced_and_answers_the_next_question(
    tmp_path: Path,
) -> None:
    home = IndexSettings.from_environment().home
    if not is_present(resolve(SMALL), home):
        pytest.skip("the weights are not here: run `python -m index weights --model " + SMALL)
    settings = AnsweringSettings(model=SMALL, patience=2.0)
    index = gated(shelve(tmp_path / "documents"), tmp_path / "home").index
    with Assistant(index, settings, model=LanguageModel.open(settings, home=home)) as assistant:
        assistant._reader = WordReader()  # type: ignore[assignment]
        model = assistant._model
        assert model is not None and model._server is not None
        first = model._server._process.pid
        os.kill(first, signal.SIGSTOP)
        hung = assistant.ask(ASK)
        assert [s.text in RIVER for s in hung.sentences] == [True]
        assert "started again for the next question" in hung.dropped[0].reason
        assert ended(first)
        model._settings = replace(settings, patience=60.0)
        again = assistant.ask("In which town was the river treaty signed?")
        assert again.sentences and all(dropped.text for dropped in again.dropped)
        assert model._server is not None and model._server._process.pid != first
        os.kill(model._server._process.pid, signal.SIGKILL)  # as a system without memory does
        assert ended(model._server._process.pid)
        last = assistant.ask("On which day was the river treaty signed?")
        assert last.sentences and all(dropped.text for dropped in last.dropped)


def test_the_process_needs_nothing_of_ours_but_its_own_file() -> None:
    file = str(Path(llama_process.__file__))
    code = f"import runpy, sys; runpy.run_path({file!r}); print([m for m in sys.modules if 'torch' in m])"
    run = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
