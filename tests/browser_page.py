"""Fixtures for the page in a real Chromium: a page that must run nothing foreign and ask nobody
else, other assistants served for one test, and what visitors do on it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Request

from qa.page.blocks import assemble, launch
from tests import shelf_page as shelf
from tests.fakes_page import Scripted

Open = Callable[..., Page]
WAIT = 20_000  # milliseconds; two cores may be busy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sources")


@pytest.fixture(scope="module")
def assistant() -> Scripted:
    return shelf.scripted(hostile=True)


@pytest.fixture(scope="module")
def address(assistant: Scripted, folder: Path) -> Iterator[str]:
    blocks = assemble(assistant, folder=folder)
    yield launch(blocks, host="127.0.0.1", port=0)
    blocks.close(verbose=False)


@pytest.fixture
def visit(
    chromium: Browser, request: pytest.FixtureRequest, another: object
) -> Iterator[Open]:  # what is served for one test outlives its pages
    """Open the page; at the end, it must have run nothing foreign and asked nobody else."""
    requests: list[str] = []
    complaints: list[str] = []
    pages: list[Page] = []

    def note(request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            requests.append(request.url)

    def opened(at: str | None = None, **options: object) -> Page:
        options.setdefault("viewport", {"width": 1400, "height": 900})
        context = chromium.new_context(**options)  # type: ignore[arg-type]  # options by name
        context.set_default_timeout(WAIT)
        context.on("request", note)
        page = context.new_page()
        pages.append(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.goto(at or request.getfixturevalue("address"))
        page.locator("#fn-talk .fn-welcome").wait_for()
        page.wait_for_function("window.footnote")
        return page

    yield opened
    pwned = [page.evaluate("window.__pwned") for page in pages if not page.is_closed()]
    for page in pages:
        page.context.close()
    beyond = [url for url in requests if not url.startswith("http://127.0.0.1:")]
    foreign = [found for found in pwned if found is not None]
    assert not beyond, beyond
    assert not complaints, complaints
    assert not foreign, foreign


@pytest.fixture
def another() -> Iterator[Callable[..., str]]:
    """Serve another assistant for one test; return its address."""
    served = []

    def serve(source: object, **options: object) -> str:
        blocks = assemble(source, **options)  # type: ignore[arg-type]  # fakes and makers of them
        served.append(blocks)
        return launch(blocks, host="127.0.0.1", port=0)

    yield serve
    for blocks in served:
        blocks.close(verbose=False)


FIXTURES = (folder, assistant, address, visit, another)
"""For test modules to take by these names."""


def listed(page: Page) -> None:
    page.locator("#fn-list .fn-open").first.wait_for(state="attached")


def begin(page: Page, question: str) -> Locator:
    """Ask; return the new turn."""
    turn = page.locator(f"#fn-turn-{page.locator('.fn-turn').count() + 1}")
    page.locator("#fn-ask textarea").fill(question)
    page.locator("#fn-ask textarea").press("Enter")
    turn.wait_for()
    return turn


def ask(page: Page, question: str) -> Locator:
    """Ask and wait for the whole answer; return the turn."""
    turn = begin(page, question)
    turn.locator(".fn-answer[aria-busy=false]").wait_for()
    return turn


def marked(page: Page) -> str:
    """Wait for the viewer to settle; return the marked text."""
    page.locator("#fn-mark").wait_for()
    page.wait_for_function("!document.querySelector('#fn-viewer [aria-busy=true]')")
    return page.locator("#fn-mark").evaluate("node => node.textContent")


def in_sight(page: Page, selector: str = "#fn-mark") -> bool:
    """Whether the start of the node can be seen: inside the window and not covered."""
    return page.locator(selector).evaluate(
        """node => { const box = node.getClientRects()[0];
        const top = document.elementFromPoint(box.left + 3, box.top + box.height / 2);
        return node === top || node.contains(top); }"""
    )
