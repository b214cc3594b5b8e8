"""Who may ask: on loopback everybody on this machine, elsewhere whoever shows a token, as a bearer
token or, in a browser, as the cookie that the login page gives for it. It also tells one visitor
from another, so that each has conversations of their own.
"""

import hashlib
import hmac
import ipaddress
import secrets
import time
from http.cookies import CookieError, SimpleCookie

from qa.errors import ServingError
from qa.settings import ServingSettings

COOKIE = "footnote-session"
SESSION_SECONDS = 7 * 24 * 3600
REMEMBERED_SECONDS = 400 * 24 * 3600  # what browsers keep at most; who it is, not that they may ask
SHORTEST_TOKEN = 16  # characters; fewer can be guessed


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check(settings: ServingSettings) -> None:
    """Refuse what would let strangers in.

    Raises:
        ServingError: other machines reach the address and there is no token, or one is too short.
    """
    advice = 'python -c "import secrets; print(secrets.token_urlsafe(32))" makes one.'
    if settings.token is None and not is_loopback(settings.host):
        raise ServingError(
            f"Other machines can reach {settings.host!r}, so whoever asks must show a token: set "
            f"FOOTNOTE_TOKEN; {advice}"
        )
    shortest = min(tokens(settings.token), key=len, default="")
    if settings.token is not None and len(shortest) < SHORTEST_TOKEN:
        raise ServingError(
            f"A token of {len(shortest)} characters can be guessed; take one of at least "
            f"{SHORTEST_TOKEN}: {advice}"
        )


def tokens(given: str | None) -> tuple[str, ...]:
    """Return the tokens of a setting, which are parted by commas; spaces around them are none."""
    return tuple(token.strip() for token in (given or "").split(",")) if given else ()


class Access:
    """Judges what a request shows. Holds no sessions: a cookie is signed with its token."""

    def __init__(self, token: str | None) -> None:
        """Take the tokens, parted by commas; with `None` everybody may ask."""
        self._open = token is None
        self._tokens = tokens(token)

    @property
    def open(self) -> bool:
        """Whether nothing need be shown."""
        return self._open

    def knows(self, shown: str) -> str | None:
        """Return the token that this is, or `None`; how long it takes tells nothing of either."""
        found = None
        for token in self._tokens:  # all of them, whichever it is
            found = token if _same(shown, token) else found
        return found

    def allows(self, authorization: str, cookies: str) -> bool:
        """Tell whether a request may pass; arguments as in `visitor`."""
        return self.visitor(authorization, cookies) is not None

    def visitor(self, authorization: str, cookies: str) -> str | None:
        """Return who sends a request; `None` where it may not pass, "" where nothing is asked for.

        With a token of their own, people are told apart by it; where all have one token, by the
        browser that logged in.

        Args:
            authorization: its `Authorization` header, or "".
            cookies: its `Cookie` header, or "".
        """
        if self._open:
            return ""
        if (token := self.knows(bearer(authorization))) is not None:
            return _named(token)
        cookie = _cookie(cookies)
        return self._who(cookie) if _until(cookie) > time.time() else None

    def session(self, token: str | None = None, cookies: str = "") -> str:
        """Return the value of a cookie that is good for a week.

        Args:
            token: that was shown; the first where `None`.
            cookies: what the browser sent; its visitor stays who they were.
        """
        shown = self._tokens[0] if token is None else token
        who = _named(shown) if len(self._tokens) > 1 else self._who(_cookie(cookies))
        return _signed(shown, int(time.time()) + SESSION_SECONDS, who or secrets.token_hex(8))

    def _who(self, cookie: str) -> str | None:
        """Return whose cookie this is, whether it is still good or not; `None` for a forged one."""
        parts = cookie.split(".")
        if len(parts) != 3 or _until(cookie) == 0:
            return None
        found = None
        for token in self._tokens:
            sealed = _signed(token, _until(cookie), parts[1])
            found = parts[1] if _same(cookie, sealed) else found
        return found


def bearer(authorization: str) -> str:
    """Return the token of an `Authorization` header, or ""."""
    scheme, _, shown = authorization.partition(" ")
    return shown.strip() if scheme.casefold() == "bearer" else ""


def _until(cookie: str) -> int:
    until = cookie.partition(".")[0]
    return int(until) if until.isascii() and until.isdigit() and len(until) < 16 else 0


def _signed(token: str, until: int, who: str) -> str:
    said = f"footnote page {until} {who}".encode()
    return f"{until}.{who}.{hmac.new(token.encode(), said, hashlib.sha256).hexdigest()}"


def _named(token: str) -> str:
    """Return a name for whoever has a token, from which the token cannot be had."""
    return hmac.new(token.encode(), b"footnote visitor", hashlib.sha256).hexdigest()[:16]


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())
