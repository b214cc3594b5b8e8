"""What a run was made with: the commit, the versions, the hashes of the models. Reads; decides
nothing. What cannot be told is left out.
"""

import hashlib
import platform
import subprocess
from importlib import metadata
from pathlib import Path

from index import IndexSettings, WeightsError, weights
from qa import AnsweringSettings
from qa.reader import ADAPTER

ROOT = Path(__file__).parents[2]
PACKAGES = ("torch", "sentence-transformers", "llama-index-core", "chromadb", "xllamacpp")


def commit() -> str:
    """Return the commit of this checkout, with "+" where files differ from it; "" outside one."""
    found = _git("rev-parse", "HEAD")
    changed = "+" if found and _git("status", "--porcelain", "--untracked-files=no") else ""
    return found[:12] + changed


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that answers depend on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def models_of(settings: AnsweringSettings, *, reader: bool = True) -> dict[str, str]:
    """Return the models by role, each with the SHA-256 of its weights where it is known."""
    embedding = IndexSettings.from_environment().embedding
    found = {"embedding": _hashed(embedding)}
    if reader and ADAPTER.exists():
        digest = hashlib.sha256(ADAPTER.read_bytes()).hexdigest()
        found["reader"] = f"{ADAPTER.name} sha256:{digest}"
    if settings.endpoint:
        found["language"] = f"{settings.model} at an endpoint"
    elif not settings.extractive:
        found["language"] = _hashed(settings.model)
    return found


def _hashed(name: str) -> str:
    """Name a model of ours with the hash of its largest file, which holds the weights."""
    try:
        model = weights.resolve(name)
    except WeightsError:
        return name
    largest = max(model.files, key=lambda file: file.size)
    return f"{model.name} sha256:{largest.sha256}"


def _git(*arguments: str) -> str:
    command = ["git", "--no-optional-locks", "-C", str(ROOT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
