"""Takes the README's two pictures: the page as a reader sees it, with the sample documents and the
real models, an answer given and its source opened by a click.
"""

import io
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from eval.browser import chromium, served
from eval.errors import EvaluationError
from eval.readme import DOCUMENTS, QUESTION

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PLACE = Path(__file__).parents[1] / "qa" / "page" / "pictures"
LARGEST = 200_000
"""Bytes of a picture: a README is read on slow lines, too."""
_PATIENCE = 240_000  # milliseconds; the models load first
_COLOURS = 128


@dataclass(frozen=True)
class View:
    """A picture: how the page is looked at, what is asked, and what of the answer is clicked."""

    name: str
    question: str
    click: str
    looks: dict[str, Any]


_WIDE = {"viewport": {"width": 1280, "height": 760}, "locale": "en-GB"}
VIEWS = (
    View("answer.png", QUESTION, ".fn-chip", {**_WIDE, "color_scheme": "light"}),
    View(
        "korean.png",
        "2025 인공지능 안전 서울 포럼은 어디에서 열렸나요?",
        ".fn-chip, .fn-near .fn-quote",
        {**_WIDE, "color_scheme": "dark", "locale": "ko-KR"},
    ),
)


def take(place: Path = PLACE, sources: Path = DOCUMENTS) -> tuple[Path, ...]:
    """Ask, click and write each picture; return the files.

    Raises:
        EvaluationError: there is no browser, no answer to click on, or a picture is too large.
    """
    place.mkdir(parents=True, exist_ok=True)
    with served(sources) as address, chromium() as browser:
        return tuple(_written(place / v.name, _taken(browser, address, v)) for v in VIEWS)


def _taken(browser: "Browser", address: str, view: View) -> bytes:
    from playwright.sync_api import TimeoutError

    page = browser.new_page(**view.looks)
    page.set_default_timeout(_PATIENCE)
    try:
        page.goto(address)
        page.wait_for_function("window.footnote")
        page.locator("#fn-list .fn-open").first.wait_for()
        page.locator("#fn-ask textarea").fill(view.question)
        page.locator("#fn-ask textarea").press("Enter")
        turn = page.locator("#fn-turn-1")
        turn.locator(".fn-answer[aria-busy=false]").wait_for()
        turn.locator(view.click).first.click(timeout=5000)
        page.locator("#fn-mark").wait_for()
        with suppress(TimeoutError):  # suggestions are shown where there are any in time
            page.locator(".fn-onward .fn-suggested").first.wait_for(timeout=20_000)
        page.mouse.move(0, 0)  # away from the chip, whose card would cover the answer
        page.wait_for_timeout(500)
        return page.screenshot(animations="disabled")
    except TimeoutError as error:
        said = str(error).split("\n")[0]
        raise EvaluationError(
            f"The picture of {view.question!r} could not be taken ({said}); ask it on the page."
        ) from error
    finally:
        page.close()


def _written(file: Path, taken: bytes) -> Path:
    """Write a picture with few colours, which is what makes it small."""
    image = (
        Image.open(io.BytesIO(taken)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    )
    image.save(file, "PNG", optimize=True)
    size = file.stat().st_size
    if size > LARGEST:
        raise EvaluationError(f"{file.name!r} has {size:,} bytes; show less on it.")
    return file
