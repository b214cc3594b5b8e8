"""The command line: `python -m eval run | check | gate | compare | report | bench | readme`. Parses,
prints, and maps errors to exit codes: 0 all is well, 1 a check or the gate failed, 2 an error.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from eval.bench import Plan, bench, prepare, spread
from eval.cases import KINDS, load
from eval.check import balance, check
from eval.compare import compare, comparison_text
from eval.corpus import Corpus
from eval.engines import ENGINES, setup
from eval.errors import EvaluationError
from eval.folder import RunFolder
from eval.gate import accept, gate_text, judge
from eval.process import FreshProcesses, machine
from eval.readme import differing, example, renewed, write_readme
from eval.report import folder_page
from eval.run import Selection, run
from eval.speed import bench_text, write_bench
from eval.stopwatch import time_questions, time_sync
from eval.table import summary_text
from index import Index, IndexSettings
from qa import AnsweringSettings
from sources import FootnoteError

SAMPLE = Path(__file__).parent / "cases" / "sample.jsonl"
README = Path(__file__).parents[1] / "README.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options)
    except FootnoteError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. The same command goes on where this one was.", file=sys.stderr)
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="Measure the answers.")
    commands = parser.add_subparsers(required=True, metavar="command")

    one = commands.add_parser("run", help="ask every case and score the answers")
    one.add_argument("--sources", type=Path, required=True, help="the folder of documents")
    one.add_argument("--cases", type=Path, required=True, help="the case file, JSON lines")
    one.add_argument("--out", type=Path, required=True, help="the folder of this run")
    one.add_argument("--engine", choices=ENGINES, default="footnote", help="what answers")
    one.add_argument("--limit", type=_count, help="ask only the first so many cases")
    one.add_argument("--kind", choices=KINDS, help="ask only cases of this kind")
    one.set_defaults(command=_run)

    one = commands.add_parser("check", help="check a case file against its documents")
    one.add_argument("cases", type=Path, help="the case file, JSON lines")
    one.add_argument("--sources", type=Path, required=True, help="the folder of documents")
    one.set_defaults(command=_check)

    one = commands.add_parser("gate", help="fail when a figure fell below the accepted one")
    one.add_argument("folder", type=Path, help="the folder of a finished run")
    one.add_argument("--accepted", type=Path, default=Path("eval/accepted.json"), help="figures")
    one.add_argument("--accept", action="store_true", help="write this run's as the accepted ones")
    one.set_defaults(command=_gate)

    one = commands.add_parser("compare", help="compare two runs case by case")
    one.add_argument("a", type=Path, help="the folder of the earlier run")
    one.add_argument("b", type=Path, help="the folder of the later run")
    one.set_defaults(command=_compare)

    one = commands.add_parser("report", help="write a finished run's report.html again")
    one.add_argument("folder", type=Path, help="the folder of a finished run")
    one.set_defaults(command=_report)

    _add_bench(commands)
    one = commands.add_parser("readme", help="write the generated parts of README.md again")
    one.add_argument(
        "--ask", action="store_true", help="ask the question on its first screen again"
    )
    one.add_argument("--check", action="store_true", help="write nothing; exit 1 if parts differ")
    one.set_defaults(command=_readme)
    return parser


def _add_bench(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("bench", help="measure seconds and memory beside stock LlamaIndex")
    one.add_argument("--sources", type=Path, required=True, help="the folder of documents")
    one.add_argument("--out", type=Path, default=Path("bench.json"), help="the file of figures")
    one.add_argument("--cases", type=Path, default=SAMPLE, help="where the questions come from")
    one.add_argument("--questions", type=_count, default=8, help="how many (default: 8)")
    one.add_argument("--runs", type=_count, default=3, help="of each start and sync (default: 3)")
    one.set_defaults(command=_bench)

    one = commands.add_parser("measure")  # for `bench`, which runs it in processes of their own
    one.add_argument("what", choices=["sync", "ask"])
    one.add_argument("--engine", choices=ENGINES, required=True)
    one.add_argument("--sources", type=Path, required=True)
    one.add_argument("--cases", type=Path, default=SAMPLE)
    one.add_argument("--questions", type=_count, default=8)
    one.set_defaults(command=_measure)


def _run(options: argparse.Namespace) -> int:
    summary = run(
        setup(options.engine),
        sources=options.sources,
        cases_file=options.cases,
        out=options.out,
        selection=Selection(options.limit, options.kind),
    )
    print(summary_text(summary))
    print(f"\nEvery case: {options.out / 'report.html'}")
    return 0


def _check(options: argparse.Namespace) -> int:
    cases = load(options.cases)
    findings = check(cases, Corpus.open(options.sources))
    print(balance(cases))
    for finding in findings:
        print(f"\n{finding.weight} in {finding.case}: {finding.text}")
    problems = sum(finding.weight == "problem" for finding in findings)
    print(f"\n{len(cases)} cases, {problems} problems, {len(findings) - problems} notes.")
    return 1 if problems else 0


def _gate(options: argparse.Namespace) -> int:
    summary = RunFolder(options.folder).summary()
    if options.accept:
        accept(summary, options.accepted)
    rows = judge(summary, options.accepted)
    print(gate_text(rows))
    return 0 if all(row.passes for row in rows) else 1


def _compare(options: argparse.Namespace) -> int:
    a, b = RunFolder(options.a), RunFolder(options.b)
    print(comparison_text(a, b, compare(a, b)))
    return 0


def _report(options: argparse.Namespace) -> int:
    folder = RunFolder(options.folder)
    folder.write_report(folder_page(folder))
    print(folder.report_file)
    return 0


def _bench(options: argparse.Namespace) -> int:
    home = IndexSettings.from_environment().home
    local = prepare(home, AnsweringSettings.from_environment())
    if not spread(load(options.cases), options.questions):
        raise EvaluationError(f"No case of {str(options.cases)!r} can be answered; name others.")
    plan = Plan(options.sources, options.cases, options.questions, options.runs, local_model=local)
    measured = bench(plan, FreshProcesses(), machine(), home=home)
    write_bench(measured, options.out)
    print(bench_text(measured))
    return 0


def _measure(options: argparse.Namespace) -> int:
    if options.what == "sync":
        with Index.open(options.sources) as index:
            said: object = {"seconds": time_sync(index, options.sources, options.engine)}
    else:
        cases = spread(load(options.cases), options.questions)
        with setup(options.engine).open(options.sources) as engine:
            said = time_questions(engine, [case.question for case in cases]).as_json()
    print(json.dumps(said))
    return 0


def _readme(options: argparse.Namespace) -> int:
    if options.check:
        parts = differing(README)
        for part in parts:
            print(f"{README.name}: the part {part!r} is not as the program writes it now.")
        return 1 if parts else 0
    write_readme(README, renewed(README, {"example": example()} if options.ask else {}))
    return 0


def _count(text: str) -> int:
    """Parse a number of cases; argparse says what is wrong with any other text."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
