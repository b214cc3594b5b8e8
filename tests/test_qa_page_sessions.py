"""An open page on which many questions are asked keeps no more of them than it shows."""

import gc
from pathlib import Path

import httpx
from gradio.state_holder import SessionState

from qa.page.mount import mount
from qa.serve.api import application
from qa.settings import ServingSettings
from tests.fakes_serve import ASK, begun, gated, running, shelve
from tests.torture.visitor import Visitor, visited


def components() -> int:
    """Return how many components the fullest of Gradio's sessions holds."""
    sessions = [thing for thing in gc.get_objects() if type(thing) is SessionState]
    return max(len(session.blocks_config.blocks) for session in sessions)


def test_a_page_holds_no_more_components_after_many_questions_than_after_a_few(
    tmp_path: Path,
) -> None:
    line = begun(gated(shelve(tmp_path / "documents"), tmp_path / "home"))
    app = application(line, ServingSettings(), folder=line.index.folder)
    mount(app, line.ready, index=line.index, folder=line.index.folder)
    counts = []

    async def visit(address: str) -> None:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            visitor = Visitor(client, {})
            await visitor.arrive()
            for number in range(12):
                shown = await visitor.ask(f"{ASK} For the {number}th time.")
                assert shown.files == {"river.txt"}
                if number % 4 == 3:
                    await visitor.begin_anew()
                    counts.append(components())

    with running(app, line) as (address, _):
        visited(lambda: visit(address))
    assert counts[0] == counts[1] == counts[2]
