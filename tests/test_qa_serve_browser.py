"""The page behind its token, in a real Chromium: the login, and the policy that keeps it at home."""

from collections.abc import Iterator
from typing import Any

import pytest

from qa.serve.api import application
from qa.serve.line import Line
from qa.settings import ServingSettings
from tests.fakes_serve import ASK, SAID, TOKEN, gated, running, shelve

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from qa.page.mount import mount

    home = tmp_path_factory.mktemp("login")
    folder = shelve(home / "documents")
    line = Line(gated(folder, home / "home"))
    line.begin()
    line.ready.result(30)
    app = application(line, ServingSettings(token=TOKEN), folder=folder)
    mount(app, line.ready, index=line.index, folder=folder)
    with running(app, line) as (told, _):
        yield told


def test_a_browser_logs_in_once_and_the_page_works_within_its_policy(
    address: str, chromium: Any
) -> None:
    tab = chromium.new_page(locale="en-GB")
    problems: list[str] = []
    outside: list[str] = []
    tab.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("request", lambda r: None if _stays(r.url, address) else outside.append(r.url))
    tab.goto(address)
    assert tab.url == f"{address}/login"
    box = tab.get_by_label("Token of this server")
    box.fill("not the token")
    box.press("Enter")
    assert "not the token" in tab.get_by_role("alert").inner_text()
    problems.clear()  # Chromium notes the 401 of the wrong token
    tab.get_by_label("Token of this server").fill(TOKEN)
    tab.get_by_role("button").click()
    asked = tab.locator("#fn-ask textarea")
    asked.wait_for(timeout=60_000)
    asked.fill(ASK)
    asked.press("Enter")
    tab.get_by_text(SAID.rsplit(" ", 1)[0]).first.wait_for(timeout=60_000)
    tab.locator("[data-file][data-start]").first.click()
    tab.locator("#fn-viewer mark").first.wait_for(timeout=30_000)
    assert tab.locator("#fn-viewer mark").first.inner_text().startswith("The river treaty")
    assert (problems, outside) == ([], [])
    tab.close()


def _stays(url: str, address: str) -> bool:
    return url.startswith((address, "data:", "blob:"))
