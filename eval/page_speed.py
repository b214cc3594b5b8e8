"""Measures the page in a real Chromium: until it can be used after the server answers, and how it
answers its reader with a document of 500 pages in the viewer and 200 messages in the conversation.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from eval.browser import chromium, served
from eval.page_crowd import TURNS, Quoting, Shelf, converse
from eval.speed import Name

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_WAIT = 120_000  # milliseconds after which something counts as hung
_TYPED = "Which depth does the survey list at buoy?"
# Notes how long each key waits for the frame that shows it.
_KEYS = """() => { window.waits = [];
  document.querySelector('#fn-ask textarea').addEventListener('keydown', () => {
    const pressed = performance.now();
    requestAnimationFrame(() => setTimeout(() => window.waits.push(performance.now() - pressed)));
  }); }"""
_IN_SIGHT = """() => { const box = document.querySelector('#fn-mark')?.getClientRects()[0];
  const held = document.querySelector('.fn-source').getBoundingClientRect();
  return box && box.top >= held.top && box.bottom <= held.bottom; }"""


def measure(sources: Path) -> dict[Name, float]:
    """Return each figure in seconds.

    Args:
        sources: a folder that is indexed; its server loads its models while the page opens.

    Raises:
        EvaluationError: Playwright or Chromium is missing, or the server does not start.
    """
    with chromium() as browser:
        with served(sources) as address, _page(browser) as page:
            interactive = _seconds(lambda: _opened(page, address))
        return {"page_interactive": interactive, **_crowded(browser)}


def _crowded(browser: "Browser") -> dict[Name, float]:
    from qa.page.blocks import assemble, launch  # Gradio takes seconds to import

    with tempfile.TemporaryDirectory(prefix="footnote-page-") as place:
        assistant = Quoting(Shelf(Path(place)))
        talk = converse(assistant)
        blocks = assemble(assistant)
        address = launch(blocks, host="127.0.0.1", port=0)
        try:
            with _page(browser) as page:
                _opened(page, address)
                page.evaluate("id => sessionStorage.setItem('footnote-conversation', id)", talk.id)
                return _used(page, address)
        finally:
            blocks.close(verbose=False)


def _used(page: "Page", address: str) -> dict[Name, float]:
    newest = page.locator(f"#fn-turn-{TURNS} .fn-chip")

    def recalled() -> None:
        page.goto(address)
        newest.last.wait_for()

    def marked() -> None:
        newest.last.click()
        page.wait_for_function(_IN_SIGHT)

    recall, mark = _seconds(recalled), _seconds(marked)
    page.evaluate(_KEYS)
    field = page.locator("#fn-ask textarea")
    field.press_sequentially(_TYPED)
    page.wait_for_function(f"window.waits.length >= {len(_TYPED)}")
    key = max(page.evaluate("window.waits")) / 1000

    def asked() -> None:
        field.press("Enter")
        page.locator(f"#fn-turn-{TURNS + 1}").wait_for()

    turn = _seconds(asked)
    return {"page_recall": recall, "page_mark": mark, "page_key": key, "page_turn": turn}


@contextmanager
def _page(browser: "Browser") -> Iterator["Page"]:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(_WAIT)
    try:
        yield context.new_page()
    finally:
        context.close()


def _opened(page: "Page", address: str) -> None:
    """Open the page; return when its scripts run and its question field takes what is typed."""
    page.goto(address)
    page.wait_for_function("window.footnote")
    page.locator("#fn-ask textarea").fill("a")
    page.locator("#fn-ask textarea").fill("")
    page.locator("#fn-send").wait_for()


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
