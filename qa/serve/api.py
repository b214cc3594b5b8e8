"""The application: API, OpenAI protocol, MCP and whatever page is put beside them, behind one
guard. The door of `fastapi`, with `qa/api_*.py`.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from qa.serve import (
    api_ask,
    api_documents,
    api_errors,
    api_health,
    api_login,
    api_openai,
    mcp_server,
)
from qa.serve.access import Access
from qa.serve.guard import Guard
from qa.serve.limits import Counts
from qa.serve.line import Line
from qa.settings import ServingSettings

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_ABOUT = """Ask a folder of documents. Every sentence of an answer stands on quotations:
`document.text[start:end] == quote`, in code points of the document's canonical text.
"""


def application(line: Line, settings: ServingSettings, *, folder: Path) -> FastAPI:
    """Return everything that is served but the page, which may be mounted at "/".

    Args:
        line: answers the questions.
        settings: who may ask, and how much.
        folder: of the documents, where uploads go.
    """
    routes, running = mcp_server.http_routes(line)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running():
            yield

    app = FastAPI(
        title="Footnote", description=_ABOUT, version="1", lifespan=lifespan,
        docs_url=None, redoc_url=None,  # both would load scripts from elsewhere
    )  # fmt: skip
    access = Access(settings.token)
    wrong = Counts(settings.wrong_tokens, settings.locked_seconds)
    api_errors.install(app)
    routers = [
        api_ask.routes(line),
        api_documents.routes(line.index, folder),
        api_openai.routes(line),
        api_health.routes(line),
        api_login.routes(access, wrong),
    ]
    for router in routers:
        app.include_router(router)
    app.router.routes.extend(routes)
    nothing = _nothing([*(route for router in routers for route in router.routes), *routes])
    for path in ("/api", "/v1", "/mcp"):
        for rest in ("", "/{rest:path}"):
            app.add_api_route(path + rest, nothing, methods=_METHODS, include_in_schema=False)
    app.add_middleware(CORSMiddleware, allow_origins=[])  # Gradio leaves its own out then
    app.add_middleware(Guard, settings=settings, access=access, wrong=wrong)
    return app


def _nothing(routes: Sequence[BaseRoute]) -> Callable[[Request], None]:
    """Return what says 405 or 404 where the page, mounted at "/", would answer with HTML."""

    def nothing(request: Request) -> None:
        near = [route for route in routes if route.matches(request.scope)[0] is Match.PARTIAL]
        methods = {method for route in near for method in getattr(route, "methods", ())}
        if methods:
            raise HTTPException(405, headers={"allow": ", ".join(sorted(methods))})
        raise HTTPException(404)

    return nothing
