"""Nothing goes out: all that asks is run where no other machine exists, and the kernel counts what
would have left. What libraries send unless told not to is switched off by us, not by the tests.
"""

import json
import os
import sys
from pathlib import Path

import pytest

from tests import alone

SWITCHES = ("HF_", "TRANSFORMERS_", "ANONYMIZED_", "GRADIO_", "DO_NOT_TRACK", "DISABLE_TELEMETRY")

pytestmark = pytest.mark.skipif(
    not alone.possible(), reason="this machine lets us make no network namespace (unshare)"
)


def plain() -> dict[str, str]:
    """Return the environment of a user who has switched nothing off."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SWITCHES)}
    return kept | {"PYTHONPATH": str(alone.ROOT)}


def python(*arguments: str) -> alone.Ran:
    return alone.run([sys.executable, *arguments], env=plain())


@pytest.mark.parametrize(
    ("tries", "left"),
    [
        ("socket.create_connection(('127.0.0.1', 9), 1)", 0),
        ("socket.create_connection(('192.0.2.1', 80), 1)", 1),
        ("socket.create_connection(('2001:db8::1', 80), 1)", 1),
        ("socket.getaddrinfo('footnote.example', 80)", 1),
    ],
)
def test_a_try_to_leave_is_counted_though_it_is_hushed_up(tries: str, left: int) -> None:
    ran = python("-c", f"import socket\ntry: {tries}\nexcept OSError: pass")
    assert ran.code == 0 and min(ran.left, 1) == left


def test_serving_page_api_and_mcp_sends_nothing_beyond_this_machine(tmp_path: Path) -> None:
    ran = python("-m", "tests.asks_alone", str(tmp_path))
    assert ran.out.strip().endswith("asked alone"), ran.err
    assert (ran.code, ran.left) == (0, 0)


@pytest.mark.models
def test_asking_with_the_real_models_sends_nothing_beyond_this_machine() -> None:
    question = "Which rank of ministry official met people from OpenAI?"
    ran = python("-m", "qa", "ask", "--json", question)
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["citations"]
    assert ran.left == 0
