"""Three planted regressions, each of which must make `python -m eval gate` exit with 1. Real
assistant, real index, real search, real grounding, the real command line; fakes for the models.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from eval_examples import case, write_cases

from eval import __main__ as command_line
from eval.cases import Evidence
from eval.engines import Engine, Footnote, Setup
from index import Index, IndexSettings
from qa import AnsweringSettings, Assistant, ground
from qa.answer import Citation
from qa.read import Evidence as Found
from tests.fakes import FakeEmbedding
from tests.fakes_qa import ScriptedModel, WordReader

SIGNED = "The river treaty was signed by Ana Lund in Tarvik."
RIVER_2 = "A second river treaty of the robot union was never kept by anybody."
# Its second topic keeps it a little behind the decoy, which does not answer, in the fake embedding.
CROSSED = "Pim, a robot on an apple cart, crossed the border."
DECOY = "robot robot robot border in a list of every robot."
QUESTION = "Who signed the river treaty?"
ROBOT = "Which robot crossed the border?"
APPLES = "Which colour does the apple of Kerr have?"
CASES = [
    case(
        "signed",
        question=QUESTION,
        answer="Ana Lund signed it.",
        must_include=(("Ana Lund",),),
        must_not_include=("Per Holm",),
        evidence=(Evidence("signed.txt", SIGNED),),
    ),
    case(
        "robot",
        question=ROBOT,
        answer="Pim crossed it.",
        must_include=(("Pim",),),
        evidence=(Evidence("crossed.txt", CROSSED),),
    ),
    case(
        "apple",
        question=APPLES,
        answer="It is yellow.",
        must_include=(("yellow",),),
        evidence=(Evidence("apple.txt", "The apple of Kerr has the colour yellow."),),
    ),
]
TRUTH = "The river treaty was signed by Ana Lund in Tarvik."
LIE = "The river treaty was signed by Per Holm in Tarvik."


class Place:
    """A folder with an index, cases and accepted figures; runs and gates through `main`."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.here, self.monkeypatch = tmp_path, monkeypatch
        documents = tmp_path / "documents"
        documents.mkdir()
        texts = {"signed": SIGNED, "second": RIVER_2, "crossed": CROSSED, "decoy": DECOY,
                 "apple": "The apple of Kerr has the colour yellow."}  # fmt: skip
        for name, text in texts.items():
            (documents / f"{name}.txt").write_text(text, encoding="utf-8")
        write_cases(tmp_path / "cases.jsonl", CASES)
        self.runs = 0

    def exit_code(self, *, said: str = TRUTH, top_k: int = 5, accept: bool = False) -> int:
        """Run the cases and return what `gate` exits with."""
        home = self.here / "home"

        @contextmanager
        def opened(sources: Path) -> Iterator[Engine]:
            settings = AnsweringSettings(top_k=top_k, answered_at_least=0.5)
            with Index.open(sources, IndexSettings(home=home), embedding=FakeEmbedding()) as index:
                index.sync()
                model = ScriptedModel(said)
                assistant = Assistant(index, settings, model=model)  # type: ignore[arg-type]
                assistant._reader = WordReader()  # type: ignore[assignment]
                yield Footnote(assistant, WordReader())

        self.monkeypatch.setattr(command_line, "setup", lambda name: Setup("footnote", {}, opened))
        self.runs += 1
        out = str(self.here / f"run{self.runs}")
        run = ["run", "--sources", str(self.here / "documents"),
               "--cases", str(self.here / "cases.jsonl"), "--out", out]  # fmt: skip
        assert command_line.main(run) == 0
        gate = ["gate", out, "--accepted", str(self.here / "accepted.json")]
        return command_line.main([*gate, *(["--accept"] if accept else [])])


@pytest.fixture
def accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    place = Place(tmp_path, monkeypatch)
    assert place.exit_code(accept=True) == 0
    return place


def test_without_a_regression_the_gate_passes(
    accepted: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert accepted.exit_code() == 0
    shown = capsys.readouterr().out
    assert re.search(r"correct where answerable +100\.0 +100\.0", shown) and "FELL" not in shown


def test_even_a_model_that_lies_passes_because_grounding_catches_it(accepted: Place) -> None:
    assert accepted.exit_code(said=LIE) == 0


def test_a_broken_citation_offset_fails_the_gate(
    accepted: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = Found.citation.fget  # type: ignore[attr-defined]

    def shifted(self: Found) -> Citation:
        right: Citation = sound(self)
        return replace(right, start=right.start + 1, end=right.end + 1)

    monkeypatch.setattr(Found, "citation", property(shifted))
    assert accepted.exit_code() == 1
    assert "citation exact" in [line[:14] for line in fell(capsys)]


def test_a_disabled_grounding_rule_fails_the_gate(
    accepted: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for rule in ("missing", "altered"):  # names and numbers
        monkeypatch.setattr(ground, rule, lambda sentence, quotes: [])
    assert accepted.exit_code(said=LIE) == 1
    assert any(line.startswith("correct where answerable") for line in fell(capsys))


def test_a_retrieval_cut_to_one_passage_fails_the_gate(
    accepted: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert accepted.exit_code(top_k=1) == 1
    assert any(line.startswith("correct where answerable") for line in fell(capsys))


def fell(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().out.splitlines() if line.endswith("FELL")]
