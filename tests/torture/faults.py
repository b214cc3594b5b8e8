"""A disk that fails: every write in turn, and all after it, is refused (full, no right, broken), and
no file may grow beyond some size, which cuts a write short. Each must end in one sentence, leave
the old state or the new one, and be forgotten once the disk works again.
"""

import errno
import shutil
import sys
from collections.abc import Iterator, Sequence

from tests.torture.forge import Fails, Forged, Harm, Small
from tests.torture.kill import SCENES, Scene
from tests.torture.part import Part, Row, Size, Torture

ERRORS = {errno.ENOSPC: "disk full", errno.EACCES: "no right to write", errno.EIO: "broken disk"}
SHORT_RUN = 1  # tries of each kind in `make test`
SIZES = 24  # sizes at which files are cut short
LARGEST = 2**22  # bytes
_SCENES = ("a sync", "an upload", "a fetch of weights", "the writing of a conversation")
_MOST = 60  # writes of one scene that are refused, spread over all of them


def _steps(size: Size) -> int:
    kinds = len(ERRORS) + 1
    return len(_SCENES) * (kinds * SHORT_RUN if size == "short" else len(ERRORS) * _MOST + SIZES)


def _run(torture: Torture) -> Iterator[Row]:
    for what in _SCENES:
        place = torture.folder / what.replace(" ", "-")
        place.mkdir()
        scene = SCENES[what](place, torture)
        for number, name in ERRORS.items():
            harms = [Fails(at, number) for at in _places(torture, scene.writes)]
            yield _starved(torture, f"{what}, {name}", scene, harms)
            torture.tick(0 if not torture.full else _MOST - len(harms))
        if sys.platform != "win32":
            yield _starved(torture, f"{what}, files cut short", scene, _sizes(torture))
        shutil.rmtree(place)


def _places(torture: Torture, writes: int) -> list[int]:
    """Return which writes fail: every one, or as many as fit in, spread evenly."""
    if not torture.full:
        return [torture.random.randint(1, writes) for _ in range(SHORT_RUN)]
    step = max(1.0, writes / _MOST)
    return sorted({1 + int(n * step) for n in range(min(_MOST, writes))})


def _sizes(torture: Torture) -> list[Harm]:
    count = SIZES if torture.full else SHORT_RUN
    return [Small(int(LARGEST ** torture.random.random())) for _ in range(count)]


def _starved(torture: Torture, what: str, scene: Scene, harms: Sequence[Harm]) -> Row:
    losses = []
    for harm in harms:
        scene.reset()
        ended = Forged(scene.deed, *scene.args, harm=harm).wait()
        wrong = []
        if ended.killed:
            wrong.append("the process ended")
        elif ended.error and not ended.ours:
            wrong.append(f"a foreign error: {ended.error[:300]}")
        elif ended.error and "\n" in ended.error:
            wrong.append(f"not one sentence: {ended.error[:300]!r}")
        try:
            wrong += [*scene.looked(), *scene.mended()]
        except RuntimeError as error:
            wrong.append(str(error))
        if wrong:
            losses.append(f"{harm}: {'; '.join(wrong)}")
        torture.tick(1)
    return Row(what, len(harms), tuple(losses))


PART = Part("a disk that is full, forbidden or broken, at every write", _steps, _run)
