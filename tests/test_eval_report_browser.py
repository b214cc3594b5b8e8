"""The report clicked through in a real Chromium, and its plots worked out by hand."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from benchmark_examples import PathEngine, Tools, engine_setup, squad_file
from eval_examples import (
    CASES,
    MILL,
    REPLIES,
    FakeEngine,
    cite,
    fake_setup,
    write_cases,
    write_documents,
)
from test_eval_benchmarks import REPLIES as SQUAD_REPLIES
from test_eval_benchmarks import SPANS

from eval.benchmarks import benchmark, read_set, write_benchmark_page
from eval.engines.record import Passed, Reply, Said
from eval.plots import HEIGHT, WIDTH, curve, grounding, latency, plots, retrieval
from eval.report.versus import versus, write_versus
from eval.runs.folder import RunFolder
from eval.runs.run import run
from eval.runs.score import Score

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUOTE = cite("mill.txt", "The mill on Copper Lane opened in 1871")
AT = MILL.index("kept a diary")
TOLD: dict[str, Reply | Exception] = dict(REPLIES) | {
    CASES[0].question: Reply(
        "The mill opened in 1871. It is blue.", False, (QUOTE,),
        sentences=(Said("The mill opened in 1871.", "supported", (QUOTE,), 0.93),
                   Said("It is blue.", "supported", (cite("bridge.txt", "48미터"),), 0.41)),
        passages=(Passed("bridge.txt", 0, 20, 0.9), Passed("mill.txt", 0, 80, 0.8)),
        tokens_read=140, tokens_written=12,
    ),
    CASES[3].question: Reply("It has 300 pages.", False, (QUOTE,),
                             passages=(Passed("mill.txt", AT, AT + 40, 0.7),)),
}  # fmt: skip


def made(tmp_path: Path, name: str = "run", told: dict[str, Reply | Exception] = TOLD) -> RunFolder:
    documents = tmp_path / "documents"
    run(
        replace(fake_setup(FakeEngine(told)), name=name),
        sources=documents if documents.exists() else write_documents(documents),
        cases_file=write_cases(tmp_path / "cases.jsonl", CASES),
        out=tmp_path / name,
        progress=False,
    )
    return RunFolder(tmp_path / name)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return made(tmp_path)


def scores(folder: RunFolder) -> tuple[Score, ...]:
    return folder.scores()


def test_the_retrieval_curve_rises_where_a_passage_brings_evidence(folder: RunFolder) -> None:
    # The first case's evidence is in passage 2, the fourth's in 1; the second found nothing.
    plot = retrieval(scores(folder))
    assert plot is not None
    told = [re.match(r"recall@(\d+): ([\d.]+)%", dot.title) for dot in plot.dots]
    shares = {int(m[1]): float(m[2]) for m in told if m}
    assert shares[1] == pytest.approx(33.3) and shares[2] == shares[10] == pytest.approx(66.7)
    assert plot.dots[0].y > plot.dots[1].y == plot.dots[9].y, "up is a smaller y"


def test_every_plot_stays_in_its_frame(folder: RunFolder) -> None:
    for plot in plots(scores(folder)):
        numbers = [float(n) for n in re.findall(r"[-\d.]+", plot.line + plot.band)]
        assert all(0 <= n <= WIDTH for n in numbers)
        assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in plot.dots)


def test_the_calibration_plot_sets_probability_beside_the_share_on_the_evidence(
    folder: RunFolder,
) -> None:
    plot = grounding(scores(folder))
    assert plot is not None
    low, high = plot.dots
    assert "mean 0.41, true 0% of 1" in low.title and "mean 0.93, true 100% of 1" in high.title
    # (0.41 + 0.07) / 2
    assert "0.240" in plot.hint


def test_a_run_without_scores_has_no_plots() -> None:
    assert plots(()) == [] and curve("x", "y", []) is None and latency(()) is None


def rgb(page: "Page", selector: str) -> str:
    script = "e => getComputedStyle(e).backgroundColor"
    return str(page.eval_on_selector(selector, script))


@pytest.fixture
def page(chromium: "Browser") -> Iterator["Page"]:
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    page.complaints = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda e: page.complaints.append(str(e)))  # type: ignore[attr-defined]
    page.on("request", lambda r: page.complaints.append(r.url)  # type: ignore[attr-defined]
            if not r.url.startswith("file:") else None)  # fmt: skip
    yield page
    assert page.complaints == []  # type: ignore[attr-defined]
    page.close()


@pytest.mark.browser
def test_the_report_is_filtered_opened_and_read_in_a_browser(
    page: "Page", folder: RunFolder
) -> None:
    page.goto(folder.report_file.as_uri())
    assert page.locator(".tile").count() == 8
    assert page.locator(".plot svg").count() == 3
    count, cases = page.locator("#count"), page.locator(".case:visible")
    assert count.inner_text() == "4 cases" and cases.count() == 4

    page.select_option("#outcome", "wrong")
    assert count.inner_text() == "1 case" and cases.count() == 1
    page.locator(".case:visible > summary").click()
    inside = page.locator(".case:visible .inside")
    text = inside.inner_text()
    for said in ("Missing: '312'.", "It has 300 pages.", "312 pages.", "✗ 312", "A diary.",
                 "beside the evidence", "not cited"):  # fmt: skip
        assert said in text, said
    gold, answer = (inside.locator(".pair").first.locator("> div").nth(n) for n in (0, 1))
    a, b = gold.bounding_box(), answer.bounding_box()
    assert a and b and a["y"] == b["y"] and a["x"] < b["x"], "side by side"

    page.select_option("#outcome", "")
    page.fill("#words", "돌다리는")
    assert count.inner_text() == "1 case"
    page.fill("#words", "no such words")
    assert count.inner_text() == "0 cases" and page.locator("#empty").is_visible()
    page.fill("#words", "")
    page.select_option("#lang", "en")
    page.select_option("#kind", "single")
    assert count.inner_text() == "1 case"
    page.locator(".case:visible > summary").focus()
    page.keyboard.press("Enter")
    page.locator(".case:visible .more summary", has_text="Sentence by sentence").click()
    assert "verifier 0.41" in page.locator(".case:visible").inner_text()
    page.locator(".made summary").click()
    assert "sha256" in page.locator(".made").inner_text()


@pytest.mark.browser
def test_the_report_fits_a_phone_and_follows_the_system_into_the_dark(
    page: "Page", folder: RunFolder
) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(folder.report_file.as_uri())
    light = rgb(page, "body")
    page.emulate_media(color_scheme="dark")
    assert rgb(page, "body") != light
    page.set_viewport_size({"width": 375, "height": 800})
    for one in page.locator(".case > summary").all():
        one.click()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 375


@pytest.mark.browser
def test_engines_side_by_side_lead_to_their_reports(page: "Page", tmp_path: Path) -> None:
    ours = made(tmp_path, "footnote")
    theirs = made(tmp_path, "llamaindex", {q: Reply("Who knows.", False) for q in REPLIES})
    write_versus(versus([ours, theirs]), tmp_path / "versus.html")
    page.goto((tmp_path / "versus.html").as_uri())
    row = page.locator("tr", has_text="right, all cases").inner_text()
    assert "0.750" in row and "0.000" in row and "to" in row
    page.get_by_role("link", name="llamaindex").click()
    assert page.locator("h1").inner_text() == "llamaindex on cases.jsonl"


@pytest.mark.browser
def test_a_benchmarks_report_is_filtered_and_opened(page: "Page", tmp_path: Path) -> None:
    squad_file(tmp_path / "data" / "dev-v2.0.json")
    benchmark(
        read_set("squad", tmp_path / "data"), tmp_path / "out",
        engine_setup(PathEngine(SQUAD_REPLIES)), tools=Tools(tmp_path / "home", SPANS),
        progress=False,
    )  # fmt: skip
    page.goto(write_benchmark_page(tmp_path / "out").as_uri())
    assert page.locator(".plot svg").count() == 2
    assert "span exact match" in page.locator("table").first.inner_text()
    page.select_option("#outcome", "wrong")
    assert page.locator("#count").inner_text() == "1 case"
    page.locator(".case:visible > summary").click()
    text = page.locator(".case:visible").inner_text()
    assert "It is called Bob." in text and "called Pim (0.90)" in text and "Pim" in text
