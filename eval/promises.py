"""What Footnote promises about safety, each with its figure and the test that would fail without it:
a part of README.md, from the settings, the lock and the bank of hostile documents themselves.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from eval.supply.pins import read
from qa.serve.access import SHORTEST_TOKEN
from qa.settings import ServingSettings
from sources.settings import SourcesSettings

ROOT = Path(__file__).parents[1]
_MEBIBYTE = 2**20


@dataclass(frozen=True)
class Promise:
    """What is promised, its figure, and the files in `tests/` that test it."""

    said: str
    figure: str
    tests: tuple[str, ...]


def promises() -> list[Promise]:
    """Return the promises, with figures as they are now."""
    usual, reading = ServingSettings(), SourcesSettings()
    minutes = usual.locked_seconds / 60
    packages = read()
    files = sum(len(pin.hashes) for pin in packages)
    hostile = len(_hostile())
    return [
        Promise(
            "Only this machine is listened to; where others reach the address, nobody is let in"
            " without a token, which is compared in constant time",
            f"`{usual.host}`; at least {SHORTEST_TOKEN} characters",
            ("qa_serve_guard", "qa_serve_limits"),
        ),
        Promise(
            "An address that guesses is locked out; who is logged in is not",
            f"{usual.wrong_tokens} wrong tokens, {minutes:.0f} minutes",
            ("qa_serve_limits",),
        ),
        Promise(
            "No other site's page, and no script or handler that gets into ours, does anything",
            "a policy with a number made for each page",
            ("qa_serve_guard", "qa_serve_browser"),
        ),
        Promise(
            "Visitors do not see each other's conversations; each token, or each browser where all"
            " have one token, has its own",
            "a cookie for 7 days that scripts cannot read",
            ("qa_serve_limits", "qa_serve_browser"),
        ),
        Promise(
            "Too much and too often is refused with a sentence and, where it helps, the time to wait",
            f"{usual.waiting} questions wait, {usual.per_minute} requests a minute of one visitor,"
            f" {usual.largest_upload // _MEBIBYTE} MiB an upload",
            ("qa_serve_limits", "qa_serve_guard", "qa_api"),
        ),
        Promise(
            "No path outside the folder, by whatever name, link or member of an archive; with"
            " `--read-only` nothing inside it is changed either",
            "34 climbing names by 8 doors, and any name at all",
            ("qa_paths", "qa_page_rooms"),
        ),
        Promise(
            "A file that is broken or hostile is refused with its reason, in bounded time",
            f"{reading.max_unpacked_bytes // _MEBIBYTE} MiB unpacked, {reading.max_seconds:g} s",
            ("sources_reading", "fuzz"),
        ),
        Promise(
            "Nothing leaves this machine when something is asked, no statistics either",
            "0 packets, as the kernel counts them",
            ("qa_alone", "qa_paths"),
        ),
        Promise(
            "What is kept is listed and forgotten; logs hold no word of questions or documents",
            "`python -m qa privacy --forget`",
            ("qa_privacy",),
        ),
        Promise(
            "Orders in documents are not followed, plain or hidden (comments, white text, metadata,"
            " invisible characters, notes of slides, hidden sheets)",
            f"{hostile} hostile texts in two languages, and 18 files",
            ("qa_injections", "eval_injections"),
        ),
        Promise(
            "Only files that are known by their hash are installed, under licences that fit",
            f"{len(packages)} packages, {files:,} files",
            ("eval_supply",),
        ),
    ]


def _hostile() -> list[str]:
    bank = (ROOT / "tests" / "injections.jsonl").read_text(encoding="utf-8").splitlines()
    return [line for line in bank if json.loads(line)["where"] == "document"]
