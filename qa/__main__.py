"""`python -m qa`: the chat page and the API; `python -m qa ask "question"`: one answer with
numbered quotes.
"""

import argparse
import gc
import json
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

from index import BusyError, Index, IndexSettings, Progress
from index.progress import SyncBar
from qa.answer import Answer, Sentence, Stage
from qa.assistant import Assistant
from qa.errors import QuestionError
from qa.privacy import privacy_command
from qa.records.receipt import verify_command
from qa.settings import AnsweringSettings, ServingSettings
from qa.shell.complete import script
from qa.shell.parser import parser
from qa.shell.show import Teller, wants_color
from sources import FootnoteError, scan


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0, or 2 after one sentence about what was wrong."""
    made = parser(" ".join((__doc__ or "").split()))
    chosen = made.parse_args(arguments)
    warnings.filterwarnings("ignore")
    try:
        if chosen.command == "completion":
            print(script(made, chosen.shell), end="")
            return 0
        if chosen.command == "privacy":
            return _privacy(chosen)
        if chosen.command == "verify":
            return verify_command(chosen.receipt, chosen.sources)
        settings = AnsweringSettings.from_environment()
        settings = replace(settings, extractive=chosen.extractive or settings.extractive)
        commands = {"ask": _ask, "mcp": _mcp}
        return commands.get(chosen.command, _serve)(chosen, settings)
    except FootnoteError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # whoever read has seen enough, as `head` has
        return 0


def _privacy(chosen: argparse.Namespace) -> int:
    def sure(said: str) -> bool:
        return chosen.yes or input(f"\n{said} [yes/no] ").strip().casefold() == "yes"

    home = IndexSettings.from_environment().home
    return privacy_command(home, about=chosen.sources, forgets=chosen.forget, sure=sure)


def _ask(chosen: argparse.Namespace, settings: AnsweringSettings) -> int:
    if chosen.top_k:
        settings = replace(settings, top_k=max(1, chosen.top_k))
    several = chosen.question is None
    if several and chosen.file is None and sys.stdin.isatty():
        raise QuestionError("There is no question; add one, or name a file of them with --from.")
    questions = _questions(chosen.file or "-") if several else iter([chosen.question])
    code = 0
    with Assistant.open(chosen.sources, settings=settings) as assistant:
        _sync(assistant.index)
        for number, question in enumerate(questions):
            try:
                if chosen.json:
                    _tell_json(assistant, question, chosen.language, indent=None if several else 2)
                else:
                    heading = "\n" * (number > 0) if several else None
                    _tell(assistant, question, chosen, heading)
            except QuestionError as error:
                if not several:
                    raise
                print(f"{question[:80]!r}: {error}", file=sys.stderr)
                code = 2
    return code


def _questions(file: str) -> Iterator[str]:
    """Return the lines of a file, or of standard input ("-") as they come, without blank ones."""
    lines: Iterable[str] = sys.stdin
    if file != "-":
        try:
            lines = Path(file).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeError) as error:
            raise QuestionError(
                f"The file {file!r} cannot be read ({error}); name one with a question on each line."
            ) from error
    return (line.strip() for line in lines if line.strip())


def _tell_json(
    assistant: Assistant, question: str, language: str | None, *, indent: int | None
) -> None:
    answer = assistant.ask(question, language=language)
    print(json.dumps(answer.as_json(), ensure_ascii=False, indent=indent), flush=True)


def _tell(
    assistant: Assistant, question: str, chosen: argparse.Namespace, heading: str | None
) -> None:
    """Print an answer as it grows; what is being done goes to the error stream of a terminal."""
    teller = Teller(color=wants_color(chosen.color, sys.stdout))
    shows_stage = sys.stderr.isatty()
    if heading is not None:
        print(heading + teller.question(question), flush=True)
    for event in assistant.stream(question, language=chosen.language):
        if shows_stage:
            stage = f"{event.name}..." if isinstance(event, Stage) else ""
            print(f"\r\x1b[K{stage}", end="", file=sys.stderr, flush=True)
        if isinstance(event, Sentence):
            print(teller.sentence(event), flush=True)
        elif isinstance(event, Answer):
            print(teller.ending(event), flush=True)


def _serve(chosen: argparse.Namespace, settings: AnsweringSettings) -> int:
    from qa.serve.access import check

    serving = ServingSettings.from_environment()
    token = serving.token if chosen.token is None else chosen.token
    serving = replace(
        serving, host=chosen.host, port=chosen.port, token=token, read_only=chosen.read_only
    )
    check(serving)
    scan(chosen.sources)  # a folder that is not there is told before anything listens

    def ready(address: str) -> None:
        print(f"\nFootnote answers at {address}  (Ctrl+C ends it)\n", flush=True)

    with Assistant.open(chosen.sources, settings=settings) as assistant:
        assistant.begin()  # beside what follows, which takes seconds
        from qa.serve.line import Line
        from qa.serve.server import serve  # Gradio; `ask` does without

        def prepare() -> None:
            try:
                _sync(assistant.index, stopped=lambda: line.is_ending)
                assistant.fetch()
            except FootnoteError as error:  # the page and `/readyz` say it, too
                print(error, file=sys.stderr)
                raise
            status = assistant.index.status()
            print(f"{status.documents} documents, {status.passages} passages", flush=True)

        line = Line(assistant, serving, prepare=prepare)
        serve(line, serving, folder=chosen.sources, open_browser=chosen.open, on_ready=ready)
    return 0


def _mcp(chosen: argparse.Namespace, settings: AnsweringSettings) -> int:
    """Serve MCP at once; clients do not wait long for a greeting, so the rest comes behind."""
    from qa.serve.line import Line
    from qa.serve.mcp_server import run_stdio

    with Assistant.open(chosen.sources, settings=settings) as assistant:

        def prepare() -> None:
            _sync(assistant.index)
            assistant.fetch()

        line = Line(assistant, prepare=prepare)
        line.begin()
        run_stdio(line)
    return 0


def _sync(index: Index, stopped: Callable[[], bool] = lambda: False) -> None:
    """Bring the index up to date; where another process is at it, go on with what there is.

    Raises:
        CancelledError: `stopped` said so; what was embedded until then is kept.
    """
    try:
        with SyncBar() as bar:

            def told(step: Progress) -> None:
                if stopped():
                    raise CancelledError
                bar(step)

            report = index.sync(told)
    except BusyError as error:
        if not index.status().documents:
            raise
        print(f"{error} Going on with the index as it is.", file=sys.stderr)
        return
    for mended in report.mended:
        print(mended, file=sys.stderr)
    for file in report.skipped:
        print(f"skipped {file.path!r}: {file.reason}", file=sys.stderr)


if __name__ == "__main__":
    gc.freeze()  # what is imported stays; to look at it again and again takes two seconds of a start
    gc.set_threshold(50_000, 20, 20)
    sys.exit(main())
