"""The hashes of a release's files, as the index that pip uses tells them: this asks through pip
itself, so that its configuration, certificates and proxies hold. The door of pip's inside.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version
from pip._internal.commands import create_command
from pip._internal.commands.download import DownloadCommand
from pip._internal.index.collector import parse_links

from eval.errors import EvaluationError
from eval.supply.pins import Pin

_OLDEST = 11  # of Python 3: see `requires-python` in pyproject.toml

Hashed = Callable[[Pin], Pin]


@contextmanager
def index() -> Iterator[Hashed]:
    """Give what adds to a pin the hashes of all files of its release.

    Raises:
        EvaluationError: the index has no such release, or does not tell a hash.
    """
    logging.getLogger("pip").setLevel(logging.ERROR)  # folders that it does not find are no matter
    command = create_command("download")
    assert isinstance(command, DownloadCommand)
    options, _ = command.parse_args(["anything"])
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(
            options=options, session=session, ignore_requires_python=True
        )
        collector = finder._link_collector

        def hashed(pin: Pin) -> Pin:
            found = dict(_local(pin, [Path(place) for place in options.find_links]))
            sources = collector.collect_sources(pin.key, candidates_from_page=lambda _: [])
            for source in sources.index_urls:
                page = collector.fetch_response(source.link) if source and source.link else None
                for link in parse_links(page) if page else ():
                    if _is_of(pin, link.filename):
                        found[link.filename] = _told(pin, link.filename, link.hash)
            if not found and pin.hashes:
                return pin  # a build that only a folder elsewhere holds
            if not found:
                raise EvaluationError(
                    f"No file of {pin.name}=={pin.version} is in pip's index; name another version."
                )
            return replace(pin, hashes=tuple(sorted(set(found.values()))))

        yield hashed


def _local(pin: Pin, places: list[Path]) -> Iterator[tuple[str, str]]:
    """Yield the files of folders that pip is told to look into, which may hold other builds."""
    for file in (file for place in places if place.is_dir() for file in place.iterdir()):
        if _is_of(pin, file.name):
            yield file.name, hashlib.sha256(file.read_bytes()).hexdigest()


def _told(pin: Pin, name: str, told: str | None) -> str:
    if told is None or len(told) != 64:
        raise EvaluationError(f"pip's index tells no SHA-256 of {name!r} ({pin.name}).")
    return told


def _is_of(pin: Pin, file: str) -> bool:
    """Tell whether a file is of this release and build, and of use to our Pythons."""
    try:
        if not file.endswith(".whl"):
            name, version = parse_sdist_filename(file)
            return name == pin.key and version == Version(pin.version)
        wheel, version, _, tags = parse_wheel_filename(file)
    except (InvalidSdistFilename, InvalidWheelFilename):
        return False
    same = wheel == pin.key and version == Version(pin.version)
    return same and any(_fits(tag.interpreter, tag.abi) for tag in tags)


def _fits(interpreter: str, abi: str) -> bool:
    """Tell whether CPython 3.11 or newer takes such a wheel."""
    if interpreter in ("py3", "py2.py3"):
        return True
    if not interpreter.startswith(("cp3", "py3")):
        return False
    minor = interpreter[3:]
    return abi == "abi3" or interpreter.startswith("py3") or int(minor or 0) >= _OLDEST
