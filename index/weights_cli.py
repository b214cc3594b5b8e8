"""`python -m index weights`: fetch, list or verify model weights.

`index/__main__.py` adds this to its parser, calls `run` and maps errors to exit codes.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from index.weights import DEFAULTS, MODELS, Model, ensure, is_present, resolve, verify


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `weights` to its parser."""
    parser.add_argument(
        "--model",
        action="append",
        metavar="NAME",
        help="a model to fetch or verify; may be repeated (default: the default models)",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="list the models and what is here")
    what.add_argument("--verify", action="store_true", help="compare every byte of what is here")
    parser.add_argument("--quiet", action="store_true", help="show no progress bars")


def run(
    arguments: Namespace,
    *,
    home: Path,
    folder: Path | None = None,
    say: Callable[[str], object],
) -> int:
    """Do what the options ask and return the exit code 0.

    Args:
        arguments: parsed by a parser that `add_arguments` was given.
        home: Footnote's cache folder (`FOOTNOTE_HOME`).
        folder: the folder the user names for weights (`FOOTNOTE_WEIGHTS`).
        say: called with each line for the user.

    Raises:
        WeightsError: an unknown name, or what `ensure` and `verify` raise.
    """
    chosen = [resolve(name) for name in arguments.model or ()]
    if arguments.list:
        for model in chosen or MODELS.values():
            say(_row(model, home))
    elif arguments.verify:
        for model in chosen or [m for m in MODELS.values() if is_present(m, home)] or DEFAULTS:
            verify(model, home, progress=not arguments.quiet)
            say(f"{model.name}: every byte is as published")
    else:
        for model in chosen or DEFAULTS:
            path = ensure(model, home=home, folder=folder, progress=not arguments.quiet)
            say(f"{model.name}: {path}")
    return 0


def _row(model: Model, home: Path) -> str:
    state = "here" if is_present(model, home) else f"not here, {model.download / 1e6:.0f} MB"
    return f"{model.name:30} {model.role:10} {model.licence:20} {state}"
