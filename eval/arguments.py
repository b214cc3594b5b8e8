"""The command line's commands and options, and nothing of what they do: `__main__.py` gives a
function for each command. Options are part of the interface that the chat page calls.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from eval.cases import KINDS
from eval.engines import ENGINES
from eval.engines.patience import PATIENCE
from eval.measuring import PARTS

Command = Callable[[argparse.Namespace], int]
SAMPLE = Path(__file__).parent / "cases" / "sample.jsonl"


def parser(commands: Mapping[str, Command]) -> argparse.ArgumentParser:
    """Return the parser; `commands` has a function for each name, which lands in `.command`."""
    made = argparse.ArgumentParser(prog="python -m eval", description="Measure the answers.")
    found = made.add_subparsers(required=True, metavar="command")

    def add(name: str, help: str | None = None) -> argparse.ArgumentParser:
        one = found.add_parser(name, help=help) if help else found.add_parser(name)
        one.set_defaults(command=commands[name])
        return one

    _run(add("run", "ask every case and score the answers"))
    _check(add("check", "check a case file against its documents"))
    _add(add("add", "check one case, given as JSON on standard input, and append it"))
    _gate(add("gate", "fail when a figure fell below the accepted one"))
    _compare(add("compare", "compare two runs case by case"))
    _versus(add("versus", "put runs of several engines side by side"))
    _report(add("report", "write a finished run's report.html again"))
    _judge(add("judge", "let a language model judge a finished run's answers"))
    _benchmark(add("benchmark", "run a public benchmark on data in a folder"))
    _seen(add("seen"))  # for who trains the reader again
    _bench(add("bench", "measure seconds and memory beside stock LlamaIndex"))
    _measure(add("measure"))  # for `bench`, which runs it in processes of their own
    _readme(add("readme", "write the generated parts of README.md again"))
    return made


def _run(one: argparse.ArgumentParser) -> None:
    _sources(one)
    one.add_argument("--cases", type=Path, required=True, help="the case file, JSON lines")
    one.add_argument("--out", type=Path, required=True, help="the folder of this run")
    _engine(one)
    one.add_argument("--limit", type=count, help="ask only the first so many cases")
    one.add_argument("--spread", type=count, help="ask so many, kinds and languages in turn")
    one.add_argument("--kind", choices=KINDS, help="ask only cases of this kind")
    _patience(one)
    one.add_argument("--judge", metavar="URL", help="an OpenAI-compatible server that judges, too")
    one.add_argument("--judge-model", metavar="NAME", help="the name the judge's server knows")


def _check(one: argparse.ArgumentParser) -> None:
    one.add_argument("cases", type=Path, help="the case file, JSON lines")
    _sources(one)


def _add(one: argparse.ArgumentParser) -> None:
    one.add_argument("cases", type=Path, help="the case file; made where there is none")
    _sources(one)


def _gate(one: argparse.ArgumentParser) -> None:
    one.add_argument("folder", type=Path, help="the folder of a finished run")
    one.add_argument("--accepted", type=Path, default=Path("eval/accepted.json"), help="figures")
    one.add_argument("--accept", action="store_true", help="write this run's as the accepted ones")


def _compare(one: argparse.ArgumentParser) -> None:
    one.add_argument("a", type=Path, help="the folder of the earlier run")
    one.add_argument("b", type=Path, help="the folder of the later run")


def _versus(one: argparse.ArgumentParser) -> None:
    one.add_argument("runs", type=Path, nargs="+", help="folders of finished runs")
    one.add_argument("--out", type=Path, help="a page that shows the same")


def _report(one: argparse.ArgumentParser) -> None:
    one.add_argument("folder", type=Path, help="the folder of a finished run or benchmark")


def _judge(one: argparse.ArgumentParser) -> None:
    one.add_argument("folder", type=Path, help="the folder of a finished run")
    one.add_argument("--judge", metavar="URL", required=True, help="an OpenAI-compatible server")
    one.add_argument("--judge-model", metavar="NAME", required=True, help="the name it knows")


def _benchmark(one: argparse.ArgumentParser) -> None:
    from eval.benchmarks import BENCHMARKS, TASKS  # so that the other commands start sooner

    one.add_argument("name", choices=BENCHMARKS, help="which benchmark")
    one.add_argument("--data", type=Path, required=True, help="the folder with its files")
    one.add_argument("--out", type=Path, help="the folder of this run (default: runs/NAME)")
    one.add_argument("--limit", type=count, help="only so many questions, its parts in turn")
    one.add_argument("--task", choices=TASKS, nargs="+", help="only this (default: all it has)")
    one.add_argument("--passages", type=count, help="search only so many passages")
    _engine(one, extra="none: only reading and search")
    _patience(one)


def _seen(one: argparse.ArgumentParser) -> None:
    one.add_argument("--data", type=Path, required=True, help="what the training is given")


def _bench(one: argparse.ArgumentParser) -> None:
    _sources(one)
    one.add_argument("--out", type=Path, default=Path("bench.json"), help="the file of figures")
    one.add_argument("--cases", type=Path, default=SAMPLE, help="where the questions come from")
    one.add_argument("--questions", type=count, default=8, help="how many (default: 8)")
    one.add_argument("--runs", type=count, default=3, help="of each start and sync (default: 3)")
    one.add_argument(
        "--parts", nargs="+", choices=PARTS, default=PARTS, help="measure only these (default: all)"
    )
    _sizes(one)


def _sizes(one: argparse.ArgumentParser) -> None:
    sizes = [1_000, 10_000, 100_000]
    said = "passages of the libraries that are searched (default: 1000 10000 100000)"
    one.add_argument("--sizes", type=count, nargs="+", default=sizes, metavar="N", help=said)


def _measure(one: argparse.ArgumentParser) -> None:
    _sizes(one)
    one.add_argument("--dimension", type=count, default=768)
    one.add_argument("--model")
    one.add_argument("what", choices=["sync", "ask", "page", "bulk", "files", "scale"])
    one.add_argument("--engine", choices=ENGINES, required=True)
    one.add_argument("--sources", type=Path, required=True)
    one.add_argument("--cases", type=Path, default=SAMPLE)
    one.add_argument("--questions", type=count, default=8)


def _readme(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--ask", action="store_true", help="ask the question on its first screen again"
    )
    one.add_argument(
        "--pictures", action="store_true", help="take its pictures again, in a real browser"
    )
    one.add_argument("--check", action="store_true", help="write nothing; exit 1 if parts differ")


def _sources(one: argparse.ArgumentParser) -> None:
    one.add_argument("--sources", type=Path, required=True, help="the folder of documents")


def _engine(one: argparse.ArgumentParser, extra: str = "") -> None:
    known = ", ".join(ENGINES)
    more = f", or {extra}" if extra else ""
    one.add_argument(
        "--engine",
        default="footnote",
        help=f"what answers: {known}, or a Python file with an open_engine(sources){more}",
    )


def _patience(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--patience",
        type=float,
        default=PATIENCE,
        metavar="SECONDS",
        help=f"a question that takes longer has failed (default: {PATIENCE:g})",
    )


def count(text: str) -> int:
    """Parse a number of cases; argparse says what is wrong with any other text."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
