"""A small folder of documents in two states, before and after a morning's work on it."""

from pathlib import Path

BEFORE = {
    "boats.txt": "The robot crossed the river on a Monday. " * 6 + "\n\n" + "Boats waited. " * 9,
    "apple.txt": "The apple fell from the tree. Nobody picked it up.\n",
    "copy.txt": "The apple fell from the tree. Nobody picked it up.\n",
    "deep/river.txt": "A river runs through the valley. It floods in spring.\n",
    "deep/treaty.md": "# Treaty\n\nThe treaty was signed. It names a river.\n\n## Terms\n\nForty boats.\n",
    "seoul.txt": "서울에는 강이 있다. 로봇이 강을 건넜다.\n",
    "robot.txt": "The robot was built in 2031. It walks on three legs.\n",
    **{f"log{n}.txt": f"Day {n}. The robot counted {n} boats at the gate. " * 3 for n in range(6)},
}
_CHANGED = {
    "robot.txt": "The robot was taken apart in 2040. Its legs lie in the river.\n",
    "log3.txt": "Day 3. Nobody counted. " * 4,
    "new.txt": "A new treaty about apples was read aloud. " * 5,
    "서울.txt": "서울의 로봇은 사과를 셌다.\n",
    "broken.pdf": "%PDF-1.7 and then nothing of the kind",
}
_GONE = ("log0.txt", "apple.txt")
_MOVED = {"deep/river.txt": "stream.txt", "log1.txt": "deep/log.txt"}


def write(folder: Path, texts: dict[str, str]) -> None:
    """Write files by path."""
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def work(folder: Path) -> None:
    """Change, remove, move and add: every kind of change that a sync meets."""
    write(folder, _CHANGED)
    for name in _GONE:
        (folder / name).unlink()
    for name, other in _MOVED.items():
        (folder / name).rename(folder / other)
