"""The command line, `python -m eval`: calls, prints, and maps errors to exit codes: 0 all is well, 1
a check or the gate failed, 2 an error, 130 interrupted. `arguments.py` has the options.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from eval.arguments import parser
from eval.bench import bench, prepare, spread
from eval.benchmarks import Terms, benchmark, figures_text, read_set, write_benchmark_page
from eval.benchmarks.unseen import write_seen
from eval.burden import time_bulk
from eval.cases import load
from eval.cases.add import add
from eval.cases.check import balance, check
from eval.corpus import Corpus
from eval.curve import write_picture
from eval.engines import setup
from eval.errors import EvaluationError
from eval.judging.judge import judge_run, open_judge
from eval.judging.verdicts import judged_text
from eval.measuring import Plan
from eval.pairs import Stock, stock
from eval.process import FreshProcesses, machine
from eval.readme import differing, example, renewed, write_readme
from eval.report.page import folder_page
from eval.report.table import summary_text
from eval.report.versus import versus, versus_text, write_versus
from eval.runs.compare import compare, comparison_text
from eval.runs.folder import RunFolder
from eval.runs.gate import accept, gate_text, judge
from eval.runs.run import Selection, judged_again, run
from eval.scale import grow, unchanged
from eval.speed import bench_text, write_bench
from eval.stopwatch import time_questions, time_sync
from index import Index, IndexSettings
from qa import AnsweringSettings
from sources import FootnoteError

CROWD = 4  # people who ask at once
README = Path(__file__).parents[1] / "README.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = parser(COMMANDS).parse_args(arguments)
    try:
        code: int = options.command(options)
    except FootnoteError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. The same command goes on where this one was.", file=sys.stderr)
        return 130
    return code


def _run(options: argparse.Namespace) -> int:
    if bool(options.judge) != bool(options.judge_model):
        message = "--judge and --judge-model belong together"
        raise EvaluationError(f"{message}; name the server and the model it should use.")
    summary = run(
        setup(options.engine),
        sources=options.sources,
        cases_file=options.cases,
        out=options.out,
        selection=Selection(options.limit, options.kind, options.spread),
        patience=options.patience,
    )
    if options.judge:
        judge_run(RunFolder(options.out), open_judge(options.judge, options.judge_model))
        summary = judged_again(RunFolder(options.out))
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
    notes = len(findings) - problems
    counted = (_some(len(cases), "case"), _some(problems, "problem"), _some(notes, "note"))
    print("\n" + ", ".join(counted) + ".")
    return 1 if problems else 0


def _some(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


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


def _versus(options: argparse.Namespace) -> int:
    found = versus([RunFolder(path) for path in options.runs])
    print(versus_text(found))
    if options.out:
        write_versus(found, options.out)
        print(f"\nSide by side: {options.out}")
    return 0


def _add(options: argparse.Namespace) -> int:
    added = add(sys.stdin.read(), options.cases, Corpus.open(options.sources))
    for note in added.notes:
        print(f"{note.weight}: {note.text}")
    print(f"Added {added.case.id} to {options.cases}.")
    return 0


def _report(options: argparse.Namespace) -> int:
    folder = RunFolder(options.folder)
    if (options.folder / "benchmark.json").exists():
        write_benchmark_page(options.folder)
    else:
        folder.write_report(folder_page(folder))
    print(folder.report_file)
    return 0


def _judge(options: argparse.Namespace) -> int:
    folder = RunFolder(options.folder)
    with folder.locked():
        judge_run(folder, open_judge(options.judge, options.judge_model))
        summary = judged_again(folder)
    print(judged_text(summary.judge) if summary.judge else "There was nothing to judge.")
    return 0


def _benchmark(options: argparse.Namespace) -> int:
    out = options.out or Path("runs") / options.name
    spec = read_set(options.name, options.data)
    engine = None
    tasks = tuple(options.task or spec.tasks)
    if "answering" in tasks and options.engine != "none":
        engine = setup(options.engine)
    terms = Terms(options.limit, options.passages, tasks, options.patience)
    print(figures_text(benchmark(spec, out, engine, terms)))
    print(f"\nEvery question: {write_benchmark_page(out)}")
    return 0


def _seen(options: argparse.Namespace) -> int:
    write_seen(options.data)
    return 0


def _bench(options: argparse.Namespace) -> int:
    home = IndexSettings.from_environment().home
    local = prepare(home, AnsweringSettings.from_environment())
    if not spread(load(options.cases), options.questions):
        raise EvaluationError(f"No case of {str(options.cases)!r} can be answered; name others.")
    sizes = tuple(sorted(options.sizes))
    plan = Plan(
        options.sources, options.cases, options.questions, options.runs, sizes, local,
        tuple(options.parts),
    )  # fmt: skip
    measured = bench(plan, FreshProcesses(), machine(), home=home)
    write_bench(measured, options.out)
    print(bench_text(measured))
    if measured.sizes:
        drawn = options.out.with_suffix(".svg")
        write_picture(measured.sizes, drawn)
        print(f"\nTime and memory by size: {drawn}")
    return 0


def _measure(options: argparse.Namespace) -> int:
    if options.what == "sync":
        with Index.open(options.sources) as index:
            said: object = {"seconds": time_sync(index, options.sources, options.engine)}
    elif options.what == "page":
        from eval.page_speed import measure  # needs a browser, which only this does

        said = measure(options.sources)
    elif options.what == "bulk":
        said = time_bulk(options.engine).as_json()
    elif options.what == "scale":
        said = _scale(options.sizes, options.dimension)
    elif options.what == "files":
        said = _files()
    else:
        if options.model:
            os.environ["FOOTNOTE_MODEL"] = options.model  # as a user would name it
        cases = spread(load(options.cases), options.questions + CROWD)
        asked = [case.question for case in cases]
        alone = asked[: options.questions]
        with setup(options.engine).open(options.sources) as engine:
            said = time_questions(engine, alone, asked[options.questions :]).as_json()
    print(json.dumps(said))
    return 0


def _scale(sizes: Sequence[int], dimension: int) -> object:
    held = _stock(1600, 200)
    with tempfile.TemporaryDirectory(prefix="footnote-scale-") as place:
        points = grow(held, sizes, Path(place), dimension=dimension)
        return {"points": [point.as_json() for point in points]}


def _files() -> object:
    held = _stock(200, 1)
    with tempfile.TemporaryDirectory(prefix="footnote-files-") as place:
        return {"seconds": unchanged(held, Path(place))}


def _stock(sentences: int, questions: int) -> Stock:
    """Embed sentences in a process that ends, so that the model's memory is not the library's."""
    settings = IndexSettings.from_environment()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        return apart.submit(stock, settings, sentences=sentences, questions=questions).result()


def _readme(options: argparse.Namespace) -> int:
    if options.check:
        parts = differing(README)
        for part in parts:
            print(f"{README.name}: the part {part!r} is not as the program writes it now.")
        return 1 if parts else 0
    if options.pictures:
        from eval.pictures import take  # needs a browser, which only this does

        for picture in take():
            print(f"{picture.name}: {picture.stat().st_size:,} bytes")
    write_readme(README, renewed(README, {"example": example()} if options.ask else {}))
    return 0


COMMANDS = {
    "run": _run,
    "check": _check,
    "add": _add,
    "gate": _gate,
    "compare": _compare,
    "versus": _versus,
    "report": _report,
    "judge": _judge,
    "benchmark": _benchmark,
    "seen": _seen,
    "bench": _bench,
    "measure": _measure,
    "readme": _readme,
}


def _asked_to_end(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _asked_to_end)  # a time limit or a CI that gives up, as Ctrl-C
    sys.exit(main())
