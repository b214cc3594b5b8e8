"""README.md is prose with generated parts between HTML comments; this finds the parts, writes them
again and tells which differ. `readme_parts.py` makes their text. The example answer was really
given by the assistant; here its quotes are compared with the documents.
"""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from eval.corpus import Corpus
from eval.engines.record import Cited
from eval.errors import EvaluationError
from eval.readme_parts import PARTS

QUESTION = "Which two companies agreed with the U.S. AI Safety Institute, and in what form?"
DOCUMENTS = Path(__file__).parents[1] / "sources" / "documents"
PART = re.compile(
    r"(?P<begin><!-- generated: (?P<name>[\w-]+) -->\n)(?P<text>.*?)(?P<end><!-- end -->)",
    re.DOTALL,
)
QUOTE = re.compile(r"^\[\d+\] .*\(([^()\n]+), (\d+)-(\d+)\)\n {4}(.+)$", re.MULTILINE)


def stored(readme: str) -> dict[str, str]:
    """Return the generated parts of a README by name."""
    return {found["name"]: found["text"].strip("\n") for found in PART.finditer(readme)}


def renewed(file: Path, given: Mapping[str, str]) -> str:
    """Return the README with every part as it is made now.

    Args:
        file: the README.
        given: parts made elsewhere, by name; a part neither given nor made here stays.

    Raises:
        EvaluationError: the README cannot be read, or lacks a part.
    """
    text = _read(file)
    made = {name: make() for name, make in PARTS.items()} | dict(given)
    if missing := sorted(set(made) - set(stored(text))):
        message = f"{file.name} has no part {missing[0]!r}"
        raise EvaluationError(f"{message}; put its two comments where it belongs.")

    def part(found: re.Match[str]) -> str:
        now = made.get(found["name"], found["text"]).strip("\n")
        return f"{found['begin']}{now}\n{found['end']}"

    return PART.sub(part, text)


def differing(file: Path) -> tuple[str, ...]:
    """Return the names of parts that are not as they are made now, and of an example whose quotes
    no longer stand in the documents.

    Raises:
        EvaluationError: the README cannot be read, or lacks a part.
    """
    before, now = stored(_read(file)), stored(renewed(file, {}))
    names = [name for name in now if before[name] != now[name]]
    corpus = Corpus.open(DOCUMENTS)
    cited = quotes(before.get("example", ""))
    if not cited or not all(stands(quote, corpus) for quote in cited):
        names.append("example")
    return tuple(names)


def quotes(example: str) -> tuple[Cited, ...]:
    """Return the numbered quotes of an answer as the command line prints it."""
    return tuple(Cited(f, int(a), int(b), quote) for f, a, b, quote in QUOTE.findall(example))


def stands(cited: Cited, corpus: Corpus) -> bool:
    """Tell whether a quote stands at its span; white space is folded, as the screen shows it."""
    text = corpus.texts.get(cited.file, "")
    return " ".join(text[cited.start : cited.end].split()) == cited.quote


def example(question: str = QUESTION) -> str:
    """Ask the sample documents and return the question with what the command line answers.

    Raises:
        EvaluationError: there was no answer with a quote.
    """
    command = [sys.executable, "-m", "qa", "ask", question]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    answer = done.stdout.strip()
    if done.returncode or not quotes(answer):
        said = answer or done.stderr.strip().split("\n")[-1]
        raise EvaluationError(
            f"The question {question!r} gave no cited answer ({said}); mend that."
        )
    return f'```console\n$ make ask Q="{question}"\n{answer}\n```'


def write_readme(file: Path, text: str) -> None:
    """Write the README.

    Raises:
        EvaluationError: it cannot be written.
    """
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"{str(file)!r} cannot be written ({error.strerror})"
        raise EvaluationError(f"{message}; check its rights.") from error


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        message = f"{str(file)!r} cannot be read ({error.strerror})"
        raise EvaluationError(f"{message}; restore it from the repository.") from error
