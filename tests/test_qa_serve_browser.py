"""The page behind its token, in a real Chromium: the login, the policy that keeps it at home and
runs no script but its own, uploads, and visitors who do not see each other's conversations.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qa.serve.api import application
from qa.serve.line import Line
from qa.settings import ServingSettings
from tests.fakes_serve import ASK, SAID, TOKEN, gated, running, shelve

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shelve(tmp_path_factory.mktemp("login") / "documents")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    from qa.page.mount import mount

    line = Line(gated(folder, folder.parent / "home"))
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


def opened(context: Any, address: str) -> Any:
    """Return a new page of a browser; `problems` holds what it complains of."""
    tab = context.new_page()
    tab.problems = []
    tab.on("console", lambda m: tab.problems.append(m.text) if m.type == "error" else None)
    tab.on("pageerror", lambda error: tab.problems.append(str(error)))
    tab.goto(address)
    return tab


def ready(tab: Any) -> Any:
    """Wait until the page is there with its documents."""
    tab.locator("#fn-ask textarea").wait_for(timeout=60_000)
    tab.locator("#fn-list .fn-open").first.wait_for(state="attached", timeout=60_000)
    return tab


def logged_in(chromium: Any, address: str) -> Any:
    """Return a page of a browser of its own, past the login."""
    tab = opened(chromium.new_context(locale="en-GB"), address)
    tab.get_by_label("Token of this server").fill(TOKEN)
    tab.get_by_role("button").click()
    return ready(tab)


def test_visitors_upload_behind_the_token_and_do_not_see_each_others_conversations(
    address: str, chromium: Any, folder: Path, tmp_path: Path
) -> None:
    anna, ben = logged_in(chromium, address), logged_in(chromium, address)
    (tmp_path / "boat.md").write_text("A robot boat.", encoding="utf-8")
    anna.locator("#fn-left .fn-files").set_input_files([tmp_path / "boat.md"])
    anna.locator(".fn-uploads li").filter(has_text="Saved").wait_for(timeout=60_000)
    assert (folder / "boat.md").read_text(encoding="utf-8") == "A robot boat."
    anna.locator("#fn-ask textarea").fill(ASK)
    anna.locator("#fn-ask textarea").press("Enter")
    anna.locator(".fn-answer[aria-busy=false]").wait_for(timeout=60_000)
    anna.locator(".fn-tab-kept").click()
    anna.locator(".fn-kept-list li").first.wait_for(state="attached", timeout=60_000)
    id = anna.locator("[data-conversation]").first.get_attribute("data-conversation")
    assert id
    for tab, seen in ((anna, True), (ben, False)):
        tab.context.add_init_script(f"sessionStorage.setItem('footnote-conversation', '{id}')")
        again = ready(opened(tab.context, address))
        again.locator(".fn-tab-kept").click()
        again.locator(".fn-kept-list, .fn-kept-rows .fn-note").first.wait_for(
            state="attached", timeout=60_000
        )
        assert (id in again.content()) is seen
        assert (ASK in again.locator("#fn-left").text_content()) is seen
        assert (tab.problems, again.problems) == ([], [])
        tab.context.close()


def test_a_script_or_handler_that_gets_into_the_page_does_not_run(
    address: str, chromium: Any
) -> None:
    tab = logged_in(chromium, address)
    tab.evaluate(
        """() => { const added = document.createElement('div');
        added.innerHTML = '<img src="data:," onerror="window.__pwned = 1"><a href="javascript:'
            + 'window.__pwned = 2" id="trap">x</a>';
        const script = document.createElement('script');
        script.textContent = 'window.__pwned = 3';
        document.body.append(added, script); document.getElementById('trap').click(); }"""
    )
    tab.wait_for_function("() => true")
    tab.wait_for_timeout(300)
    assert tab.evaluate("window.__pwned") is None
    refused = [said for said in tab.problems if "Content Security Policy" in said]
    assert len(refused) >= 2 and refused == tab.problems
    tab.context.close()
