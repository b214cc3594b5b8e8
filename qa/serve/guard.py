"""The guard at the door of everything served, page, API and MCP: it checks whom a request is for,
where it comes from, what it shows, how long it is and how often it comes, notes whose it is, and
puts the security headers on replies.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.page.files import READ_ONLY
from qa.page.visitor import KEY
from qa.serve.access import Access, bearer, is_loopback
from qa.serve.limits import Counts, place_of
from qa.settings import ServingSettings

OPEN = frozenset({"/healthz", "/readyz", "/login"})  # what needs no token
UPLOADS = ("/api/documents", "/gradio_api/upload", "/upload")
WRITES = (*UPLOADS, "/api/sync")  # closed in a read-only server
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

# Of whatever is no page (`qa/page/mount.py` has the page's): scripts of our own files, none inside.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with none at all, a form has no origin either
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "content-security-policy": POLICY,
}


def refusal(message: str, status: int, headers: dict[str, str] | None = None) -> Response:
    """Return an error in the one form that all of them have, which is OpenAI's."""
    return JSONResponse({"error": error_body(message, status)}, status, headers)


def error_body(message: str, status: int) -> dict[str, str | None]:
    """Return what stands under "error": one sentence, and a type to tell errors apart by."""
    kind = _TYPES.get(status, "server_error")
    return {"message": message, "type": kind, "param": None, "code": None}


_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    409: "conflict_error",
    413: "too_large_error",
    422: "invalid_request_error",
    429: "rate_limit_error",
    503: "not_ready_error",
}


class Guard:
    """Middleware around the whole application."""

    def __init__(
        self, app: ASGIApp, *, settings: ServingSettings, access: Access, wrong: Counts
    ) -> None:
        """Guard `app`; `wrong` counts the wrong tokens of an address, the login's too."""
        self._app = app
        self._settings = settings
        self._access = access
        self._wrong = wrong
        self._pace = Counts(settings.per_minute, 60.0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._refused(scope, headers)
        if scope["type"] == "websocket":
            if refused:
                await send({"type": "websocket.close", "code": 1008})
            else:
                await self._app(scope, receive, send)
            return
        most = self._most(scope["path"])
        declared = headers.get("content-length", "")
        if refused is None and declared.isdigit() and int(declared) > most:
            refused = refusal(_too_large(most), 413, {"connection": "close"})
        answer = refused or self._app
        await answer(scope, _counted(receive, most), _dressed(send))

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if self._access.open and not _is_ours(host, self._settings.host):
            return refusal(f"This server is not {host!r}; ask it by the address it told.", 421)
        if _is_foreign(scope, headers, host):
            return refusal("Another site's page may not ask this server.", 403)
        if scope["path"] in OPEN:
            return None
        return self._stranger(scope, headers) or self._limited(scope)

    def _stranger(self, scope: Scope, headers: Headers) -> Response | None:
        """Refuse who may not pass; note whose the request is where they may."""
        shown, cookies = headers.get("authorization", ""), headers.get("cookie", "")
        who = self._access.visitor("", cookies)
        if who is None:  # a session that is good is never locked out
            place = place_of(scope.get("client"))
            if wait := self._wrong.wait(place):
                return locked_out(wait)
            who = self._access.visitor(shown, "")
            if who is None and bearer(shown):
                self._wrong.add(place)
        if who is not None:
            scope[KEY] = who
            return None
        if scope.get("method") == "GET" and "text/html" in headers.get("accept", ""):
            return RedirectResponse("/login", 303)
        said = "A token is needed; send it as `Authorization: Bearer TOKEN`."
        return refusal(said, 401, {"www-authenticate": 'Bearer realm="Footnote"'})

    def _limited(self, scope: Scope) -> Response | None:
        """Refuse what a read-only server closes, and more in a minute than a visitor may."""
        if scope.get("method") in _SAFE:
            return None
        if self._settings.read_only and scope["path"].startswith(WRITES):
            return refusal(READ_ONLY, 403)
        who = scope[KEY]
        if not who:  # everybody is one person, who is kept waiting by the line alone
            return None
        if wait := self._pace.wait(who):
            said = f"{self._pace.most} requests in a minute are enough; go on in {wait} seconds."
            return refusal(said, 429, {"retry-after": str(wait)})
        self._pace.add(who)
        return None

    def _most(self, path: str) -> int:
        uploads = path.rstrip("/").startswith(UPLOADS)
        return self._settings.largest_upload if uploads else self._settings.largest_request


def locked_out(seconds: int) -> Response:
    """Return the refusal of an address that showed too many wrong tokens."""
    said = f"Too many wrong tokens came from your address; try again in {seconds} seconds."
    return refusal(said, 429, {"retry-after": str(seconds)})


def _is_ours(host: str, listening: str) -> bool:
    """Tell whether a Host header names this machine, not a name that was rebound to it."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return is_loopback(name) or name == listening.casefold()


def _is_foreign(scope: Scope, headers: Headers, host: str) -> bool:
    """Tell whether a page of another origin sends this, to change or to spend something."""
    if scope.get("method") in _SAFE and scope["type"] == "http":
        return False
    if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.casefold() != host.casefold()


def _too_large(most: int) -> str:
    return f"The request is larger than {most:,} bytes; send less at a time."


def _counted(receive: Receive, most: int) -> Receive:
    """Return a `receive` that stops a body of undeclared length which grows too long."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413, _too_large(most))
        return message

    return counted


def _dressed(send: Send) -> Send:
    """Return a `send` that puts the security headers on a reply that has none of its own."""

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return dressed
