"""A real Chromium, for measuring the page and for the README's pictures. The door of `playwright`,
a tool of development: where it or the browser is missing, one sentence says what to install.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from eval.errors import EvaluationError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip
_ADDRESS = re.compile(r"http://\S+")


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Run a headless Chromium: the one `CHROMIUM` names, or the first found by its usual names.

    Raises:
        EvaluationError: Playwright or Chromium is missing.
    """
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise EvaluationError("Playwright is missing; `pip install -e .[dev]` has it.") from error
    if path is None:
        raise EvaluationError("Chromium is missing; install it, or name it in CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(sources: Path) -> Iterator[str]:
    """Serve a folder as `python -m qa serve` does; give the address once it is told.

    Raises:
        EvaluationError: it ended instead.
    """
    command = [sys.executable, "-m", "qa", "serve", "--port", "0", "--sources", str(sources)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as serving:
        assert serving.stdout is not None
        try:
            told = next(filter(None, map(_ADDRESS.search, serving.stdout)), None)
            if told is None:
                raise EvaluationError("`python -m qa serve` ended; run it to see why.")
            yield told.group()
        finally:
            serving.terminate()
