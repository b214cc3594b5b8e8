"""What is installed: pinned with hashes, under licences that go together, on one bill."""

import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker

from eval.errors import EvaluationError
from eval.supply.__main__ import main
from eval.supply.licences import UNCHANGED, judged, of
from eval.supply.pins import Pin, read, write
from eval.supply.release import _fits, _is_of
from eval.supply.sbom import bill
from index.models import MODELS

ROOT = Path(__file__).parents[1]
HASH = "ab" * 32


def test_every_package_that_is_installed_is_pinned_by_the_hashes_of_its_files() -> None:
    without = [pin.name for pin in read() if not pin.hashes]
    assert without == [], "run `make lock`"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = [line for line in makefile.splitlines() if "pip install" in line]
    assert len(installs) >= 1
    assert all("--require-hashes" in line or "pip-audit" in line for line in installs), installs


def test_every_package_that_the_project_names_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = {pin.key for pin in read()}
    named = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    keys = {Pin(name.split("[")[0].split("=")[0].split(">")[0], "").key for name in named}
    assert keys - pinned == set()


def test_pins_are_read_as_they_were_written_and_sorted(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    pins = [
        Pin("Zoo_keeper", "1.0", (HASH,)),
        Pin("apple", "2!1.0rc1+cpu", (HASH, "cd" * 32), 'sys_platform == "linux"'),
    ]
    write(pins, file)
    assert read(file) == [pins[1], pins[0]]
    assert pins[0].key == "zoo-keeper"
    write(read(file), file)
    assert read(file) == [pins[1], pins[0]]


def test_a_pin_added_by_hand_is_read_and_nonsense_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    file.write_text("# words\n\nnew==1.0\nold==2 \\\n  --hash=sha256:" + HASH + "\n")
    assert read(file) == [Pin("new", "1.0"), Pin("old", "2", (HASH,))]
    for wrong in ("new>=1.0", "--hash=sha256:" + HASH, "-r other.txt", "new==1 --hash=md5:ab"):
        file.write_text(wrong + "\n")
        with pytest.raises(EvaluationError, match="Line 1"):
            read(file)
    with pytest.raises(EvaluationError, match="cannot be read"):
        read(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("some_thing-1.0.tar.gz", True),
        ("some_thing-1.0-py3-none-any.whl", True),
        ("some_thing-1.0-py2.py3-none-any.whl", True),
        ("some_thing-1.0-cp311-cp311-manylinux_2_28_x86_64.whl", True),
        ("some_thing-1.0-cp312-cp312-win_amd64.whl", True),
        ("some_thing-1.0+cpu-cp312-cp312-win_amd64.whl", False),
        ("some_thing-1.0-cp38-abi3-macosx_11_0_arm64.whl", True),
        ("some_thing-1.0-cp314-cp314t-musllinux_1_2_aarch64.whl", True),
        ("some_thing-1.0-cp310-cp310-manylinux_2_28_x86_64.whl", False),
        ("some_thing-1.0-pp311-pypy311_pp73-win_amd64.whl", False),
        ("some_thing-1.0-py2-none-any.whl", False),
        ("some_thing-1.0.1.tar.gz", False),
        ("other-1.0.tar.gz", False),
        ("some_thing-1.0.exe", False),
    ],
)
def test_the_files_of_a_release_are_those_that_our_pythons_may_take(
    file: str, wanted: bool
) -> None:
    assert _is_of(Pin("some-thing", "1.0"), file) is wanted


def test_torch_is_the_build_for_processors_where_the_usual_one_needs_a_graphics_card() -> None:
    builds = {pin.version: pin.marker for pin in read() if pin.key == "torch"}
    plain, cpu = sorted(builds, key=len)
    assert cpu == f"{plain}+cpu"
    linux = {"sys_platform": "linux", "platform_machine": "x86_64"}
    for other in (linux, {**linux, "platform_machine": "aarch64"}, {"sys_platform": "darwin"}):
        chosen = [v for v, marker in builds.items() if Marker(marker).evaluate(other)]
        assert chosen == [cpu if other == linux else plain]


def test_an_interpreter_is_told_by_its_tag() -> None:
    assert _fits("cp39", "abi3") and not _fits("cp39", "cp39") and not _fits("pp311", "abi3")


@pytest.mark.parametrize(
    ("said", "fits", "why"),
    [
        ("MIT", True, ""),
        ("Apache License, Version 2.0", True, ""),
        ("The BSD 2-Clause License", True, ""),
        ("3-Clause BSD License", True, ""),
        ("Apache-2.0 AND (MIT OR GPL-3.0-only)", True, ""),
        ("MPL-2.0", True, UNCHANGED),
        ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", True, UNCHANGED),
        ("GPL-3.0-only", False, ""),
        ("MIT AND AGPL-3.0-or-later", False, ""),
        ("Proprietary", False, ""),
        ("", False, ""),
    ],
)
def test_a_licence_fits_if_it_goes_with_ours(said: str, fits: bool, why: str) -> None:
    assert judged(said) == (fits, why)


def test_the_licences_of_all_packages_go_with_ours_or_the_reason_is_written_down() -> None:
    found = of(read())
    assert len(found) > 100
    assert [one for one in found if not one.fits] == []
    with pytest.raises(EvaluationError, match="installed"):
        of([Pin("no-such-package-anywhere", "1")])


def test_the_bill_lists_every_package_and_model_once_with_licence_and_who_needs_whom() -> None:
    pins = read()
    held = bill(pins)
    assert (held["bomFormat"], held["specVersion"]) == ("CycloneDX", "1.6")
    refs = [one["bom-ref"] for one in held["components"]]
    assert len(refs) == len(set(refs)) == len(pins) + len(MODELS)
    needed = {one["ref"]: one["dependsOn"] for one in held["dependencies"]}
    assert set(needed) == {"footnote", *refs[: len(pins)]}
    assert all(ref in refs for many in needed.values() for ref in many)
    fastapi = next(ref for ref in refs if ref.startswith("pkg:pypi/fastapi@"))
    assert any("starlette@" in ref for ref in needed[fastapi])
    assert held == bill(pins)  # the same wherever and whenever it is made


def test_the_commands_say_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sbom", "--out", str(tmp_path / "bill.json")]) == 0
    assert main(["licences"]) == 0
    said = capsys.readouterr().out
    assert "components" in said and "0 whose licence does not fit" in said
