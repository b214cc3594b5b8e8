"""`python -m qa`: the chat page; `python -m qa ask "question"`: one answer with numbered quotes."""

import argparse
import json
import sys
import textwrap
import warnings
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from index import BusyError, Index
from index.progress import SyncBar
from qa.answer import Answer
from qa.assistant import Assistant
from qa.errors import ModelError
from qa.settings import AnsweringSettings
from sources import FootnoteError

SAMPLE = Path(__file__).parent.parent / "sources" / "documents"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m qa", description=__doc__)
    _shared(parser)
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to serve on (default: this machine only)"
    )
    parser.add_argument(
        "--port", type=int, default=7860, help="port of the page; 0 takes a free one"
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    commands = parser.add_subparsers(dest="command")
    ask = commands.add_parser("ask", help="answer one question")
    ask.add_argument("question", help="a question about the documents")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    ask.add_argument("--top-k", type=int, metavar="N", help="passages to read (default: 10)")
    ask.add_argument("--language", choices=["en", "ko"], help="language of the answer")
    _shared(ask, again=True)
    return parser


def _shared(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """Add what every command takes; `again` keeps what stood before the command's name."""
    unset = argparse.SUPPRESS
    parser.add_argument(
        "--sources", type=Path, default=unset if again else SAMPLE, help="folder of documents"
    )
    parser.add_argument(
        "--extractive",
        action="store_true",
        default=unset if again else False,
        help="quote only; no language model",
    )


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0, or 2 after one sentence about what was wrong."""
    chosen = _parser().parse_args(arguments)
    warnings.filterwarnings("ignore")
    try:
        settings = AnsweringSettings.from_environment()
        settings = replace(settings, extractive=chosen.extractive or settings.extractive)
        if chosen.command == "ask":
            return _ask(chosen, settings)
        return _serve(chosen, settings)
    except FootnoteError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _ask(chosen: argparse.Namespace, settings: AnsweringSettings) -> int:
    if chosen.top_k:
        settings = replace(settings, top_k=max(1, chosen.top_k))
    with Assistant.open(chosen.sources, settings=settings) as assistant:
        _sync(assistant.index)
        answer = assistant.ask(chosen.question, language=chosen.language)
    if chosen.json:
        print(json.dumps(answer.as_json(), ensure_ascii=False, indent=2))
    else:
        _show(answer)
    return 0


def _serve(chosen: argparse.Namespace, settings: AnsweringSettings) -> int:
    from qa.page import serve  # Gradio takes seconds to import; `ask` does without

    assistant = Assistant.open(chosen.sources, settings=settings)

    def ready(address: str) -> None:
        print(f"\nFootnote answers at {address}  (Ctrl+C ends it)\n", flush=True)

    def prepared() -> Assistant:
        with suppress(ModelError):  # the first question says so, and is answered by quotation
            assistant.load()
        return assistant

    _sync(assistant.index)
    assistant.fetch()
    status = assistant.index.status()
    print(f"{status.documents} documents, {status.passages} passages")
    try:
        serve(
            prepared, host=chosen.host, port=chosen.port, open_browser=chosen.open, on_ready=ready,
            folder=chosen.sources, index=assistant.index,
        )  # fmt: skip
    finally:
        assistant.close()
    return 0


def _sync(index: Index) -> None:
    """Bring the index up to date; where another process is at it, go on with what there is."""
    try:
        with SyncBar() as bar:
            skipped = index.sync(bar).skipped
    except BusyError as error:
        if not index.status().documents:
            raise
        print(f"{error} Going on with the index as it is.", file=sys.stderr)
        return
    for file in skipped:
        print(f"skipped {file.path!r}: {file.reason}", file=sys.stderr)


def _show(answer: Answer) -> None:
    numbers = {citation: n for n, citation in enumerate(answer.citations, 1)}
    if answer.abstained:
        print(answer.reason)
        for hit in answer.passages[:3]:
            print(f"\n  {hit.title or hit.path} ({hit.path}, {hit.start}-{hit.end})")
            print(textwrap.indent(textwrap.shorten(hit.text, 300, placeholder=" ..."), "    "))
        return
    for sentence in answer.sentences:
        print(sentence.text + " " + "".join(f"[{numbers[c]}]" for c in sentence.citations))
    for citation, number in numbers.items():
        print(
            f"\n[{number}] {citation.title or citation.file} ({citation.file}, {citation.start}-{citation.end})"
        )
        print(textwrap.indent(" ".join(citation.quote.split()), "    "))


if __name__ == "__main__":
    sys.exit(main())
