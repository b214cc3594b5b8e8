"""What can be typed after `python -m qa`."""

import argparse
from pathlib import Path

from qa.settings import ServingSettings
from qa.shell.complete import SHELLS

SAMPLE = Path(__file__).parents[2] / "sources" / "documents"


def parser(description: str) -> argparse.ArgumentParser:
    """Return the parser; without a command, the page is served."""
    made = argparse.ArgumentParser(prog="python -m qa", description=description)
    _about_documents(made)
    _about_serving(made)
    commands = made.add_subparsers(dest="command")
    serve = commands.add_parser("serve", help="serve the chat page, the HTTP API and MCP")
    _about_documents(serve, again=True)
    _about_serving(serve, again=True)
    _about_asking(commands.add_parser("ask", help="answer one question, or a file of them"))
    mcp = commands.add_parser("mcp", help="serve MCP tools on standard input and output")
    _about_documents(mcp, again=True)
    verify = commands.add_parser("verify", help="check which quotations of a receipt still stand")
    verify.add_argument("receipt", type=Path, help="a receipt taken away from the page (JSON)")
    verify.add_argument(
        "--sources", type=Path, default=argparse.SUPPRESS, help="folder of the documents quoted"
    )
    privacy = commands.add_parser("privacy", help="list what is kept of you, or forget it")
    privacy.add_argument(
        "--sources", type=Path, default=None, help="only what comes from this folder of documents"
    )
    privacy.add_argument("--forget", action="store_true", help="remove it, after asking")
    privacy.add_argument("--yes", action="store_true", help="remove it without asking")
    complete = commands.add_parser("completion", help="print the completion for a shell")
    complete.add_argument("shell", choices=SHELLS)
    return made


def _about_documents(made: argparse.ArgumentParser, *, again: bool = False) -> None:
    """Add what most commands take; `again` keeps what stood before the command's name."""
    unset = argparse.SUPPRESS
    made.add_argument(
        "--sources", type=Path, default=unset if again else SAMPLE, help="folder of documents"
    )
    made.add_argument(
        "--extractive",
        action="store_true",
        default=unset if again else False,
        help="quote only; no language model",
    )


def _about_serving(made: argparse.ArgumentParser, *, again: bool = False) -> None:
    usual, unset = ServingSettings(), argparse.SUPPRESS
    made.add_argument(
        "--host",
        default=unset if again else usual.host,
        help="address to serve on (default: this machine only)",
    )
    made.add_argument(
        "--port",
        type=int,
        default=unset if again else usual.port,
        help="port of the page; 0 takes a free one",
    )
    made.add_argument(
        "--token",
        default=unset if again else None,
        help="what callers must show (default: FOOTNOTE_TOKEN, which other users of this machine "
        "cannot see); needed where other machines reach the address; commas part several people's",
    )
    made.add_argument(
        "--read-only",
        action="store_true",
        default=unset if again else False,
        help="visitors ask and read, and change no document",
    )
    made.add_argument(
        "--open",
        action="store_true",
        default=unset if again else False,
        help="open the page in the browser",
    )


def _about_asking(ask: argparse.ArgumentParser) -> None:
    ask.add_argument(
        "question", nargs="?", help="about the documents; left out, questions come from FILE"
    )
    ask.add_argument(
        "--from",
        dest="file",
        metavar="FILE",
        help="a file with a question on each line; - is standard input",
    )
    ask.add_argument(
        "--json", action="store_true", help="print one JSON object, on a line each for a FILE"
    )
    ask.add_argument("--top-k", type=int, metavar="N", help="passages to read (default: 10)")
    ask.add_argument("--language", choices=["en", "ko"], help="language of the answer")
    ask.add_argument(
        "--color",
        choices=["auto", "always", "never"],
        default="auto",
        help="colours (default: on a terminal, unless NO_COLOR is set)",
    )
    _about_documents(ask, again=True)
