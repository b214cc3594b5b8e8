"""`/healthz`, `/readyz` and `/metrics`: for whoever runs the server, not for whoever asks."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from qa.errors import UnreadyError
from qa.serve.api_forms import ReadyForm
from qa.serve.line import Line
from qa.serve.metrics import CONTENT_TYPE


def routes(line: Line) -> APIRouter:
    """Return the routes that tell how `line` is."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", response_class=PlainTextResponse)
    async def healthz() -> str:
        """Say "ok" while the process lives. Needs no token."""
        return "ok"

    @router.get("/readyz", response_model=ReadyForm, responses={503: {"model": ReadyForm}})
    async def readyz() -> JSONResponse:
        """Tell whether questions can be answered now, or what is loading. Needs no token."""
        form = ReadyForm(ready=line.is_ready, loading=list(line.loading), problem=line.doubt)
        try:
            line.require_ready()
        except UnreadyError as error:
            form.problem = str(error)
            return JSONResponse(form.model_dump(), 503, {"retry-after": "5"})
        return JSONResponse(form.model_dump())

    @router.get("/metrics", response_class=PlainTextResponse)
    def metrics() -> Response:
        """Return counters and histograms for Prometheus; no text of any question."""
        return Response(line.metrics.text(), media_type=CONTENT_TYPE)

    return router
