"""Who may ask: on loopback everybody on this machine, elsewhere whoever shows the token, as a
bearer token or, in a browser, as the cookie that the login page gives for it.
"""

import hashlib
import hmac
import ipaddress
import time
from http.cookies import CookieError, SimpleCookie

from qa.errors import ServingError
from qa.settings import ServingSettings

COOKIE = "footnote-session"
SESSION_SECONDS = 7 * 24 * 3600
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
        ServingError: other machines reach the address and there is no token, or it is too short.
    """
    advice = 'python -c "import secrets; print(secrets.token_urlsafe(32))" makes one.'
    if settings.token is None and not is_loopback(settings.host):
        raise ServingError(
            f"Other machines can reach {settings.host!r}, so whoever asks must show a token: set "
            f"FOOTNOTE_TOKEN; {advice}"
        )
    if settings.token is not None and len(settings.token) < SHORTEST_TOKEN:
        raise ServingError(
            f"A token of {len(settings.token)} characters can be guessed; take one of at least "
            f"{SHORTEST_TOKEN}: {advice}"
        )


class Access:
    """Judges what a request shows. Holds no sessions: a cookie is signed with the token."""

    def __init__(self, token: str | None) -> None:
        """Take the token; with `None` everybody may ask."""
        self._token = token

    @property
    def open(self) -> bool:
        """Whether nothing need be shown."""
        return self._token is None

    def knows(self, token: str) -> bool:
        """Tell whether this is the token, in a time that does not tell how much of it is right."""
        return self._token is not None and _same(token, self._token)

    def allows(self, authorization: str, cookies: str) -> bool:
        """Tell whether a request may pass.

        Args:
            authorization: its `Authorization` header, or "".
            cookies: its `Cookie` header, or "".
        """
        if self._token is None:
            return True
        scheme, _, shown = authorization.partition(" ")
        if scheme.casefold() == "bearer" and self.knows(shown.strip()):
            return True
        return self._is_session(_cookie(cookies))

    def session(self) -> str:
        """Return the value of a cookie that is good for a week."""
        return self._signed(int(time.time()) + SESSION_SECONDS)

    def _is_session(self, value: str) -> bool:
        until = value.partition(".")[0]
        if not (until.isascii() and until.isdigit() and len(until) < 16):
            return False
        return int(until) > time.time() and _same(value, self._signed(int(until)))

    def _signed(self, until: int) -> str:
        key = (self._token or "").encode()
        seal = hmac.new(key, f"footnote page {until}".encode(), hashlib.sha256).hexdigest()
        return f"{until}.{seal}"


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
