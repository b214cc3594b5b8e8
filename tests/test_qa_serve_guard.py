"""Who may ask: loopback by default, a token elsewhere, no other site's pages, no rebound names."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from qa.errors import ServingError
from qa.serve import api_login
from qa.serve.access import COOKIE, Access, check, is_loopback
from qa.serve.api import application
from qa.serve.line import Line
from qa.settings import ServingSettings
from tests.fakes_serve import ASK, TOKEN, begun, gated, shelve

BEARER = {"authorization": f"Bearer {TOKEN}"}
HTML = {"accept": "text/html"}


@pytest.fixture(autouse=True)
def no_penalty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_login, "PENALTY", 0.0)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Line:
    home = tmp_path_factory.mktemp("served")
    return begun(gated(shelve(home / "documents"), home / "home"))


def client(line: Line, base: str, **settings: object) -> TestClient:
    chosen = ServingSettings(**settings)  # type: ignore[arg-type]
    app = application(line, chosen, folder=line.index.folder)

    @app.get("/")
    def page() -> str:
        return "page"

    return TestClient(app, base_url=base, follow_redirects=False)


@pytest.fixture
def open_one(line: Line) -> Iterator[TestClient]:
    with client(line, "http://127.0.0.1:7860") as made:
        yield made


@pytest.fixture
def locked(line: Line) -> Iterator[TestClient]:
    with client(line, "http://docs.example:80", host="0.0.0.0", token=TOKEN) as made:
        yield made


# ---- before anything is served


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "docs.example", ""])
def test_an_address_that_others_reach_is_refused_without_a_token(host: str) -> None:
    with pytest.raises(ServingError, match="FOOTNOTE_TOKEN"):
        check(ServingSettings(host=host))
    check(ServingSettings(host=host, token=TOKEN))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.9.1", "[::1]"])
def test_loopback_needs_no_token(host: str) -> None:
    assert is_loopback(host)
    check(ServingSettings(host=host))


@pytest.mark.parametrize("token", ["", "secret", "x" * 15])
def test_a_token_that_can_be_guessed_is_refused(token: str) -> None:
    with pytest.raises(ServingError, match="guessed"):
        check(ServingSettings(token=token))


def test_the_token_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_TOKEN", TOKEN)
    assert ServingSettings.from_environment().token == TOKEN
    assert TOKEN not in str(Access(TOKEN).session())


# ---- on loopback


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "", "[::1", "0.0.0.0"]
)
def test_a_name_rebound_to_this_machine_is_refused(open_one: TestClient, host: str) -> None:
    for path in ("/healthz", "/", "/api/documents", "/mcp"):
        reply = open_one.get(path, headers={"host": host})
        assert reply.status_code == 421, path
        assert "address it told" in reply.json()["error"]["message"]


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:1", "[::1]:9", "LOCALHOST"])
def test_names_of_this_machine_are_served(open_one: TestClient, host: str) -> None:
    assert open_one.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:3000"},
        {"origin": "http://localhost:7860"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_sites_page_can_neither_ask_nor_change_anything(
    open_one: TestClient, headers: dict[str, str]
) -> None:
    upload = [("files", ("evil.md", b"text"))]
    for reply in (
        open_one.post("/api/ask", json={"question": ASK}, headers=headers),
        open_one.post("/api/documents", files=upload, headers=headers),
        open_one.post("/api/sync", headers=headers),
        open_one.delete("/api/documents/apple.txt", headers=headers),
        open_one.post("/v1/chat/completions", json={}, headers=headers),
        open_one.post("/mcp", json={}, headers=headers),
    ):
        assert reply.status_code == 403
        assert "access-control-allow-origin" not in reply.headers


def test_our_own_page_may_ask(open_one: TestClient) -> None:
    headers = {"origin": "http://127.0.0.1:7860", "sec-fetch-site": "same-origin"}
    assert open_one.post("/api/ask", json={"question": ASK}, headers=headers).status_code == 200


def test_no_origin_is_ever_allowed_to_read(open_one: TestClient) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    for reply in (
        open_one.options("/api/ask", headers=asked),
        open_one.get("/api/documents", headers={"origin": "https://evil.example"}),
    ):
        assert "access-control-allow-origin" not in reply.headers


def test_every_reply_has_the_security_headers(open_one: TestClient) -> None:
    for reply in (
        open_one.get("/"),
        open_one.get("/healthz"),
        open_one.get("/api/nothing"),
        open_one.get("/healthz", headers={"host": "evil.example"}),
    ):
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["x-frame-options"] == "DENY"
        assert reply.headers["referrer-policy"] == "same-origin"
        policy = reply.headers["content-security-policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
        assert "http:" not in policy and "https:" not in policy and "*" not in policy
        assert "server" not in reply.headers


@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions", "/mcp"])
@pytest.mark.parametrize("declared", [True, False])
def test_a_request_that_is_too_large_is_refused(line: Line, path: str, declared: bool) -> None:
    with client(line, "http://127.0.0.1", largest_request=1000) as small:
        body = b'{"question": "' + b"x" * 2000 + b'"}'
        head = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
        sent = body if declared else iter([body[:900], body[900:]])
        reply = small.post(path, content=sent, headers=head)
        assert reply.status_code == 413, reply.text
        assert "1,000 bytes" in reply.json()["error"]["message"]


# ---- with a token


@pytest.mark.parametrize(
    "path", ["/", "/api/documents", "/metrics", "/openapi.json", "/v1/models", "/gradio_api/info"]
)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": TOKEN},
        {"authorization": "Bearer \u00e9"},
        {"cookie": f"{COOKIE}={TOKEN}"},
        {"cookie": f"{COOKIE}=99999999999.abc"},
    ],
)
def test_without_the_token_nothing_is_told(
    locked: TestClient, path: str, headers: dict[str, str]
) -> None:
    sent = {name: value.encode() for name, value in headers.items()}
    reply = locked.get(path, headers=sent)
    assert reply.status_code == 401 and reply.headers["www-authenticate"].startswith("Bearer")
    assert "token" in reply.json()["error"]["message"]


def test_with_the_token_everything_is_open_whatever_the_host_is_called(locked: TestClient) -> None:
    assert locked.get("/", headers=BEARER).text == '"page"'
    assert locked.get("/metrics", headers=BEARER).status_code == 200
    reply = locked.post("/api/ask", json={"question": ASK}, headers=BEARER)
    assert reply.status_code == 200


def test_health_needs_no_token(locked: TestClient) -> None:
    assert locked.get("/healthz").status_code == locked.get("/readyz").status_code == 200


def test_a_browser_is_led_to_the_login_and_gets_a_cookie_for_the_token(locked: TestClient) -> None:
    reply = locked.get("/", headers=HTML)
    assert (reply.status_code, reply.headers["location"]) == (303, "/login")
    form = locked.get("/login", headers={**HTML, "accept-language": "ko-KR,en"})
    assert form.status_code == 200 and 'lang="ko"' in form.text and "토큰" in form.text
    reply = locked.post("/login", data={"token": TOKEN})
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    cookie = reply.headers["set-cookie"].casefold()
    assert "httponly" in cookie and "samesite=strict" in cookie and TOKEN not in cookie
    assert locked.get("/", headers=HTML).status_code == 200
    assert locked.post("/api/ask", json={"question": ASK}).status_code == 200
    assert locked.get("/login").headers["location"] == "/"


def test_a_wrong_token_at_the_login_is_said_and_gives_no_cookie(locked: TestClient) -> None:
    reply = locked.post("/login", data={"token": "<b>wrong</b>"})
    assert reply.status_code == 401 and "not the token" in reply.text
    assert "set-cookie" not in reply.headers and "<b>" not in reply.text


def test_a_cookie_of_another_token_or_from_long_ago_is_worth_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    access, other = Access(TOKEN), Access("another-long-enough-token")
    assert access.allows("", f"{COOKIE}={access.session()}")
    assert not access.allows("", f"{COOKIE}={other.session()}")
    old = access.session()
    monkeypatch.setattr("qa.serve.access.time.time", lambda: 4_000_000_000.0)
    assert not access.allows("", f"{COOKIE}={old}")


def test_the_login_refuses_another_sites_form(locked: TestClient) -> None:
    head = {"origin": "https://evil.example"}
    assert locked.post("/login", data={"token": TOKEN}, headers=head).status_code == 403
