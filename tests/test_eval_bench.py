"""The benchmark: its arithmetic, what it writes, and that a failure is told and not fatal."""

import json
import os
import sys
import textwrap
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import psutil
import pytest
from eval_examples import CASES, TEXTS, case, fake_setup, write_cases, write_documents
from fakes import FakeEmbedding
from test_eval_engines import ANSWER, FakeAssistant

from eval import __main__ as command_line
from eval.bench import bench, spread
from eval.engines import Footnote
from eval.engines.record import Reply
from eval.errors import EvaluationError
from eval.measuring import OF_ENGINE, Plan
from eval.process import Finished, FreshProcesses, Machine, Started, machine
from eval.scale import Point
from eval.speed import TITLES, Measured, bench_text, write_bench
from eval.stopwatch import time_questions, time_sync
from index import Index, IndexSettings
from index.weights import resolve

MACHINE = Machine("a processor", 2, 16.0, "3.11.0")
MEBIBYTE = 2**20
SECONDS = {"footnote": 2.0, "footnote-extractive": 0.5, "llamaindex": 9.0}


def point(size: int) -> Point:
    """A library whose search takes a millisecond for every ten thousand passages."""
    return Point(size, size / 2e4, size / 1e4, 1.0, 1.0, 0.98, size / 1e3, size / 1e2, 50.0)


class FakeProcesses:
    """Tells seconds that were set beforehand; `broken` engines fail as a process does."""

    def __init__(self, *broken: str) -> None:
        self.broken = broken
        self.homes: list[Path] = []
        self.syncs = iter([4.0, 0.2, 6.0, 0.1, 5.0, 0.3])  # empty and unchanged, three times

    def run(self, arguments: Sequence[str], home: Path) -> Finished:
        what, engine = arguments[2], arguments[arguments.index("--engine") + 1]
        if engine in self.broken:
            raise EvaluationError("The model 'm' could not be started. Free some memory.")
        if what == "sync":
            self.homes.append(home)
            return Finished({"seconds": 10.0 if engine == "llamaindex" else next(self.syncs)}, 1)
        if what == "page":
            return Finished({name: 1.5 for name in TITLES if name.startswith("page_")}, 1)
        if what == "bulk":
            return Finished({"passages": 400, "seconds": 40 if engine == "llamaindex" else 16}, 1)
        if what == "files":
            return Finished({"seconds": 1.25}, 1)
        if what == "scale":
            sizes = arguments[arguments.index("--sizes") + 1 :]
            return Finished({"points": [point(int(size)).as_json() for size in sizes]}, 1)
        seconds = SECONDS[engine]
        if "--model" in arguments:
            assert arguments[-1] == "qwen2.5-coder-0.5b-instruct"
            return Finished({}, 100 * MEBIBYTE)
        said = {
            "answer": [seconds, seconds + 1, 100.0],
            "first_quotation": [seconds / 4],
            "first_sentence": [seconds / 2],
            "retrieve": [0.1, 0.3],
            "repeated": [0.01, 0.02, 0.03],
            "near_repeated": [0.02, 0.03, 0.04],
            "at_once": [seconds * 2],
        }
        return Finished(said, int(seconds * 100) * MEBIBYTE)

    def start(self, arguments: Sequence[str], home: Path, *, models: bool) -> Started:
        assert arguments == ["qa", "--sources", "documents"]
        return Started(3.0, 8.0 if models else None)


def measure(processes: FakeProcesses, tmp_path: Path, **changes: object) -> dict:
    mark_present(tmp_path)
    plan = replace(Plan(Path("documents"), Path("cases.jsonl")), **changes)
    return bench(plan, processes, MACHINE, home=tmp_path, progress=False).as_json()


def mark_present(home: Path) -> None:
    """Make the weights of the small model count as verified."""
    model = resolve("qwen2.5-coder-0.5b-instruct")
    place = home / "models" / model.name
    place.mkdir(parents=True, exist_ok=True)
    state = []
    for file in model.files:
        with (place / file.path).open("wb") as opened:
            opened.truncate(file.size)  # takes no room
        found = (place / file.path).stat()
        state.append([file.path, file.sha256, found.st_size, found.st_mtime_ns])
    (place / ".verified.json").write_text(json.dumps(state), "utf-8")


@pytest.mark.parametrize(
    ("ours", "peers", "value", "peer", "ratio"),
    [
        ([1.0, 9.0, 2.0], [6.0], 2.0, 6.0, 3.0),
        ([1.0, 3.0], [1.0, 1.0], 2.0, 1.0, 0.5),
        ([4.0], [], 4.0, None, None),
        ([0.0], [1.0], 0.0, 1.0, None),
    ],
)
def test_a_figure_is_a_median_and_its_ratio_is_above_one_where_we_are_better(
    ours: list[float], peers: list[float], value: float, peer: float | None, ratio: float | None
) -> None:
    measured = Measured.of("answer", ours, peers)
    assert (measured.value, measured.peer, measured.ratio) == (value, peer, ratio)


def test_the_json_holds_every_figure_with_its_peer_and_ratio(tmp_path: Path) -> None:
    said = measure(FakeProcesses(), tmp_path)
    assert said["machine"] == {
        "cpu": "a processor", "cores": 2, "memory_gib": 16.0, "python": "3.11.0",
    }  # fmt: skip
    assert set(said["figures"]) == set(TITLES)
    assert said["figures"]["answer"] == {"value": 3.0, "unit": "s", "peer": 10.0, "ratio": 3.333}
    assert said["figures"]["sync_empty"] == {"value": 5.0, "unit": "s", "peer": 10.0, "ratio": 2.0}
    assert said["figures"]["sync_unchanged"]["value"] == 0.2
    assert said["figures"]["retrieve"] == {"value": 0.2, "unit": "s", "peer": None, "ratio": None}
    assert said["figures"]["extractive_answer"]["value"] == 1.5
    memory = {"value": 200.0, "unit": "MiB", "peer": 900.0, "ratio": 4.5}
    assert said["figures"]["peak_memory"] == memory
    assert said["problems"] == []
    bulk = {"value": 40.0, "unit": "ms", "peer": 100.0, "ratio": 2.5}
    assert said["figures"]["sync_passage"] == bulk
    assert said["figures"]["repeated"]["value"] == 0.02
    assert said["figures"]["small_peak_memory"]["value"] == 100.0
    assert said["figures"]["search_p95"] == {
        "value": 10.0,
        "unit": "ms",
        "peer": None,
        "ratio": None,
    }
    assert said["figures"]["search_missed"]["value"] == 2.0
    assert [each["passages"] for each in said["sizes"]] == [1_000, 10_000, 100_000]


def test_every_first_sync_meets_an_empty_index_and_the_weights_that_are_here(
    tmp_path: Path,
) -> None:
    (tmp_path / "models").mkdir()
    processes = FakeProcesses()
    measure(processes, tmp_path)
    first, second = processes.homes[0:9:3], processes.homes[1:9:3]
    assert len(set(first)) == 3 and first == second
    assert not first[0].exists(), "nothing is left behind"
    assert (tmp_path / "models").is_dir()


def test_a_failing_engine_is_told_once_and_the_others_are_measured(tmp_path: Path) -> None:
    said = measure(FakeProcesses("llamaindex"), tmp_path)
    assert said["figures"]["answer"] == {"value": 3.0, "unit": "s", "peer": None, "ratio": None}
    assert said["problems"] == [
        f"Not measured ({what}llamaindex): The model 'm' could not be started. Free some memory."
        for what in ("sync of ", "answers of ", "sync of many, ")
    ]


def test_a_part_alone_measures_what_belongs_to_it_on_an_index_of_its_own(tmp_path: Path) -> None:
    processes = FakeProcesses()
    said = measure(processes, tmp_path, parts=("answers",))
    assert set(said["figures"]) == {
        *OF_ENGINE["footnote"].values(), *OF_ENGINE["footnote-extractive"].values(),
        "answer", "peak_memory", "small_peak_memory",
    } - {"peak"}  # fmt: skip
    assert len(processes.homes) == 1, "indexed once, and not by what is measured"


def test_the_first_sentence_is_compared_with_the_whole_answer_of_whoever_shows_no_other(
    tmp_path: Path,
) -> None:
    figures = measure(FakeProcesses(), tmp_path)["figures"]
    first, sooner = figures["first_sentence"], figures["first_quotation"]
    assert (first["value"], first["peer"], first["ratio"]) == (1.0, 10.0, 10.0)
    assert (sooner["value"], sooner["peer"], sooner["ratio"]) == (0.5, 10.0, 20.0)


def test_without_a_local_model_its_loading_is_not_waited_for(tmp_path: Path) -> None:
    said = measure(FakeProcesses(), tmp_path, local_model=False)
    assert "start_to_page" in said["figures"] and "start_to_models" not in said["figures"]


def test_when_nothing_can_be_measured_the_reason_is_the_error(tmp_path: Path) -> None:
    class Broken(FakeProcesses):
        def start(self, *_: object, **__: object) -> Started:
            raise EvaluationError("Port 1 cannot be used.")

    with pytest.raises(EvaluationError, match="could not be started.*Port 1"):
        measure(Broken(*OF_ENGINE), tmp_path)


def test_the_table_names_the_machine_and_the_problems(tmp_path: Path) -> None:
    plan = Plan(Path("documents"), Path("cases.jsonl"))
    measured = bench(plan, FakeProcesses("llamaindex"), MACHINE, home=tmp_path, progress=False)
    shown = bench_text(measured)
    assert shown.startswith("a processor, 2 cores, 16.0 GiB, Python 3.11.0")
    assert "whole answer" in shown and "3.00 s" in shown and "200 MiB" in shown
    assert shown.endswith("Free some memory.")
    with pytest.raises(EvaluationError, match="--out"):
        write_bench(measured, tmp_path / "nowhere" / "bench.json")


def test_questions_are_spread_over_kinds_and_languages() -> None:
    cases = [
        case("s-en-1"), case("s-en-2"), case("s-ko", lang="ko"), case("l-en", kind="list"),
        case("l-ko", lang="ko", kind="list"), case("none", answerable=False), CASES[3],
    ]  # fmt: skip
    assert [c.id for c in spread(cases, 2)] == ["s-en-1", "l-ko"]
    assert [c.id for c in spread(cases, 4)] == ["s-en-1", "l-ko", "s-ko", "l-en"]
    assert {c.id for c in spread(cases, 99)} == {"s-en-1", "s-en-2", "s-ko", "l-en", "l-ko"}
    assert spread([], 8) == ()


# Fresh processes: small modules of our own, run for real.


def module(folder: Path, name: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / f"{name}.py").write_text(textwrap.dedent(code), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_memory_is_that_of_the_process_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = """
        import json, os, subprocess, sys
        held = "x = bytearray(90 * 2**20); import time; time.sleep(0.6)"
        subprocess.run([sys.executable, "-c", held], check=True)
        print("a library's chatter")
        print(json.dumps({"home": os.environ["FOOTNOTE_HOME"]}))
    """
    module(tmp_path, "says", code, monkeypatch)
    finished = FreshProcesses().run(["says"], Path("a-home"))
    assert finished.said == {"home": "a-home"}
    assert 90 * MEBIBYTE < finished.peak < 400 * MEBIBYTE


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("import sys; print('noise\\nOne clear sentence.', file=sys.stderr); sys.exit(2)",
         "^One clear sentence.$"),
        ("raise SystemExit(3)", "exit code 3"),
        ("print('no json')", "no JSON object"),
        ("print([1])", "no JSON object"),
    ],
)  # fmt: skip
def test_a_process_that_fails_is_an_error_with_its_last_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, complaint: str
) -> None:
    module(tmp_path, "fails", code, monkeypatch)
    with pytest.raises(EvaluationError, match=complaint):
        FreshProcesses().run(["fails"], tmp_path)


def test_a_process_that_hangs_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = """
        import subprocess, sys, time, pathlib
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        pathlib.Path("child").write_text(str(child.pid))
        time.sleep(60)
    """
    module(tmp_path, "hangs", code, monkeypatch)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EvaluationError, match="more than 1 s"):
        FreshProcesses(patience=1.0).run(["hangs"], tmp_path)
    child = int((tmp_path / "child").read_text())
    for _ in range(50):
        if not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie":
            return
        time.sleep(0.1)
    pytest.fail("the child lives on")


SERVER = """
    import sys, threading, time
    from http.server import BaseHTTPRequestHandler, HTTPServer

    born = time.monotonic()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            ready = self.path == "/" or time.monotonic() - born > 0.8
            self.send_response(200 if ready else 503)
            self.end_headers()

        def log_message(self, *_):
            pass

    port = int(sys.argv[sys.argv.index("--port") + 1])
    HTTPServer(("127.0.0.1", port), Page).serve_forever()
"""


def test_the_start_is_timed_to_the_page_and_to_the_model_that_is_loaded_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module(tmp_path, "serves", SERVER, monkeypatch)
    started = FreshProcesses(patience=20.0).start(["serves"], tmp_path, models=True)
    assert started.models is not None
    assert 0 < started.page < started.models < 20 and started.models > 0.8
    assert FreshProcesses(20.0).start(["serves"], tmp_path, models=False).models is None


def test_a_page_that_does_not_start_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module(
        tmp_path, "refuses", "raise SystemExit('The folder is gone; name another.')", monkeypatch
    )
    with pytest.raises(EvaluationError, match="The folder is gone; name another."):
        FreshProcesses(20.0).start(["refuses"], tmp_path, models=False)


def test_the_machine_is_described() -> None:
    here = machine()
    assert here.cpu and 1 <= here.cores <= (os.cpu_count() or 1) and here.memory_gib > 0
    assert here.python == ".".join(map(str, sys.version_info[:3]))


# What is timed inside them.


def test_a_sync_is_timed_with_the_model_loaded_before_for_us_and_for_the_peer(
    tmp_path: Path,
) -> None:
    folder = write_documents(tmp_path / "documents")
    embedding = FakeEmbedding(delay=0.05)
    settings = IndexSettings(home=tmp_path / "home")
    with Index.open(folder, settings, embedding=embedding) as index:
        assert time_sync(index, folder, "footnote") >= 0.05
        ours = len(embedding.embedded)
        assert ours >= len(TEXTS)
        time_sync(index, folder, "footnote")
        assert len(embedding.embedded) == ours, "an unchanged folder embeds nothing"
        assert time_sync(index, folder, "llamaindex") >= 0.05 * len(TEXTS)
        assert len(embedding.embedded) >= ours + len(TEXTS), "the peer embeds all again"


def test_questions_are_timed_one_by_one_and_an_abstention_has_no_first_sentence() -> None:
    times = time_questions(Footnote(FakeAssistant(ANSWER)), ["one", "two"])
    assert times.retrieve == (0.1, 0.1) and times.first_sentence == (0.2, 0.2)
    assert len(times.answer) == 2 and all(0 <= s < 1 for s in times.answer)
    silent = replace(ANSWER, seconds=replace(ANSWER.seconds, first_sentence=None))
    assert time_questions(Footnote(FakeAssistant(silent)), ["one"]).first_sentence == ()


class Peer:
    def ask(self, question: str, *, history: Sequence[tuple[str, str]] = ()) -> Reply:
        return Reply("Yes.", False)


def test_a_peer_is_timed_by_its_whole_answer_alone() -> None:
    times = time_questions(Peer(), ["one", "two", "three"])
    assert len(times.answer) == 3 and times.retrieve == times.first_sentence == ()


# The commands.


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_documents(tmp_path / "documents")
    write_cases(tmp_path / "cases.jsonl", CASES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(command_line, "prepare", lambda home, settings: True)
    monkeypatch.setattr(command_line, "FreshProcesses", FakeProcesses)
    return tmp_path


def test_the_command_prints_the_table_and_writes_the_file(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["bench", "--sources", "documents", "--cases", "cases.jsonl", "--out", "b.json"]
    assert command_line.main(command) == 0
    assert "first verified sentence" in capsys.readouterr().out
    said = json.loads((here / "b.json").read_text(encoding="utf-8"))
    assert set(said) == {"machine", "figures", "problems", "sizes"}
    drawn = (here / "b.svg").read_text(encoding="utf-8")
    assert ElementTree.fromstring(drawn).tag.endswith("svg") and "100,000" in drawn


def test_cases_without_an_answerable_question_are_refused(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_cases(here / "cases.jsonl", [CASES[2]])
    assert command_line.main(["bench", "--sources", "documents", "--cases", "cases.jsonl"]) == 2
    assert "No case of 'cases.jsonl'" in capsys.readouterr().err


def test_what_the_processes_print_is_one_json_object(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_line, "setup", lambda name: fake_setup(Peer()))
    arguments = ["measure", "ask", "--engine", "llamaindex", "--sources", "documents"]
    assert command_line.main([*arguments, "--cases", "cases.jsonl", "--questions", "1"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (
        set(said)
        == {
            "answer",
            "first_quotation",
            "first_sentence",
            "retrieve",
            "repeated",
            "near_repeated",
            "at_once",
        }
        and len(said["answer"]) == 1
    )
