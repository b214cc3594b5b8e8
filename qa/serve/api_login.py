"""`/login`: where a browser shows the token once and gets a cookie for it. The page itself and all
that it fetches pass the guard with that cookie.
"""

import asyncio
from html import escape
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from qa.serve.access import COOKIE, REMEMBERED_SECONDS, Access
from qa.serve.guard import locked_out
from qa.serve.limits import Counts, place_of

PENALTY = 1.0  # seconds for a wrong token, one after the other for everybody who guesses

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>Footnote</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark; font-family: ui-sans-serif, system-ui, sans-serif; }}
body {{ display: grid; place-items: center; min-height: 100vh; margin: 0; }}
form {{ display: grid; gap: .75rem; width: min(22rem, 90vw); }}
input, button {{ font: inherit; padding: .6rem .75rem; border-radius: .5rem; border: 1px solid gray; }}
button {{ background: #0f766e; color: white; border-color: #0f766e; cursor: pointer; }}
p {{ margin: 0; }}
</style></head>
<body><main><form method="post" action="/login">
<h1>Footnote</h1>
<label for="token">{label}</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
{problem}<button>{enter}</button>
</form></main></body></html>
"""
_WORDS = {
    "en": {
        "label": "Token of this server",
        "enter": "Open",
        "wrong": "That is not the token of this server.",
    },
    "ko": {
        "label": "이 서버의 토큰",
        "enter": "열기",
        "wrong": "이 서버의 토큰이 아닙니다.",
    },
}


def routes(access: Access, wrong: Counts) -> APIRouter:
    """Return the login page and what it sends; `wrong` counts the wrong tokens of an address."""
    router = APIRouter(include_in_schema=False)
    guessing = asyncio.Lock()

    @router.get("/login")
    async def form(request: Request) -> Response:
        shown = request.headers.get("authorization", ""), request.headers.get("cookie", "")
        return RedirectResponse("/", 303) if access.allows(*shown) else _page(request)

    @router.post("/login")
    async def login(request: Request, token: Annotated[str, Form(max_length=1000)]) -> Response:
        place = place_of(request.client)
        if wait := wrong.wait(place):
            return locked_out(wait)
        known = access.knows(token)
        if known is None:
            wrong.add(place)
            async with guessing:
                await asyncio.sleep(PENALTY)
            return _page(request, wrong=True)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            COOKIE,
            access.session(known, request.headers.get("cookie", "")),
            max_age=REMEMBERED_SECONDS,
            **_strict(request),
        )
        return answer

    @router.post("/logout")
    async def logout(request: Request) -> Response:
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE, **_strict(request))
        return answer

    return router


def _strict(request: Request) -> dict[str, Any]:
    """Return what keeps a cookie from scripts, from other sites and from the open wire."""
    return {"httponly": True, "samesite": "strict", "secure": request.url.scheme == "https"}


def _page(request: Request, *, wrong: bool = False) -> HTMLResponse:
    korean = request.headers.get("accept-language", "").casefold().startswith("ko")
    language = "ko" if korean else "en"
    words = {name: escape(text) for name, text in _WORDS[language].items()}
    problem = f'<p role="alert">{words["wrong"]}</p>' if wrong else ""
    text = _PAGE.format(
        language=language, label=words["label"], enter=words["enter"], problem=problem
    )
    return HTMLResponse(text, 401 if wrong else 200, {"cache-control": "no-store"})
