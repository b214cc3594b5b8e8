"""Who is locked out, who is too quick, who sees whose conversations, and what read-only closes."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from qa.page.asking import Asking
from qa.page.desk import Desk
from qa.page.doors import Rooms, door
from qa.page.text import words
from qa.page.visitor import KEY, visitor_of
from qa.serve import api_login
from qa.serve.access import COOKIE, Access, check, tokens
from qa.serve.api import application
from qa.serve.limits import REMEMBERED, Counts, place_of
from qa.serve.line import Line
from qa.settings import ServingSettings
from tests import shelf_page as shelf
from tests.fakes_serve import ASK, TOKEN, begun, gated, shelve

OTHER = "another-token-long-enough"
EN = words("en")


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.fixture(autouse=True)
def no_penalty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_login, "PENALTY", 0.0)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Line:
    home = tmp_path_factory.mktemp("served")
    return begun(gated(shelve(home / "documents"), home / "home"))


def clients(line: Line, *addresses: str, **settings: object) -> list[TestClient]:
    """Return clients of one application, each with an address of its own."""
    chosen = ServingSettings(**{"host": "0.0.0.0", "token": TOKEN, **settings})  # type: ignore[arg-type]
    app = application(line, chosen, folder=line.index.folder)
    base = "http://docs.example"
    return [
        TestClient(app, base_url=base, client=(address, 1), follow_redirects=False)
        for address in addresses
    ]


# ---- counting


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_name_has_its_fill_until_the_time_since_its_first_event_is_over() -> None:
    clock = Clock()
    counts = Counts(2, 10.0, clock)
    assert counts.wait("a") == 0
    counts.add("a")
    clock.now = 4.0
    counts.add("a")
    assert (counts.wait("a"), counts.wait("b")) == (6, 0)
    clock.now = 9.5
    assert counts.wait("a") == 1  # never 0 while it is closed
    clock.now = 10.0
    assert counts.wait("a") == 0


def test_names_without_end_do_not_fill_the_memory() -> None:
    counts = Counts(1, 1e9)
    for number in range(REMEMBERED + 50):
        counts.add(str(number))
    assert len(counts._held) == REMEMBERED
    assert counts.wait("0") == 0 and counts.wait(str(REMEMBERED)) > 0


def test_an_address_of_ipv6_is_counted_with_its_network() -> None:
    assert place_of(("2001:db8:1:2:3::4", 1)) == place_of(("2001:db8:1:2:ffff::1", 9))
    assert place_of(("2001:db8:1:3::1", 1)) != place_of(("2001:db8:1:2::1", 1))
    assert place_of(("::ffff:192.0.2.7", 1)) == place_of(("192.0.2.7", 2)) == "192.0.2.7"
    assert (place_of(None), place_of(("testclient", 1))) == ("", "testclient")


# ---- locked out


def test_an_address_that_guesses_is_locked_out_and_others_are_not(line: Line) -> None:
    guesser, honest = clients(line, "192.0.2.1", "192.0.2.2", wrong_tokens=3)
    for _ in range(3):
        assert guesser.get("/api/documents", headers=bearer("wrong")).status_code == 401
    for token in ("wrong", TOKEN):  # even the right one: guessing on must not pay
        reply = guesser.get("/api/documents", headers=bearer(token))
        assert reply.status_code == 429 and 0 < int(reply.headers["retry-after"]) <= 900
        assert "Too many wrong tokens" in reply.json()["error"]["message"]
    assert guesser.get("/healthz").status_code == 200
    assert honest.get("/api/documents", headers=bearer(TOKEN)).status_code == 200


def test_the_login_counts_wrong_tokens_too_and_a_session_is_never_locked_out(line: Line) -> None:
    inside, guesser = clients(line, "192.0.2.3", "192.0.2.3", wrong_tokens=3)
    assert inside.post("/login", data={"token": TOKEN}).status_code == 303
    for _ in range(3):
        assert guesser.post("/login", data={"token": "wrong"}).status_code == 401
    for token in ("wrong", TOKEN):
        reply = guesser.post("/login", data={"token": token})
        assert reply.status_code == 429 and int(reply.headers["retry-after"]) > 0
        assert "set-cookie" not in reply.headers
    assert guesser.get("/api/documents", headers=bearer(TOKEN)).status_code == 429
    assert inside.get("/api/documents").status_code == 200


@pytest.mark.parametrize("jump", [4e8, -4e8])
def test_a_jump_of_the_wall_clock_frees_nobody_who_is_locked_out_and_locks_out_nobody(
    line: Line, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    guesser, inside = clients(line, "192.0.2.40", "192.0.2.41", wrong_tokens=1, per_minute=3)
    guesser.get("/api/documents", headers=bearer("wrong"))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + jump)
    locked = guesser.get("/api/documents", headers=bearer(TOKEN))
    assert locked.status_code == 429 and 0 < int(locked.headers["retry-after"]) <= 900
    said = [
        inside.post("/api/ask", json={"question": ASK}, headers=bearer(TOKEN)) for _ in range(4)
    ]
    assert [reply.status_code for reply in said] == [200, 200, 200, 429]
    assert 0 < int(said[-1].headers["retry-after"]) <= 60
    assert 0 <= said[0].json()["seconds"]["total"] < 60


def test_who_shows_nothing_is_not_locked_out(line: Line) -> None:
    (client,) = clients(line, "192.0.2.4", wrong_tokens=2)
    assert {client.get("/api/documents").status_code for _ in range(5)} == {401}
    assert client.get("/api/documents", headers=bearer(TOKEN)).status_code == 200


# ---- how often


def test_a_visitor_who_is_too_quick_is_told_when_to_go_on_and_others_go_on(line: Line) -> None:
    (client,) = clients(line, "192.0.2.5", token=f"{TOKEN},{OTHER}", per_minute=3)
    ask = {"question": ASK}
    for _ in range(3):
        assert client.post("/api/ask", json=ask, headers=bearer(TOKEN)).status_code == 200
    reply = client.post("/api/ask", json=ask, headers=bearer(TOKEN))
    assert reply.status_code == 429 and 0 < int(reply.headers["retry-after"]) <= 60
    assert "3 requests in a minute" in reply.json()["error"]["message"]
    assert client.get("/api/documents", headers=bearer(TOKEN)).status_code == 200  # reading is free
    assert client.post("/api/ask", json=ask, headers=bearer(OTHER)).status_code == 200


# ---- tokens and visitors


def test_several_tokens_are_parted_by_commas_and_each_must_be_long_enough() -> None:
    assert tokens(f" {TOKEN} ,{OTHER}") == (TOKEN, OTHER)
    check(ServingSettings(host="0.0.0.0", token=f"{TOKEN},{OTHER}"))
    for wrong in (f"{TOKEN},", f"{TOKEN},short", ",", ""):
        with pytest.raises(Exception, match="guessed"):
            check(ServingSettings(token=wrong))
    access = Access(f"{TOKEN}, {OTHER}")
    assert (access.knows(OTHER), access.knows(f"{TOKEN}, {OTHER}")) == (OTHER, None)
    assert not Access("").allows("Bearer ", "")


def test_every_token_is_compared_whichever_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []

    def same(one: bytes, other: bytes) -> bool:
        compared.append(other)
        return one == other

    monkeypatch.setattr("qa.serve.access.hmac.compare_digest", same)
    access = Access(f"{TOKEN},{OTHER}")
    for shown in (TOKEN, OTHER, "neither"):
        compared.clear()
        access.knows(shown)
        assert compared == [TOKEN.encode(), OTHER.encode()]


def cookie_of(client: TestClient, token: str) -> str:
    reply = client.post("/login", data={"token": token})
    return f"{COOKIE}={reply.cookies[COOKIE]}"


def test_people_with_one_token_are_told_apart_by_browser_with_several_by_token(line: Line) -> None:
    one, other = clients(line, "a", "b")
    access = Access(TOKEN)
    first, second = cookie_of(one, TOKEN), cookie_of(other, TOKEN)
    assert access.visitor("", first) != access.visitor("", second)
    assert access.visitor("", cookie_of(one, TOKEN)) == access.visitor("", first)  # comes back
    both = f"{TOKEN},{OTHER}"
    one, other = clients(line, "a", "b", token=both)
    access = Access(both)
    mine, yours = (access.visitor("", cookie_of(one, token)) for token in (TOKEN, OTHER))
    assert mine != yours and mine == access.visitor(f"Bearer {TOKEN}", "")
    assert mine == access.visitor("", cookie_of(other, TOKEN))


@pytest.mark.parametrize("forge", ["other", "later", "seal"])
def test_a_cookie_cannot_be_made_another_visitors_or_longer_lived(forge: str) -> None:
    access = Access(TOKEN)
    until, who, seal = access.session(TOKEN).split(".")
    changed = {"other": (until, "0" * 16, seal), "later": (f"{int(until) + 9}", who, seal)}
    parts = changed.get(forge, (until, who, seal[:-1] + ("0" if seal[-1] != "0" else "1")))
    assert access.visitor("", f"{COOKIE}={until}.{who}.{seal}") == who
    assert access.visitor("", f"{COOKIE}={'.'.join(parts)}") is None


def test_a_session_that_is_over_lets_nobody_in_but_is_remembered_at_the_login(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    access = Access(TOKEN)
    old = f"{COOKIE}={access.session(TOKEN)}"
    who = access.visitor("", old)
    monkeypatch.setattr("qa.serve.access.time.time", lambda: 4_000_000_000.0)
    assert access.visitor("", old) is None
    assert access.visitor("", f"{COOKIE}={access.session(TOKEN, old)}") == who


def test_a_logout_takes_the_cookie_back(line: Line) -> None:
    (client,) = clients(line, "192.0.2.6")
    client.headers["cookie"] = cookie_of(client, TOKEN)
    reply = client.post("/logout")
    assert (reply.status_code, reply.headers["location"]) == (303, "/login")
    assert f'{COOKIE}=""' in reply.headers["set-cookie"]


def test_nothing_that_is_sent_makes_a_request_anothers() -> None:
    class Sent:
        scope = {"headers": [(KEY.encode(), b"other")], KEY: "mine"}

    class Wrapped:
        def __init__(self) -> None:
            self.request = Sent()

    assert visitor_of(Sent()) == visitor_of(Wrapped()) == "mine"
    assert visitor_of(None) == ""


def test_visitors_never_see_find_or_change_each_others_conversations() -> None:
    rooms = Rooms.over(Desk(shelf.scripted()))
    *_, last = rooms.of("anna").asking.ask(shelf.ASK_FERRY, "", EN, None, "s")
    assert last.conversation is not None
    id = last.conversation.id
    anna, ben, nobody = (rooms.of(name) for name in ("anna", "ben", ""))
    assert id in anna.kept.listing("", "", EN)
    opened = door(rooms, lambda: set())
    for room, name in ((ben, "ben"), (nobody, "")):
        assert id not in room.kept.listing("", "", EN)
        for asked in (
            ["why", [id, 1, "en"]],
            ["taken", [id, 0, "md", "en"]],
            ["copied", [id, 1, "en"]],
            ["rename", [id, "mine now"]],
            ["thumb", [id, 1, "up", ""]],
            ["follow", [id, 1]],
            ["case", [id, 1, "gold", "word"]],
        ):
            assert "problem" in opened(asked, name), asked
        opened(["forget", [id]], name)
    assert opened(["copied", [id, 1, "en"]], "anna")["value"]["plain"]
    assert rooms.of("anna") is anna


def test_a_visitors_question_is_stopped_by_nobody_else() -> None:
    desk = Desk(shelf.scripted(pause=0.05))
    states = Asking(desk.of("anna")).ask(shelf.ASK_FERRY, "", EN, None, "anna s")
    next(states)
    Asking(desk.of("ben")).stop("ben s")
    *_, last = states
    assert last.conversation is not None
    (turn,) = last.conversation.turns
    assert turn.answer is not None and not turn.stopped


# ---- read-only


@pytest.fixture
def closed(line: Line) -> Iterator[TestClient]:
    settings = ServingSettings(read_only=True)
    with TestClient(
        application(line, settings, folder=line.index.folder), base_url="http://127.0.0.1"
    ) as made:
        yield made


def test_a_read_only_server_answers_and_changes_nothing(closed: TestClient, line: Line) -> None:
    before = sorted(p.name for p in line.index.folder.iterdir())
    upload = [("files", ("new.md", b"text"))]
    for reply in (
        closed.post("/api/documents", files=upload),
        closed.delete("/api/documents/apple.txt"),
        closed.post("/api/sync"),
        closed.post("/gradio_api/upload", files=upload),
        closed.post("/gradio_api/upload/", files=upload),
    ):
        assert reply.status_code == 403 and "read-only" in reply.json()["error"]["message"]
    assert sorted(p.name for p in line.index.folder.iterdir()) == before
    assert closed.post("/api/ask", json={"question": ASK}).status_code == 200
    assert closed.get("/api/documents").status_code == 200


def test_the_page_of_a_read_only_server_changes_nothing_either(tmp_path: Path) -> None:
    file = tmp_path / "ferry.md"
    file.write_text("words", encoding="utf-8")
    desk = Desk(shelf.scripted(), folder=tmp_path, suffixes=(".md",), read_only=True)
    rooms = Rooms.over(desk)
    opened = door(rooms, lambda: {str(file)})
    for asked in (
        ["take", [str(file), "new.md"]],
        ["remove", ["ferry.md", "en"]],
        ["restore", ["ferry.md", "en"]],
    ):
        assert "read-only" in opened(asked)["problem"]
    assert "read-only" in list(rooms.documents.sync(EN))[-1][0]
    assert "fn-remove" not in rooms.documents.listing(EN)
    assert "fn-trial-start" not in rooms.trials.view(EN)
    assert [p.name for p in tmp_path.iterdir()] == ["ferry.md"]


def test_page_and_api_remove_the_same_files_to_the_same_place(line: Line) -> None:
    from qa.page.files import remove_listed
    from qa.serve.api_files import remove

    folder = line.index.folder
    (folder / "unread.xyz").write_text("skipped", encoding="utf-8")
    (folder / ".hidden.md").write_text("hidden", encoding="utf-8")
    assert remove_listed(".hidden.md", folder, line.index).problem
    assert remove_listed("unread.xyz", folder, line.index).problem is None
    (folder / "unread.xyz").write_text("again", encoding="utf-8")
    remove("unread.xyz", folder, line.index)
    kept = sorted(p.name for p in (folder / ".removed").iterdir())
    assert kept == ["unread (2).xyz", "unread.xyz"]
