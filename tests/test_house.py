"""The rules of the house, from DESIGN and STYLE, checked over every module by its syntax tree."""

import ast
import fnmatch
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import eval.errors
import index
import qa
import sources

ROOT = Path(__file__).parents[1]
FOLDERS = ("sources", "index", "qa", "eval")
# A module of one folder may also be run alone, as `python -m` does; nothing imports `tests`.
DOORS = {
    "chromadb": "index/store.py",
    "gradio": "qa/page/*.py",
    "sentence_transformers": "index/embedding.py",
    "ray": "index/cluster.py",
    "tokenizers": "index/gemma_files.py",
    "xllamacpp": "qa/llama_process.py",
    "fastapi": "qa/serve/api*.py",
    "mcp": "qa/serve/mcp_server.py",
    "prometheus_client": "qa/serve/metrics.py",
    "pypdfium2": "qa/page/images_process.py",
    "uvicorn": "qa/serve/server.py",
}
TOP_LEVEL = {
    "sources",
    "index",
    "qa",
    "eval",
    "tests",
    "pyproject.toml",
    "README.md",
    "Makefile",
    "requirements.lock",
    "CHANGELOG.md",
    "LICENSE",
    ".ci",
    ".gitignore",
    ".gitattributes",
    ".editorconfig",
}
ROOMLESS = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


MODULES = modules(*FOLDERS)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports relatively; write the whole name"
            yield node.module or ""


def test_every_folder_of_the_house_has_modules() -> None:
    assert {name_of(path).split("/")[0] for path in MODULES} == set(FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_imports_only_from_folders_to_its_left(folder: str) -> None:
    closed = (*FOLDERS[FOLDERS.index(folder) + 1 :], "tests")
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in modules(folder)
        for name in imported(path)
        if name.split(".")[0] in closed
    ]
    assert wrong == []


@pytest.mark.parametrize("library", DOORS)
def test_an_outside_library_has_one_door(library: str) -> None:
    wrong = [
        name_of(path)
        for path in MODULES
        if any(name.split(".")[0] == library for name in imported(path))
        and not fnmatch.fnmatch(name_of(path), DOORS[library])
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_init_only_re_exports_in_at_most_fifteen_lines(folder: str) -> None:
    path = ROOT / folder / "__init__.py"
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 15
    exported, names = set(), set()
    for node in ast.parse(text).body[1:]:  # the docstring comes first
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        else:
            assert isinstance(node, ast.Assign), f"{name_of(path)} does more than re-export"
            assert [ast.unparse(target) for target in node.targets] == ["__all__"]
            exported = set(ast.literal_eval(node.value))
    assert exported == names


def test_no_module_is_a_drawer_for_what_has_no_room() -> None:
    paths = [p.relative_to(ROOT) for p in modules(*FOLDERS, "tests")]
    assert [str(p) for p in paths if ROOMLESS & {*p.parts[:-1], p.stem}] == []


def test_every_module_says_what_it_does_in_at_most_six_lines() -> None:
    silent, long = [], []
    for path in MODULES:
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        if not said:
            silent.append(name_of(path))
        elif len(said.splitlines()) > 6 and name_of(path) != "sources/errors.py":
            long.append(name_of(path))  # the tree of errors is drawn in that one docstring
    assert (silent, long) == ([], [])


def test_the_top_level_holds_only_what_the_design_names() -> None:
    ignored = {".git", ".venv"} | {
        line.strip().strip("/")
        for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith(("#", "!"))
    }
    held = {path.name for path in ROOT.iterdir()}
    kept = {name for name in held if not any(fnmatch.fnmatch(name, i) for i in ignored)}
    assert kept - TOP_LEVEL == set()


def drawn_tree() -> set[tuple[str, str]]:
    """Return the (class, parent) pairs drawn in the docstring of `sources/errors.py`."""
    said = ast.get_docstring(ast.parse((ROOT / "sources/errors.py").read_text(encoding="utf-8")))
    branch = re.compile(r"^([ │├└─]*)([A-Z]\w+)(?:\s|$)")
    above: list[tuple[int, str]] = []
    pairs: set[tuple[str, str]] = set()
    tree = (said or "").split("\n\n", 1)[1]
    for line in tree.splitlines():
        if found := branch.match(line):
            depth, name = len(found[1]), found[2]
            while above and above[-1][0] >= depth:
                above.pop()
            if above:
                pairs.add((name, above[-1][1]))
            above.append((depth, name))
    return pairs


def real_tree(root: type[Exception]) -> set[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    for child in root.__subclasses__():
        if child.__module__.split(".")[0] in FOLDERS:
            pairs |= {(child.__name__, root.__name__)} | real_tree(child)
    return pairs


def test_the_tree_of_errors_is_drawn_as_it_grows() -> None:
    assert {m.__name__ for m in (sources, index, qa, eval)} == set(FOLDERS)  # all are loaded
    assert drawn_tree() == real_tree(sources.FootnoteError)
    written = {
        node.name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        and {ast.unparse(b) for b in node.bases} & {"Exception", *(p for _, p in drawn_tree())}
    }
    assert written == {"FootnoteError", *(name for name, _ in drawn_tree())}
