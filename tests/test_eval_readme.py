"""README.md: what is generated is as the code has it, the example's quotes stand, its code runs."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import FakeEmbedding
from fakes_qa import WordReader

from eval import __main__ as command_line
from eval import readme, readme_parts
from eval.corpus import Corpus
from eval.errors import EvaluationError
from eval.readme import DOCUMENTS, differing, quotes, renewed, stands, stored
from index import Index, IndexSettings
from qa import AnsweringSettings, Assistant

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
LLAMA_INDEX = [
    block
    for block in re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    if "Assistant" in block
]


@pytest.mark.parametrize("part", readme_parts.PARTS)
def test_a_generated_part_is_as_the_code_has_it(part: str) -> None:
    now = readme_parts.PARTS[part]().strip("\n")
    assert stored(TEXT)[part] == now, "run `python -m eval readme`"


def test_the_examples_quotes_stand_in_the_sample_documents_at_their_offsets() -> None:
    cited = quotes(stored(TEXT)["example"])
    corpus = Corpus.open(DOCUMENTS)
    assert cited, "run `python -m eval readme --ask`"
    assert [quote for quote in cited if not stands(quote, corpus)] == []


def test_the_first_screen_has_one_sentence_the_example_and_two_commands() -> None:
    first = TEXT.split("\n## ")[0]
    assert readme.QUESTION in first
    assert first.index(readme.QUESTION) < first.index("$ make chat") < first.index("$ make test")
    sentence = first.split("\n\n")[1]
    assert sentence.endswith(".") and "\n" not in sentence


def test_it_names_no_host_and_no_place_of_one_machine() -> None:
    for file in (README, ROOT / "CHANGELOG.md"):
        text = file.read_text(encoding="utf-8")
        hosts = set(re.findall(r"https?://([\w.:-]+)", text))
        assert hosts <= {"127.0.0.1:7860", "aisafety.ai.kr"}, hosts
        assert not re.search(r"(?<![\w/.~-])/(work|tmp|root|home)\b|\bpypi\.|huggingface", text)


def test_every_make_target_it_names_is_there() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)\b(?= ?[A-Z`\n#]|$)", TEXT))
    there = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"chat", "test"} <= named <= there


# The generator.

SAMPLE = "\n".join(
    f"<!-- generated: {name} -->\nold\n<!-- end -->" for name in [*readme_parts.PARTS, "example"]
)
ANSWER = """\
Elizabeth Kelly directs it [1].

[1] A title (with brackets) (us-institute-agreements.md, 4-9)
    title"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "README.md"
    file.write_text(f"Prose.\n\n{SAMPLE}\nMore prose.\n", encoding="utf-8")
    monkeypatch.setattr(command_line, "README", file)
    return file


def test_parts_are_written_again_and_prose_and_example_stay(page: Path) -> None:
    assert command_line.main(["readme"]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Prose.\n\n") and text.endswith("\nMore prose.\n")
    assert stored(text)["example"] == "old"
    assert stored(text)["formats"] == readme_parts.formats()
    assert renewed(page, {}) == text, "writing twice changes nothing"


def test_the_check_names_what_differs_and_writes_nothing(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = page.read_text(encoding="utf-8")
    assert command_line.main(["readme", "--check"]) == 1
    assert "the part 'house'" in capsys.readouterr().out
    assert page.read_text(encoding="utf-8") == before
    page.write_text(renewed(page, {"example": ANSWER}), encoding="utf-8")
    assert command_line.main(["readme", "--check"]) == 0
    assert capsys.readouterr().out == ""


def test_the_check_finds_a_quote_that_moved(page: Path) -> None:
    page.write_text(renewed(page, {"example": ANSWER.replace("4-9", "5-10")}), encoding="utf-8")
    assert differing(page) == ("example",)


def test_a_readme_without_a_part_is_refused(page: Path) -> None:
    page.write_text("Prose only.\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="no part 'case'"):
        renewed(page, {})


def test_the_example_is_what_the_command_line_really_says(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **_: object) -> "subprocess.CompletedProcess[str]":
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, stdout=ANSWER + "\n", stderr="")

    monkeypatch.setattr(readme.subprocess, "run", run)
    assert command_line.main(["readme", "--ask"]) == 0
    assert asked[0][1:4] == ["-m", "qa", "ask"]
    example = stored(page.read_text(encoding="utf-8"))["example"]
    assert example == f'```console\n$ make ask Q="{readme.QUESTION}"\n{ANSWER}\n```'
    (cited,) = quotes(example)
    assert (cited.file, cited.start, cited.end) == ("us-institute-agreements.md", 4, 9)


@pytest.mark.parametrize(
    ("code", "out", "err"), [(0, "The documents do not answer.", ""), (2, "", "Weights are gone.")]
)
def test_an_example_without_a_cited_answer_is_refused(
    monkeypatch: pytest.MonkeyPatch, code: int, out: str, err: str
) -> None:
    done = subprocess.CompletedProcess([], code, stdout=out, stderr=err)
    monkeypatch.setattr(readme.subprocess, "run", lambda *_, **__: done)
    with pytest.raises(EvaluationError, match=re.escape(out or err)):
        readme.example()


def test_a_docstrings_first_sentence_ends_where_it_ends() -> None:
    assert doctest.testmod(readme_parts).failed == 0
    assert (
        readme_parts.first_sentence("It keeps\n3.5 *stars*. More.") == "It keeps 3.5 \\*stars\\*."
    )
    assert readme_parts.first_sentence("Reads `<a>` and <b>") == "Reads `<a>` and &lt;b>"


def test_every_variable_the_code_reads_is_in_the_table() -> None:
    read = {
        name
        for folder in readme_parts.FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(
            r"environ(?:\.get\(|\[)\s*\"(FOOTNOTE_\w+)\"", path.read_text("utf-8")
        )
    }
    table = readme_parts.variables()
    assert read and all(f"| `{name}` |" in table for name in read)


def test_accepted_figures_are_shown_by_case_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "accepted.json"
    figures = (
        '{"a.jsonl": {"n": 4, "figures": {"correct": 75.0}}, "b.jsonl": {"n": 2, "figures": {}}}'
    )
    monkeypatch.setattr(readme_parts, "ACCEPTED", file)
    assert "No figures" in readme_parts.results()
    file.write_text(figures, encoding="utf-8")
    assert readme_parts.results().splitlines() == [
        "| points of 100 | a.jsonl, 4 cases | b.jsonl, 2 cases |",
        "|---|---|---|",
        "| correct where answerable | 75.0 | - |",
    ]


# The LlamaIndex program.


def test_the_llamaindex_program_runs_on_the_sample_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (program,) = LLAMA_INDEX

    def opened(folder: Path) -> Assistant:
        settings = IndexSettings(home=tmp_path)
        index = Index.open(folder, settings, embedding=FakeEmbedding())
        made = Assistant(index, AnsweringSettings(extractive=True, answered_at_least=0.1))
        made._reader = WordReader()  # type: ignore[assignment]
        return made

    monkeypatch.setattr(Assistant, "open", opened)
    monkeypatch.chdir(ROOT)
    exec(compile(program, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    cited = re.search(r"^(\S+\.md) (\d+) (\d+) ", printed, re.MULTILINE)
    assert cited, printed
    text = Corpus.open(DOCUMENTS).texts[cited[1]]
    assert text[int(cited[2]) : int(cited[3])] in printed
    assert len(re.findall(r"^-?[\d.]+ \S+\.md$", printed, re.MULTILINE)) == 3


@pytest.mark.models
def test_the_llamaindex_program_runs_on_the_real_models() -> None:
    (program,) = LLAMA_INDEX
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "vice minister" in done.stdout.splitlines()[0]
    assert re.search(r"^openai-korea-agreement\.md \d+ \d+ ", done.stdout, re.MULTILINE)
