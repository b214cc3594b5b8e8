"""Documents, pages, evaluation and every view's accessibility, in a real Chromium."""

import json
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import platformdirs
import pytest
from playwright.sync_api import Page, Route, expect
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from index import Progress, SyncReport
from sources import read, scan
from tests import shelf_page as shelf
from tests.browser_page import FIXTURES, Open, ask, listed, marked
from tests.fakes_page import Scripted, Shelf, cite, say

pytestmark = pytest.mark.browser
folder, assistant, address, visit, another = FIXTURES


@pytest.fixture(scope="module")
def axe() -> str:
    """Return axe-core's one file (MPL-2.0; `npm pack axe-core` has it as axe.min.js)."""
    usual = Path(platformdirs.user_cache_dir("footnote", appauthor=False)) / "axe.min.js"
    file = Path(os.environ.get("AXE_CORE") or usual)
    if not file.is_file():
        pytest.skip(f"ACCESSIBILITY IS NOT TESTED: put axe-core's axe.min.js at {str(file)!r}")
    return file.read_text(encoding="utf-8")


def violations(page: Page, axe: str) -> list[Any]:
    """Return what axe-core counts as serious or critical, with where."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    page.wait_for_timeout(300)  # until what fades in is there: contrast is measured as painted
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_no_view_has_a_serious_violation_of_accessibility(
    visit: Open, axe: str, scheme: str, phone: bool
) -> None:
    narrow = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = visit(color_scheme=scheme, **(narrow if phone else {}))
    listed(page)
    seen = {"welcome": violations(page, axe)}
    ask(page, shelf.ASK_CONFLICT)
    ask(page, shelf.ASK_NOTHING)
    turn = ask(page, shelf.ASK_FERRY)
    turn.locator(".fn-why summary").click()
    turn.locator(".fn-why-body table").wait_for()
    turn.get_by_role("button", name="Bad answer").click()
    seen["answers"] = violations(page, axe)
    turn.locator(".fn-takes summary").click()
    turn.locator(".fn-chip").nth(1).click()
    marked(page)
    seen["source"] = violations(page, axe)
    if phone:
        page.get_by_role("button", name="Close the source").click()
        page.locator(".fn-toggle-documents").click()
    page.locator(".fn-filter summary").click()
    page.locator("details.fn-status summary").click()
    seen["documents"] = violations(page, axe)
    page.locator(".fn-tab-kept").click()
    page.locator(".fn-kept-list").wait_for()
    seen["conversations"] = violations(page, axe)
    page.locator(".fn-view-trials").click()
    page.locator(".fn-trials-inner").wait_for()
    seen["evaluation"] = violations(page, axe)
    assert {view: found for view, found in seen.items() if found} == {}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_question_can_be_put_to_a_language_or_to_dates(
    visit: Open, assistant: Scripted
) -> None:
    page = visit()
    listed(page)
    page.locator(".fn-filter summary").click()
    page.locator(".fn-filter-language").select_option("ko")
    expect(page.locator(".fn-filtered")).to_have_text("1 of 5 documents are searched")
    ask(page, shelf.ASK_LIGHT)
    assert assistant.asked[-1][2] == ("등대.md",)
    page.locator(".fn-filter-language").select_option("")
    page.get_by_label("From").fill("2024-01-01")
    page.get_by_label("Until").fill("2024-12-31")
    ask(page, shelf.ASK_FERRY)
    assert assistant.asked[-1][2] == ("ferry.md",)
    page.get_by_label("From").fill("")
    page.get_by_label("Until").fill("")
    page.get_by_label("Title or file name").fill("COUNCIL")
    expect(page.locator(".fn-documents li:visible")).to_have_count(1)
    page.get_by_label("Title or file name").fill("")
    ask(page, shelf.ASK_FERRY)
    assert assistant.asked[-1][2] is None


def test_dropped_files_are_taken_in_with_their_progress_and_refusals(
    visit: Open, folder: Path
) -> None:
    page = visit()
    listed(page)
    page.evaluate(
        """() => { const held = new DataTransfer();
        held.items.add(new File(['바다'], 'dropped sea.md'));
        held.items.add(new File(['MZ'], 'dropped.exe'));
        held.items.add(new File(['x'], '<img src=x onerror=window.__pwned=1>.md'));
        for (const kind of ['dragenter', 'dragover', 'drop']) document.querySelector('#fn-list')
          .dispatchEvent(new DragEvent(kind, {dataTransfer: held, bubbles: true, cancelable: true})); }"""
    )
    rows = page.locator(".fn-uploads li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("Saved")
    expect(rows.nth(1)).to_contain_text("files ending in '.exe' cannot be read")
    expect(rows.nth(2)).to_contain_text("<img src=x onerror=window.__pwned=1>.md")
    assert (folder / "dropped sea.md").read_text(encoding="utf-8") == "바다"
    expect(page.locator(".fn-dropping")).to_be_hidden()
    expect(page.locator("#fn-notice")).to_contain_text("unchanged")  # synced by itself


def test_a_folder_keeps_its_shape_and_leaves_what_cannot_be_read(
    visit: Open, folder: Path, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    (notes / "deep").mkdir(parents=True)
    (notes / "deep" / "one.md").write_text("one", encoding="utf-8")
    (notes / "two.txt").write_text("two", encoding="utf-8")
    (notes / "program.exe").write_text("MZ", encoding="utf-8")
    page = visit()
    listed(page)
    page.locator(".fn-folder").set_input_files(notes)
    expect(page.locator(".fn-uploads li").filter(has_text="Saved")).to_have_count(2)
    assert (folder / "notes" / "deep" / "one.md").read_text(encoding="utf-8") == "one"
    assert not (folder / "notes" / "program.exe").exists()


def test_an_upload_on_its_way_can_be_cancelled_and_the_others_go_on(
    visit: Open, folder: Path, tmp_path: Path
) -> None:
    page = visit()
    listed(page)
    for name in ("first sea.md", "second sea.md"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    held: list[Route] = []

    def first_waits(route: Route) -> None:
        if held:
            route.fallback()
        held.append(route)

    page.route("**/upload", first_waits)
    page.locator(".fn-files").set_input_files(
        [tmp_path / "first sea.md", tmp_path / "second sea.md"]
    )
    rows = page.locator(".fn-uploads li")
    expect(rows.nth(0).locator("progress")).to_have_attribute(
        "aria-label", "Uploading: first sea.md"
    )
    page.get_by_role("button", name="Cancel: first sea.md").click()
    expect(rows.nth(0)).to_contain_text("Cancelled")
    expect(rows.nth(1)).to_contain_text("Saved")
    assert not (folder / "first sea.md").exists()
    assert (folder / "second sea.md").read_text(encoding="utf-8") == "second sea.md"


class Slow(Shelf):
    """Syncs one document, then waits to be cancelled."""

    reached = threading.Event()

    def sync(self, progress: Callable[[Progress], None]) -> SyncReport:
        progress(Progress(1, 4, "<b>first</b>.md", "embedding"))
        for _ in range(400):
            self.reached.wait(0.05)
            progress(Progress(2, 4, "second.md", "embedding"))
        raise AssertionError("nobody cancelled")


def test_a_sync_tells_how_far_it_is_and_can_be_cancelled(
    visit: Open, another: Callable[..., str], tmp_path: Path
) -> None:
    plain = shelf.scripted()
    page = visit(another(Scripted(Slow(plain.index.held), plain.answers), folder=tmp_path))
    listed(page)
    page.get_by_role("button", name="Sync").click()
    notice = page.locator("#fn-notice")
    expect(notice).to_contain_text("2/4")
    expect(notice).to_contain_text("second.md")
    notice.get_by_role("button", name="Cancel").click()
    expect(notice).to_contain_text("Cancelled. What was finished is kept.")


def test_a_removed_document_leaves_the_folder_and_can_come_back(
    visit: Open, another: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "ferry.md").write_text("boats", encoding="utf-8")
    page = visit(another(shelf.scripted(), folder=tmp_path))
    listed(page)
    row = page.locator(".fn-documents li").filter(has_text="The harbour ferry")
    row.hover()
    row.get_by_role("button", name="Remove The harbour ferry").click()
    expect(page.locator(".fn-uploads")).to_contain_text("Removed ferry.md")
    assert not (tmp_path / "ferry.md").exists()
    assert (tmp_path / ".removed" / "ferry.md").read_text(encoding="utf-8") == "boats"
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator(".fn-uploads li")).to_have_count(0)
    assert (tmp_path / "ferry.md").read_text(encoding="utf-8") == "boats"


def test_what_was_skipped_is_listed_with_its_reason(visit: Open) -> None:
    page = visit()
    listed(page)
    status = page.locator("details.fn-status")
    expect(status.locator("summary")).to_have_text("5 documents, 12 passages · 1 skipped")
    status.locator("summary").click()
    expect(status).to_contain_text("scan.pdf it holds no text; run character recognition on it")


def test_a_pdf_names_its_page_and_shows_it_with_the_words_marked(
    visit: Open, another: Callable[..., str], tmp_path: Path
) -> None:
    style = getSampleStyleSheet()["BodyText"]
    rows = [Paragraph("The wall was rebuilt in granite.", style), PageBreak()]
    rows += [Paragraph("The lamp was lit with gas until the year 1938.", style)]
    SimpleDocTemplate(str(tmp_path / "wall.pdf")).build(rows)
    document = read(scan(tmp_path).files[0])
    cited = cite(document, "lit with gas until the year 1938")
    answers = {"How?": (say("With gas.", cited),)}
    page = visit(another(Scripted(Shelf({"wall.pdf": document}), answers), folder=tmp_path))
    ask(page, "How?").locator(".fn-chip").click()
    assert marked(page) == cited.quote
    expect(page.locator(".fn-source-facts")).to_contain_text("Page 2")
    page.get_by_role("button", name="Page", exact=True).click()
    expect(page.locator(".fn-page-picture figcaption")).to_have_text("Page 2 of 2")
    box = page.locator(".fn-box").bounding_box()
    sheet = page.locator(".fn-sheet img").bounding_box()
    assert box and sheet and page.locator(".fn-box").count() == 1
    assert sheet["x"] < box["x"] < box["x"] + box["width"] < sheet["x"] + sheet["width"]
    assert sheet["y"] < box["y"] < sheet["y"] + sheet["height"] / 4
    page.get_by_role("button", name="Text", exact=True).click()
    assert marked(page) == cited.quote


def test_the_evaluation_view_shows_runs_and_an_answer_becomes_a_case(
    visit: Open, another: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = shelf.scripted()
    place = tmp_path / "kept"
    run = place / "runs" / "20260101-mine"
    run.mkdir(parents=True)
    figures = {"right": {"value": 0.875}, "seconds_p50": {"value": 1.26}}
    held = {"engine": "footnote", "n": 8, "failed": 0, "overall": figures}
    (run / "summary.json").write_text(json.dumps(held), encoding="utf-8")
    added: list[dict[str, Any]] = []

    def add(case: dict[str, Any], cases: Path, sources: Path) -> str:
        added.append(case)
        return "Added <b>it</b>."

    monkeypatch.setattr("qa.page.trials.add_case", add)
    own = replace(plain.index, location=place)
    page = visit(another(Scripted(own, plain.answers, plain.near), folder=tmp_path))
    turn = ask(page, shelf.ASK_FERRY)
    turn.get_by_role("button", name="Add to evaluation").click()
    turn.get_by_label("The right answer").fill("On 4 May 2021, for 6 euros.")
    turn.get_by_label("Words it must hold, separated by commas").fill("4 May 2021, 6")
    turn.locator(".fn-keep-case").click()
    expect(page.locator(".fn-toast")).to_have_text("Added <b>it</b>.")
    assert added[0]["must_include"] == [["4 May 2021"], ["6"]]
    assert added[0]["answer"] == "On 4 May 2021, for 6 euros."
    page.get_by_role("button", name="Evaluation", exact=True).click()
    row = page.locator("#fn-trials tbody tr").filter(has_text="20260101-mine")
    expect(row).to_contain_text("88%")
    expect(row).to_contain_text("1.3")
    page.get_by_role("button", name="Chat", exact=True).click()
    expect(page.locator("#fn-trials")).to_be_hidden()
