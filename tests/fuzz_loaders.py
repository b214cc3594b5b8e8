"""Coverage-guided fuzzing of the loaders with atheris: `python -m tests.fuzz_loaders FOLDER SECONDS`.

The first byte of an input names the suffix, the rest is the file. What breaks a promise is kept in
FOLDER under a name that says which, and fuzzing goes on: a finding goes to `tests/found`, which
`tests/test_fuzz.py` reads. Needs `pip install atheris`, which has wheels for Linux and macOS only.
"""

import hashlib
import io
import random
import sys
import time
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import FunctionType

from sources import SourcesSettings, UnreadableFile
from sources.loaders import SUFFIXES
from tests.bytes_to_read import hold_invariants, read_bytes

MEBIBYTE = 2**20
LIMITS = SourcesSettings(
    max_file_bytes=MEBIBYTE, max_unpacked_bytes=16 * MEBIBYTE, max_text_characters=4 * MEBIBYTE
)
SLOW = 20.0  # seconds for an input of 64 KiB, far beyond what an honest file takes
LARGEST = 2**16
GUIDED = ["pypdf", "docx", "pptx", "openpyxl", "trafilatura", "courlan", "htmldate"]


def seeds() -> list[bytes]:
    """Return one honest file of each suffix, in the form of inputs."""
    text = (
        "# Harbour\n\nThe ferry began on 4 May 2019. Forty boats came.\n\n- one\n- two\n\n"
        "| a | b |\n| - | - |\n| 1 | 2 |\n\n## 서울\n\n서울은 2021년 3월 3일에 열었다.\n\nPage 1 of 2\n"
    )
    page = (
        "<html lang=en><head><title>Harbour</title><meta name=date content=2019-05-04></head><body>"
        "<nav>Home</nav><article><h1>Harbour</h1><p>The ferry began on 4 May.</p><ul><li>one</ul>"
        "<table><tr><td>1<td>2</table><!-- note --><p hidden>no</p></article></body></html>"
    )
    files = {
        ".txt": text.encode(), ".md": ("---\ntitle: H\n---\n" + text).encode(),
        ".csv": "a,b\n1,2\n서울,3\n".encode(), ".html": page.encode(), ".pdf": _pdf(),
        ".docx": _docx(), ".pptx": _pptx(), ".xlsx": _xlsx(),
    }  # fmt: skip
    return [bytes([SUFFIXES.index(suffix)]) + data for suffix, data in files.items()]


def _pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    held = io.BytesIO()
    canvas = Canvas(held)
    for number in (1, 2):
        canvas.drawString(
            72, 750, "The ferry began on 4 May 2019, and forty boats came to the har-"
        )
        canvas.drawString(72, 735, f"bour. Page {number} says no more.")
        canvas.showPage()
    canvas.save()
    return held.getvalue()


def _docx() -> bytes:
    from docx import Document

    made = Document()
    made.add_heading("Harbour", 1)
    made.add_paragraph("The ferry began on 4 May 2019.")
    made.add_paragraph("one", style="List Bullet")
    made.add_table(2, 2).cell(0, 0).text = "1"
    return _saved(made)


def _pptx() -> bytes:
    from pptx import Presentation

    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text = "Harbour"
    slide.placeholders[1].text = "The ferry began on 4 May 2019."
    return _saved(made)


def _xlsx() -> bytes:
    from openpyxl import Workbook

    made = Workbook()
    for row in (["name", "year"], ["Lund", 2019], ["서울", "=1+1"]):
        made.active.append(row)
    return _saved(made)


def _saved(made: object) -> bytes:
    held = io.BytesIO()
    made.save(held)  # type: ignore[attr-defined]  # all three libraries have it
    return held.getvalue()


def inside_parts(data: bytes, chance: random.Random, mutate: Callable[[bytes], bytes]) -> bytes:
    """Mutate one part of an office file, where bytes changed at random would only break the zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(data[1:])) as package:
            parts = {info.filename: package.read(info) for info in package.infolist()}
    except Exception:
        return mutate(data)
    if not parts:
        return mutate(data)
    name = chance.choice(sorted(parts))
    parts[name] = mutate(parts[name])
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        for part, content in parts.items():
            package.writestr(part, content)
    return data[:1] + held.getvalue()


def broken(data: bytes) -> str | None:
    """Read one input; return what promise it breaks, or `None`."""
    if not data:
        return None
    suffix = SUFFIXES[data[0] % len(SUFFIXES)]
    began = time.monotonic()
    try:
        hold_invariants(read_bytes(data[1:], suffix, LIMITS))
    except UnreadableFile as error:
        if not str(error).strip():
            return f"{suffix[1:]}-said-nothing"
    except Exception as error:  # whatever it is, it is a finding
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"{suffix[1:]}-{type(error).__name__}-{Path(where.filename).stem}-{where.lineno}"
    if time.monotonic() - began > SLOW:
        return f"{suffix[1:]}-slow"
    return None


def main(folder: str, seconds: str) -> None:
    """Fuzz until the time is over; keep what is found."""
    import atheris

    from sources import reading

    reading.APART = frozenset()  # what happens in another process guides nothing
    found, corpus = Path(folder) / "found", Path(folder) / "corpus"
    for place in (found, corpus):
        place.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)

    def one(data: bytes) -> None:
        (Path(folder) / "current").write_bytes(data)  # what a crash of the process leaves behind
        what = broken(data)
        if what and not list(found.glob(f"{what}-*")):
            digest = hashlib.sha256(data).hexdigest()[:12]
            (found / f"{what}-{digest}").write_bytes(data)

    def mutated(data: bytes, largest: int, seed: int) -> bytes:
        def by_atheris(part: bytes) -> bytes:
            return bytes(atheris.Mutate(part, max(len(part) * 2, 64)))

        office = (
            SUFFIXES[data[0] % len(SUFFIXES)][1:] in ("docx", "pptx", "xlsx") if data else False
        )
        chance = random.Random(seed)
        grown = (
            inside_parts(data, chance, by_atheris)
            if office and chance.random() < 0.9
            else by_atheris(data)
        )
        return grown if len(grown) <= largest else data

    options = [f"-max_total_time={seconds}", f"-max_len={LARGEST}", "-timeout=120"]
    options += ["-rss_limit_mb=4096", "-print_final_stats=1", f"-artifact_prefix={folder}/"]
    atheris.Setup(["fuzz", *options, str(corpus)], one, custom_mutator=mutated)
    atheris.Fuzz()


def guide() -> None:
    """Let atheris see the branches of the loaders, of what is common to them and of libraries."""
    import atheris

    with atheris.instrument_imports(include=GUIDED):
        for seed in seeds():  # imports every loader and its library
            broken(seed)
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "sources":
            for thing in vars(module).values():
                for one in (thing, *vars(thing).values()) if isinstance(thing, type) else (thing,):
                    if isinstance(one, FunctionType) and one.__module__ == name:
                        atheris.instrument_func(one)


if __name__ == "__main__":
    guide()
    main(*sys.argv[1:])
