"""The short run of the kill part: ten kills, nothing lost; and that the part would notice a loss."""

import os
from pathlib import Path
from random import Random

from tests.torture import Torture, deeds, kill
from tests.torture.forge import Dies, Forged, done, writes


def test_ten_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    ticks: list[int] = []
    given = Torture("short", tmp_path, Random(os.getpid()), lambda steps=1: ticks.append(steps))
    rows = list(kill.PART.run(given))
    assert [loss for row in rows for loss in row.losses] == []
    assert sum(row.times for row in rows) == len(ticks) == kill.PART.steps("short") == 10
    assert kill.PART.steps("full") >= 200


def careless(file: str) -> None:
    """Write in place, as nothing here may."""
    for letter in "new ":
        with Path(file).open("a") as opened:
            opened.write(letter)


def test_a_careless_writer_is_caught(tmp_path: Path) -> None:
    file = tmp_path / "file"
    assert len(writes(careless, str(file))) == 4
    scene = kill.Scene(
        lambda: file.write_text("") and None,
        careless,
        (str(file),),
        lambda: [] if file.read_text() in ("", "new ") else [f"half of it: {file.read_text()!r}"],
        list,
    )
    ended = Forged(careless, str(file), harm=Dies(3)).wait()
    assert ended.killed
    row = kill._killed(Torture("short", tmp_path, Random(1)), "a careless writer", 12, scene)
    assert row.times == 12 and row.lost


def test_the_index_of_another_folder_is_told_apart(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name / "home").mkdir(parents=True)
        (tmp_path / name / "text.txt").write_text(f"The robot has {name} legs.")
        done(deeds.sync, str(tmp_path / name), str(tmp_path / name / "home"))
    first, second = (done(deeds.held, str(tmp_path / name / "home")) for name in "ab")
    assert first["words"] and first["words"] != second["words"]
