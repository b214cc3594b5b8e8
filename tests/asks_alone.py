"""`python -m tests.asks_alone FOLDER`: the page, the API and MCP on fakes, used once each, with all
libraries as they come: for a place where no other machine exists (`tests/alone.py`).
"""

import sys
from pathlib import Path

import httpx

from qa.page.mount import mount
from qa.serve.api import application
from qa.serve.line import Line
from qa.settings import ServingSettings
from tests.fakes_serve import ASK, SAID, gated, running, shelve, tell


def main(folder: str) -> None:
    """Serve, and use what is served."""
    home = Path(folder)
    documents = shelve(home / "documents")
    line = Line(gated(documents, home / "home"))
    line.begin()
    line.ready.result(60)
    app = application(line, ServingSettings(), folder=documents)
    mount(app, line.ready, index=line.index, folder=documents)
    head = {"accept": "application/json, text/event-stream"}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    with running(app, line) as (address, _), httpx.Client(base_url=address, timeout=60) as client:
        assert "Footnote" in client.get("/").text
        assert client.get("/gradio_api/info").status_code == 200
        upload = [("files", ("pear.md", b"A pear and a robot at http://127.0.0.1:9/x."))]
        assert client.post("/api/documents", files=upload).status_code == 201
        assert "report" in client.post("/api/sync").text
        assert client.post("/api/ask", json={"question": ASK}).json()["answer"] == SAID
        assert client.post("/mcp", json=call, headers=head).status_code == 200
    tell("asked alone")


if __name__ == "__main__":
    main(*sys.argv[1:])
