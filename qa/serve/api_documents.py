"""`/api/documents` and `/api/sync`: what is in the folder, what comes, what goes, and the index
brought up to date with it.
"""

from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Response, UploadFile
from starlette.responses import StreamingResponse

from index import Index, Progress, SyncReport
from qa.errors import RequestError
from qa.page.run import following
from qa.serve import api_events
from qa.serve.api_files import Refused, remove, take
from qa.serve.api_forms import (
    DocumentsForm,
    RefusedForm,
    RemovedForm,
    SkippedForm,
    UploadedForm,
    errors,
)
from sources import Skipped, scan
from sources.loaders import SUFFIXES

_SYNC = """Bring the index up to date with the folder; only what changed is embedded. Server-sent
events: `progress` (`done` of `total` documents of a stage), then `report`, or `error`. It goes on
if the client goes away.
"""
_SYNCED = (
    'event: progress\ndata: {"done": 1, "total": 3, "path": "a.md", "stage": "embedding"}\n\n'
    'event: report\ndata: {"added": 3, "changed": 0, "removed": 0, ...}\n\n'
)


def routes(index: Index, folder: Path, suffixes: Collection[str] = SUFFIXES) -> APIRouter:
    """Return the routes about the documents of `folder`."""
    router = APIRouter(prefix="/api", tags=["documents"])

    @router.get("/documents", response_model=DocumentsForm)
    def documents() -> DocumentsForm:
        """List the documents, and the files that are skipped with their reasons."""
        status = index.status()
        skipped = [SkippedForm(path=s.path, reason=s.reason) for s in _skipped(index, folder)]
        return DocumentsForm(documents=index.documents(), skipped=skipped, passages=status.passages)

    @router.post(
        "/documents",
        response_model=UploadedForm,
        status_code=201,
        responses=errors(400, 409, 413, 422),
    )
    def upload(files: Annotated[list[UploadFile], File()], response: Response) -> UploadedForm:
        """Put files into the folder; sync afterwards. Nothing is overwritten."""
        refused = [_taken(file, folder, suffixes) for file in files]
        saved = [f.filename or "" for f, r in zip(files, refused, strict=True) if r is None]
        problems = [r for r in refused if r]
        if not saved:
            raise RequestError(_said(problems), status=problems[0].status)
        told = [RefusedForm(name=r.name, reason=r.reason) for r in problems]
        return UploadedForm(saved=saved, refused=told)

    @router.delete("/documents/{path:path}", response_model=RemovedForm, responses=errors(404, 409))
    def delete(path: str) -> RemovedForm:
        """Take a file out of the folder, by its path as listed; sync afterwards.

        It is moved to the hidden folder `.removed` beside the documents, not deleted.
        """
        remove(path, folder, index)
        return RemovedForm(removed=path)

    @router.post(
        "/sync",
        description=_SYNC,
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {"example": _SYNCED}}}, **errors(409)},
    )
    async def sync() -> StreamingResponse:
        return await api_events.streamed(_synced(index), _write)

    return router


def _skipped(index: Index, folder: Path) -> list[Skipped]:
    """Return the files that cannot be read, and those that are not even tried."""
    every = [*index.status().skipped, *scan(folder).skipped]
    return sorted({one.path: one for one in every}.values(), key=lambda one: one.path)


def _taken(file: UploadFile, folder: Path, suffixes: Collection[str]) -> Refused | None:
    return take(file.filename or "", file.file, file.size or 0, folder, suffixes)


def _said(problems: list[Refused]) -> str:
    told = "; ".join(f"{problem.name!r}: {problem.reason.rstrip('.')}" for problem in problems)
    return f"Nothing was saved: {told}."


def _synced(index: Index) -> Iterator[Progress | SyncReport]:
    return following(lambda tell: index.sync(tell))


def _write(item: Progress | SyncReport) -> str:
    return api_events.event("report" if isinstance(item, SyncReport) else "progress", asdict(item))
