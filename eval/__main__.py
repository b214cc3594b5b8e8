"""The command line: `python -m eval run | check | gate | compare | report | bench | readme`. Parses,
prints, and maps errors to exit codes: 0 all is well, 1 a check or the gate failed, 2 an error of ours.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from eval.bench import Plan, bench, prepare, spread
from eval.cases import KINDS, load
from eval.check import balance, check
from eval.compare import compare, comparison_text
from eval.corpus import Corpus
from eval.engines import ENGINES, setup
from eval.folder import RunFolder
from eval.gate import accept, gate_text, judge
from eval.report import folder_page
from eval.process import FreshProcesses, machine
from eval.readme import ask_example, difference, write_readme
from eval.run import Selection, run
from eval.speed import bench_text, write_bench
from eval.stopwatch import time_questions, time_sync
from eval.table import summary_text
from index import Index, IndexSettings
from qa import AnsweringSettings
from sources import FootnoteError

SAMPLE = Path(__file__).parent / "cases" / "sample.jsonl"


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
    return parser


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


def _count(text: str) -> int:
    """Parse a number of cases; argparse says what is wrong with any other text."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
