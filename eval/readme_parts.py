"""The generated parts of README.md, made from what they tell about: help texts from the commands,
variables and limits from the settings, the house from the modules' docstrings, results from the
accepted figures. `readme.py` puts them in place.
"""

import ast
import inspect
import io
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import MISSING, Field, fields
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from eval.promises import promises
from eval.runs.figures import FIGURES, GATED
from index import IndexSettings
from index.models import DEFAULTS, MODELS
from qa import AnsweringSettings
from qa.settings import ServingSettings
from sources import SourcesSettings
from sources.loaders import SUFFIXES

ROOT = Path(__file__).parents[1]
FOLDERS = ("sources", "index", "qa", "eval")
ACCEPTED = ROOT / "eval" / "accepted.json"
TORTURE_FIGURES = ROOT / "tests" / "torture" / "figures.json"
READER_FIGURES = ROOT / "qa" / "adapters" / "reader.json"
MEBIBYTE = 2**20
COLUMNS = "88"


def targets() -> str:
    """Return what `make` alone lists, as a table."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.findall(r"^([a-z]+):.*## (.+)$", makefile, re.MULTILINE)
    return _table(("command", "what it does"), [(f"`make {name}`", said) for name, said in found])


def help_text(module: str, *arguments: str) -> str:
    """Return a command's own help, `COLUMNS` letters wide."""
    main = import_module(f"{module}.__main__").main
    printed = io.StringIO()
    with _plain_terminal(), redirect_stdout(printed), suppress(SystemExit):
        main([*arguments, "--help"])
    called = " ".join(["python -m", module, *arguments])
    return f"```console\n$ {called} --help\n{printed.getvalue().strip()}\n```"


@contextmanager
def _plain_terminal() -> Iterator[None]:
    """Make argparse write without colours for a terminal of `COLUMNS` letters."""
    kept = dict(os.environ)
    os.environ |= {"COLUMNS": COLUMNS, "NO_COLOR": "1"}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= kept


def variables() -> str:
    """Return every environment variable with the docstring of the setting it changes."""
    rows = []
    for settings in (IndexSettings, AnsweringSettings, ServingSettings):
        said = dict(_docstrings(settings))
        by_name = {field.name: field for field in fields(settings)}
        source = inspect.getsource(settings)
        for variable in dict.fromkeys(re.findall(r"FOOTNOTE_[A-Z_]+", source)):
            name = variable.removeprefix("FOOTNOTE_").lower()
            meaning = said[name].replace(f" (`{variable}`)", "")
            rows.append((f"`{variable}`", meaning, _default(by_name[name])))
    rows.append(
        ("`FOOTNOTE_JUDGE_KEY`", "The key of a judging model's server; never logged.", "`none`")
    )
    return _table(("variable", "what it sets", "where it is not set"), rows)


def limits() -> str:
    """Return the limits on files and questions with their docstrings."""
    rows = []
    for settings in (SourcesSettings, AnsweringSettings):
        said = dict(_docstrings(settings))
        for field in fields(settings):
            if settings is SourcesSettings or field.name in ("question_characters", "patience"):
                rows.append((_amount(field.name, field.default), said[field.name]))
    return _table(("limit", "what it is for"), rows)


def models() -> str:
    """Return the models with sizes, licences and publishers."""
    rows = [
        (
            f"`{model.name}`",
            f"{model.role}{', default' if model in DEFAULTS else ''}",
            f"{model.size / MEBIBYTE:,.0f} MiB",
            f"{model.download / MEBIBYTE:,.0f} MiB",
            model.licence,
            f"`{model.origin or model.hub}`",
        )
        for model in MODELS.values()
    ]
    heading = ("name", "role", "on disk", "download", "licence", "published as")
    return _table(heading, rows)


def needs() -> str:
    """Return what a first start downloads and keeps."""
    download = sum(model.download for model in DEFAULTS) / MEBIBYTE
    disk = sum(model.size for model in DEFAULTS) / MEBIBYTE
    return (
        f"Besides the Python packages, the first start downloads {download:,.0f} MiB of model "
        f"weights, which take {disk:,.0f} MiB on disk. Later starts download nothing."
    )


def case() -> str:
    """Return the first case of the sample, laid out over several lines."""
    lines = (ROOT / "eval" / "cases" / "sample.jsonl").read_text(encoding="utf-8").splitlines()
    shown = json.dumps(json.loads(lines[0]), ensure_ascii=False, indent=2)
    return f"```json\n{shown}\n```"


def formats() -> str:
    """Return the endings of files that can be read."""
    return "Files that are read: " + ", ".join(f"`{suffix}`" for suffix in SUFFIXES) + "."


def results() -> str:
    """Return the accepted figures, a column for each case file."""
    held: dict[str, Any] = {}
    if ACCEPTED.exists():
        held = json.loads(ACCEPTED.read_text(encoding="utf-8"))
    if not held:
        return "*No figures have been accepted yet.*"
    heading = ["points of 100", *(f"{name}, {entry['n']} cases" for name, entry in held.items())]
    rows = []
    for name in GATED:
        cells = [entry["figures"].get(name) for entry in held.values()]
        if any(cell is not None for cell in cells):
            shown = ["-" if cell is None else f"{cell:.1f}" for cell in cells]
            rows.append([FIGURES[name].title, *shown])
    return _table(heading, rows)


def reader() -> str:
    """Return what the reader's adapter reached on examples held out from its training."""
    if not READER_FIGURES.exists():
        return "*The adapter's figures are not here; `make train` writes them.*"
    facts = json.loads(READER_FIGURES.read_text(encoding="utf-8"))
    names = ("accuracy", "auc", "span_overlap")
    rows = [
        [part, f"{found['n']:.0f}", *(_share(found.get(name)) for name in names)]
        for part, found in facts["figures"].items()
    ]
    heading = ("held-out part", "examples", "accuracy", "area under ROC", "span overlap (F1)")
    return _table(heading, rows)


def torture() -> str:
    """Return what `make torture` tried and lost when it was last accepted."""
    if not TORTURE_FIGURES.exists():
        return "*`make torture` has not been accepted yet.*"
    rows = []
    for row in json.loads(TORTURE_FIGURES.read_text(encoding="utf-8")):
        measured = ", ".join(f"{name} {value:g}" for name, value in row["figures"].items())
        rows.append([row["part"], row["what"], f"{row['times']:,}", str(row["lost"]), measured])
    return _table(("part", "what was tried", "times", "lost", "measured"), rows)


def safety() -> str:
    """Return what is promised about safety, with its figures and its tests."""
    rows = [
        (p.said, p.figure, ", ".join(f"`tests/test_{name}.py`" for name in p.tests))
        for p in promises()
    ]
    return _table(("what is promised", "figure", "tested by"), rows)


def house() -> str:
    """Return every module with the first sentence of its docstring, folder by folder."""
    parts = []
    for folder in FOLDERS:
        lines = [f"**`{folder}/`**: {_said(ROOT / folder / '__init__.py')}", ""]
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT / folder).as_posix()
            if name != "__init__.py":
                lines.append(f"- `{name}`: {_said(path)}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


PARTS: dict[str, Callable[[], str]] = {
    "needs": needs,
    "targets": targets,
    "formats": formats,
    "help-qa": partial(help_text, "qa"),
    "help-ask": partial(help_text, "qa", "ask"),
    "help-serve": partial(help_text, "qa", "serve"),
    "help-index": partial(help_text, "index"),
    "variables": variables,
    "models": models,
    "help-eval": partial(help_text, "eval"),
    "case": case,
    "results": results,
    "reader": reader,
    "limits": limits,
    "torture": torture,
    "safety": safety,
    "house": house,
}


def first_sentence(text: str) -> str:
    """Return the first sentence of a docstring on one line, safe in Markdown.

    >>> first_sentence("Reads U.S. mail. Then rests.")
    'Reads U.S. mail.'
    """
    paragraph = " ".join(text.split("\n\n")[0].split())
    found = re.match(r"(.+?[.!?])(?<!\b[A-Z]\.)(?=\s+[A-Z`\"]|$)", paragraph)
    pieces = (found[1] if found else paragraph).split("`")
    pieces[::2] = [piece.replace("<", "&lt;").replace("*", "\\*") for piece in pieces[::2]]
    return "`".join(pieces)


def _said(path: Path) -> str:
    return first_sentence(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")


def _docstrings(settings: type) -> Iterator[tuple[str, str]]:
    """Yield each field of a settings class with the docstring under it."""
    (made,) = ast.parse(inspect.getsource(settings)).body
    assert isinstance(made, ast.ClassDef)
    for field, said in zip(made.body, made.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(said, ast.Expr):
            assert isinstance(field.target, ast.Name)
            yield field.target.id, " ".join(str(ast.literal_eval(said.value)).split())


def _default(field: "Field[Any]") -> str:
    if field.default is MISSING or field.default is None:
        return ""
    if isinstance(field.default, bool):
        return "on" if field.default else "off"
    return f"`{field.default}`"


def _amount(name: str, value: Any) -> str:
    if name.endswith("_bytes"):
        return f"{value / MEBIBYTE:,.0f} MiB"
    unit = "characters" if "characters" in name else "seconds"
    return f"{value:,.0f} {unit}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (heading, *rows)]
    lines = ["| " + " | ".join(row) + " |" for row in cells]
    lines.insert(1, "|" + "---|" * len(heading))
    return "\n".join(lines)
