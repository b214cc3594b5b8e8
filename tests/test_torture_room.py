"""The torture room itself: it counts, tells and keeps what its parts lost."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval import readme_parts
from tests.torture import Part, Row, Torture, __main__, room


def breaks(torture: Torture) -> Iterator[Row]:
    (torture.folder / "left").write_text("behind")
    for _ in range(3):
        torture.tick()
    yield Row("a vase, dropped", 3, ("the second one broke",), {"height (m)": 1.5})
    yield Row("a stone, dropped", 2)


DROPS = Part("drops things", lambda size: 3, breaks)


@pytest.fixture
def one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(__main__, "parts", lambda: {"drops": DROPS})


def test_every_part_of_the_room_says_what_it_does_and_how_far_its_bar_goes() -> None:
    found = room.parts()
    assert "kill" in found
    assert all(p.says and p.steps("full") >= p.steps("short") > 0 for p in found.values())


def test_a_part_has_a_folder_of_its_own_which_is_gone_afterwards() -> None:
    folders = []

    def run(torture: Torture) -> Iterator[Row]:
        folders.append(torture.folder)
        yield from breaks(torture)

    assert len(list(room.torture("drops", Part("", lambda size: 3, run), "short", 7))) == 2
    assert not folders[0].exists()


def test_the_same_seed_makes_the_same_chance() -> None:
    drawn = []

    def run(torture: Torture) -> Iterator[Row]:
        drawn.append(torture.random.random())
        yield Row("dice", 1)

    for seed in (7, 7, 8):
        list(room.torture("dice", Part("", lambda size: 1, run), "short", seed))
    assert drawn[0] == drawn[1] != drawn[2]


def test_what_was_lost_is_told_written_and_makes_the_command_fail(
    one_part: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "torture.json"
    assert __main__.main(["--seed", "5", "--out", str(out)]) == 1
    said = capsys.readouterr().out
    assert "LOST: drops: a vase, dropped: the second one broke" in said
    held = json.loads(out.read_text())
    assert (held["seed"], [row["lost"] for row in held["rows"]]) == (5, [1, 0])


def test_an_unknown_part_is_refused_by_name(
    one_part: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        __main__.main(["nonesuch"])
    assert "there is no part 'nonesuch'" in capsys.readouterr().err


def test_accepted_rows_replace_those_of_the_same_part_and_stand_in_the_readme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "figures.json"
    room.accept([room.Result("asks", Row("one thing", 4), 1.0)], kept)
    for height in (1.5, 2.5):
        row = Row("a vase, dropped", 3, ("broke",), {"height (m)": height})
        room.accept([room.Result("drops", row, 1.0)], kept)
    monkeypatch.setattr(readme_parts, "TORTURE_FIGURES", kept)
    assert readme_parts.torture().splitlines()[2:] == [
        "| asks | one thing | 4 | 0 |  |",
        "| drops | a vase, dropped | 3 | 1 | height (m) 2.5 |",
    ]
