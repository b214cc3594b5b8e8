"""The shell: one answer or many, colours only where they are wanted, completion, and nothing from a
document that the terminal would take for a command.
"""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qa import Answer, AnsweringSettings, Assistant, Citation, Seconds, Sentence
from qa.__main__ import main
from qa.serve.line import Line
from qa.settings import ServingSettings
from qa.shell.show import Teller, safe, wants_color
from tests.fakes_serve import ASK, ASK_NOTHING, RIVER, SAID, TOKEN, gated, shelve

ESC = "\x1b"


@pytest.fixture(autouse=True)
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    assistant = gated(shelve(tmp_path / "documents"), tmp_path / "home").inner
    monkeypatch.setattr(Assistant, "open", lambda *_, **__: assistant)
    monkeypatch.setattr(assistant, "close", lambda: None)
    monkeypatch.delenv("NO_COLOR", raising=False)
    yield assistant


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["ask", *arguments]) == 0
    return capsys.readouterr().out


# ---- one answer


def test_an_answer_is_shown_with_numbered_quotations(capsys: pytest.CaptureFixture[str]) -> None:
    told = ask(capsys, ASK)
    quote = RIVER[RIVER.index("The river") : RIVER.index(" Forty")]
    start = RIVER.index(quote)
    place = f"(river.txt, {start}-{start + len(quote)})"
    assert told == f"{SAID} [1]\n\n[1] Harbour notes {place}\n    {quote}\n"


def test_an_abstention_shows_its_reason_and_the_nearest_passages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = ask(capsys, ASK_NOTHING)
    assert told.count("(river.txt, ") == 1 and told.count("(apple.txt, ") == 1
    assert "[1]" not in told


def test_what_is_left_open_stands_between_answer_and_quotations() -> None:
    quote = Citation("river.txt", None, 0, 5, "River")
    sentence = Sentence("It is long.", "supported", (quote,))
    shown = Teller(color=False)
    said = shown.sentence(sentence)
    left = Answer("q", "en", (sentence,), False, "Nothing on its height.", (), {}, Seconds(0, 0, 0))
    assert said == "It is long. [1]"
    assert shown.ending(left).splitlines()[0] == "Nothing on its height."


def test_json_is_one_object_over_several_lines(capsys: pytest.CaptureFixture[str]) -> None:
    told = ask(capsys, ASK, "--json")
    assert json.loads(told)["answer"] == SAID and len(told.splitlines()) > 5


# ---- many


def test_a_file_of_questions_gives_a_json_object_on_a_line_each(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "questions.txt"
    file.write_text(f"\ufeff{ASK}\n\n  {ASK_NOTHING}  \n", encoding="utf-8")
    told = [json.loads(line) for line in ask(capsys, "--from", str(file), "--json").splitlines()]
    assert [answer["question"] for answer in told] == [ASK, ASK_NOTHING]
    assert [answer["abstained"] for answer in told] == [False, True]


@pytest.mark.parametrize("arguments", [[], ["--from", "-"]])
def test_questions_come_from_standard_input_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{ASK}\n{ASK_NOTHING}\n"))
    told = ask(capsys, *arguments)
    assert told.startswith(f"{ASK}\n{SAID} [1]\n") and f"\n\n{ASK_NOTHING}\n" in told


def test_a_question_that_cannot_be_used_does_not_stop_the_others(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"?\n{ASK}\n"))
    assert main(["ask", "--json"]) == 2
    told = capsys.readouterr()
    assert json.loads(told.out)["answer"] == SAID
    assert "'?': " in told.err.splitlines()[-1]


def test_no_question_at_all_is_said_at_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    assert main(["ask"]) == 2
    assert "--from" in capsys.readouterr().err
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9?")
    for file in (str(tmp_path / "nowhere.txt"), str(tmp_path), str(tmp_path / "latin.txt")):
        assert main(["ask", "--from", file]) == 2
        told = capsys.readouterr().err
        assert repr(file) in told and len(told.splitlines()) == 1


# ---- colours


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, pipe = io.StringIO(), io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    assert wants_color("auto", terminal) and not wants_color("auto", pipe)
    assert wants_color("always", pipe) and not wants_color("never", terminal)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_color("auto", terminal) and wants_color("always", pipe)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_color("auto", terminal)


def test_colours_add_nothing_but_colours(capsys: pytest.CaptureFixture[str]) -> None:
    plain = ask(capsys, ASK, "--color", "never")
    colored = ask(capsys, ASK, "--color", "always")
    assert ESC not in plain and ESC in colored
    stripped = colored
    for code in ("36", "1", "2", "0"):
        stripped = stripped.replace(f"{ESC}[{code}m", "")
    assert stripped == plain


HOSTILE = f"a{ESC}[2Jb\x07c\x9b31md\u202ee\u2066f\x08g\rh\u200bi"


def test_nothing_from_a_document_or_a_model_commands_the_terminal() -> None:
    cited = Citation(f"x{ESC}]0;title\x07.md", HOSTILE, 0, 9, HOSTILE)
    sentence = Sentence(HOSTILE, "conflicting", (cited,))
    said = Answer(HOSTILE, "en", (sentence,), False, None, (), {}, Seconds(0.1, 0.1, 0.1))
    silent = Answer(HOSTILE, "en", (), True, HOSTILE, (), {}, Seconds(0.1, None, 0.1))
    teller = Teller(color=False)
    told = [teller.question(HOSTILE), teller.sentence(sentence), teller.ending(said)]
    told.append(teller.ending(silent))
    for text in told:
        assert not set(text) & set("\x1b\x07\x9b\u202e\u2066\x08\r\u200b"), text
        assert "a\ufffd[2Jb\ufffdc" in text


def test_ordinary_writing_is_left_as_it_is() -> None:
    for text in ("서울은 1931년에", "tab\tline\n", "👩\u200d🚒 می\u200cخواهم", "naïve — “quoted”"):
        assert safe(text) == text


def test_the_language_model_setting_is_passed_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], opened: Assistant
) -> None:
    seen: list[AnsweringSettings] = []

    def keeps(folder: Path, *, settings: AnsweringSettings) -> Assistant:
        seen.append(settings)
        return opened

    monkeypatch.setattr(Assistant, "open", keeps)
    ask(capsys, "--extractive", "--top-k", "3", ASK)
    assert main(["--extractive", "ask", ASK]) == 0
    assert [s.extractive for s in seen] == [True, True] and seen[0].top_k == 3


# ---- serving


def test_mcp_greets_before_it_syncs_and_keeps_standard_output_to_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], opened: Assistant
) -> None:
    (opened.index.folder / "new.txt").write_text("A robot was new.", encoding="utf-8")
    monkeypatch.setattr(opened, "fetch", lambda: None)
    served: list[Line] = []

    def run(line: Line) -> None:
        line.ready.result(30)
        served.append(line)

    monkeypatch.setattr("qa.serve.mcp_server.run_stdio", run)
    assert main(["mcp"]) == 0
    assert served[0].is_ready and len(opened.index.documents()) == 3
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("arguments", [["serve"], []])
def test_serving_is_the_same_with_and_without_its_name(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    opened: Assistant,
    arguments: list[str],
) -> None:
    (opened.index.folder / "new.txt").write_text("A robot was new.", encoding="utf-8")
    monkeypatch.setattr(opened, "fetch", lambda: None)
    monkeypatch.setenv("FOOTNOTE_TOKEN", TOKEN)
    served: list[ServingSettings] = []

    def serve(line: Line, settings: ServingSettings, **more: Any) -> None:
        served.append(settings)
        assert len(line.index.documents()) == 2  # it listens before it looks at the folder
        more["on_ready"]("http://127.0.0.1:1")
        line.begin()
        line.ready.result(30)

    monkeypatch.setattr("qa.serve.server.serve", serve)
    assert main([*arguments, "--host", "::", "--port", "8000"]) == 0
    assert (served[0].host, served[0].port, served[0].token) == ("::", 8000, TOKEN)
    told = capsys.readouterr().out
    assert "3 documents, 3 passages" in told and "http://127.0.0.1:1" in told
    assert TOKEN not in told


def test_a_folder_that_is_not_there_is_said_before_anything_listens(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("qa.serve.server.serve", lambda *_, **__: pytest.fail("it listens"))
    assert main(["serve", "--sources", str(tmp_path / "nowhere")]) == 2
    assert "nowhere' does not exist; name one that does." in capsys.readouterr().err
