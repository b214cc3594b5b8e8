"""The short run of the faults part; and that it would notice what is lost or badly told."""

import errno
from pathlib import Path
from random import Random

import pytest

from tests.torture import Torture, deeds, faults
from tests.torture.forge import Fails, Forged, Small, done
from tests.torture.kill import Scene


def test_a_failing_disk_loses_nothing_and_is_told_in_one_sentence(tmp_path: Path) -> None:
    ticks: list[int] = []
    given = Torture("short", tmp_path, Random(3), lambda steps=1: ticks.append(steps))
    rows = list(faults.PART.run(given))
    assert [f"{row.what}: {loss}" for row in rows for loss in row.losses] == []
    assert sum(row.times for row in rows) == sum(ticks) == faults.PART.steps("short")


@pytest.mark.parametrize(
    ("harm", "told"), [(Fails(1, errno.ENOSPC), "No space left"), (Small(100), "File too large")]
)
def test_a_disk_fails_as_it_is_told_to(tmp_path: Path, harm: Fails | Small, told: str) -> None:
    ended = Forged(deeds.keep, str(tmp_path), "0123456789abcdef", 9, harm=harm).wait()
    assert ended.ours and ended.error is not None
    assert "SavedError" in ended.error and told in ended.error
    assert done(deeds.listed, str(tmp_path)) == 0


def careless(file: str) -> None:
    """Tell nobody but the log."""
    with Path(file).open("w") as opened:
        opened.write("half ")
    Path(file).rename(Path(file).with_name("whole"))


def test_a_foreign_error_and_a_half_state_are_losses(tmp_path: Path) -> None:
    file = tmp_path / "file"
    scene = Scene(
        lambda: [path.unlink() for path in tmp_path.iterdir()] and None,
        careless,
        (str(file),),
        lambda: ["half of it is there"] if file.exists() else [],
        list,
    )
    row = faults._starved(
        Torture("short", tmp_path, Random(1)), "careless", scene, [Fails(2, errno.EIO)]
    )
    (loss,) = row.losses
    assert "a foreign error: OSError" in loss and "half of it is there" in loss
