"""The MCP tools, driven by the official client over standard input and output and over HTTP."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from qa.errors import RequestError
from qa.serve.line import Line
from qa.serve.mcp_server import MOST_CHARACTERS, span
from tests.fakes_serve import ASK, ASK_NOTHING, RIVER, SAID, SERVED, TOKEN, Gated

ROOT = Path(__file__).parents[1]
Use = Callable[[Client], Awaitable[None]]


def complete(main: Callable[[], Awaitable[None]], seconds: float) -> None:
    """Run `main` in a thread of its own: a browser test before may have left a loop in this one."""

    async def bounded() -> None:
        await asyncio.wait_for(main(), seconds)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, bounded()).result()


assistant, line, address = SERVED


@pytest.fixture(scope="module")
def place(assistant: Gated) -> Path:
    return assistant.index.folder.parent


@asynccontextmanager
async def over_http(address: str, token: str = TOKEN) -> AsyncIterator[Client]:
    headers = {"authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
    ):
        yield client


@asynccontextmanager
async def over_stdio(place: Path) -> AsyncIterator[Client]:
    process = StdioServerParameters(
        command=sys.executable,
        args=["-m", "tests.fakes_serve", "mcp", str(place / "documents"), str(place / "other")],
        cwd=str(ROOT),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    async with Client(stdio_client(process)) as client:
        yield client


@pytest.fixture(params=["stdio", "http"])
def using(request: pytest.FixtureRequest, place: Path) -> Callable[[Use], None]:
    """Return what runs a coroutine with a client of either transport."""

    def run(use: Use) -> None:
        async def main() -> None:
            if request.param == "http":
                async with over_http(request.getfixturevalue("address")) as client:
                    await use(client)
            else:
                async with over_stdio(place) as client:
                    await use(client)

        complete(main, 120)

    return run


def words(result: Any) -> str:
    return " ".join(part.text for part in result.content)


def test_the_three_tools_work_over_either_transport(using: Callable[[Use], None]) -> None:
    async def use(client: Client) -> None:
        listed = (await client.list_tools()).tools
        assert sorted(tool.name for tool in listed) == ["ask", "read_span", "search"]
        for tool in listed:
            assert tool.description and tool.output_schema
            assert tool.annotations and tool.annotations.read_only_hint

        stages: list[str] = []

        async def progress(done: float, total: float | None, message: str | None) -> None:
            stages.append(message or "")

        answer = await client.call_tool("ask", {"question": ASK}, progress_callback=progress)
        told = answer.structured_content
        assert not answer.is_error and told["answer"] == SAID and not told["abstained"]
        (cited,) = told["citations"]
        assert SAID in words(answer) and cited["quote"] in words(answer)

        where = {"file": cited["file"], "start": cited["start"], "end": cited["end"]}
        read = (await client.call_tool("read_span", where)).structured_content
        assert read["text"] == cited["quote"] == RIVER[cited["start"] : cited["end"]]
        assert read["characters"] == len(RIVER)
        wide = (await client.call_tool("read_span", where | {"around": 10**4})).structured_content
        assert wide["text"] == RIVER and (wide["start"], wide["end"]) == (0, len(RIVER))

        found = await client.call_tool("search", {"query": "robot", "top_k": 1})
        (hit,) = found.structured_content["result"]
        assert RIVER[hit["start"] : hit["end"]] == hit["text"] and hit["file"] == "river.txt"

        silent = await client.call_tool("ask", {"question": ASK_NOTHING})
        assert silent.structured_content["abstained"] and silent.structured_content["reason"]
        assert {"retrieving", "reading"} <= set(stages)

    using(use)


def test_what_cannot_be_done_is_told_to_the_model_in_one_sentence(
    using: Callable[[Use], None],
) -> None:
    async def use(client: Client) -> None:
        for tool, arguments, said in (
            ("ask", {"question": "?"}, "nothing to search for"),
            ("ask", {"question": ASK, "paths": ["nowhere.txt"]}, "nowhere.txt"),
            ("search", {"query": "robot", "paths": ["nowhere.txt"]}, "nowhere.txt"),
            ("search", {"query": "robot", "top_k": 0}, "top_k"),
            ("read_span", {"file": "../river.txt", "start": 0, "end": 5}, "../river.txt"),
            ("read_span", {"file": "river.txt", "start": 9, "end": 9}, "nothing from 9 to 9"),
            ("read_span", {"file": "river.txt", "start": 10**6, "end": 10**7}, "nothing from"),
        ):
            result = await client.call_tool(tool, arguments)
            assert result.is_error and said in words(result), (tool, arguments)
            assert "Traceback" not in words(result)

    using(use)


def test_over_http_a_stranger_gets_nothing(address: str) -> None:
    async def main() -> None:
        async with over_http(address, token="wrong") as client:
            await client.list_tools()

    with pytest.raises((MCPError, ExceptionGroup, httpx2.HTTPError)):
        complete(main, 60)


def test_a_bug_does_not_tell_the_model_about_the_machine(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object, *_: object, **__: object) -> object:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr("qa.turn.Turn.read", broken)

    async def main() -> None:
        async with over_http(address) as client:
            question = {"question": f"{ASK} Tell me."}  # not answered, so not remembered, before
            result = await client.call_tool("ask", question)
            assert result.is_error and "secret" not in words(result)

    complete(main, 60)


def test_a_full_line_turns_a_tool_away(address: str, line: Line) -> None:
    async def main() -> None:
        async with over_http(address) as client:
            with line._place("page", ""):
                result = await client.call_tool("ask", {"question": ASK})
            assert result.is_error and "wait" in words(result)

    complete(main, 60)


def test_a_stretch_is_cut_to_the_document_and_never_too_long(line: Line) -> None:
    assert span(line.index, "river.txt", -5, 10**5).text == RIVER
    assert span(line.index, "river.txt", 3, 4).text == RIVER[3]
    (line.index.folder / "long.txt").write_text("river " * MOST_CHARACTERS, encoding="utf-8")
    line.index.sync()
    with pytest.raises(RequestError, match="at most"):
        span(line.index, "long.txt", 0, MOST_CHARACTERS + 1)
