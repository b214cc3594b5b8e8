"""What Footnote promises about safety, each with its figure and the test that would fail without it:
a part of README.md, from the settings, the lock and the bank of hostile documents themselves.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from eval.supply.pins import read
from index.store import HUNG
from qa.serve.access import SHORTEST_TOKEN
from qa.serve.api_events import PULSE
from qa.settings import AnsweringSettings, ServingSettings
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
    usual, reading, answering = ServingSettings(), SourcesSettings(), AnsweringSettings()
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
            ("sources_reading", "sources_worker", "qa_page_images", "fuzz"),
        ),
        Promise(
            "A language model that hangs, dies or writes nonsense is replaced by quotation, with a"
            " note, and started again; a Chroma server that goes away is told, and used again once"
            " it is back",
            f"{answering.patience:g} s without a word, {HUNG:g} s of the server",
            ("qa_keeps_working", "qa_local_model", "index_server_gone"),
        ),
        Promise(
            "Whoever stops a question, closes the page or drops the connection ends its work, even"
            " where the language model has said nothing yet",
            f"looked for every {PULSE:g} s",
            ("qa_leaving",),
        ),
        Promise(
            "Told to end, the server finishes or hands back what is running",
            f"{usual.patience:g} s",
            ("qa_ending", "qa_serve_line"),
        ),
        Promise(
            "Damaged files of the index are set aside, not deleted, and made again from the documents",
            "garbage, half a file, spoilt pages, a torn graph",
            ("index_damage",),
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
            " invisible characters, look-alike letters, notes of slides, hidden sheets)",
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
