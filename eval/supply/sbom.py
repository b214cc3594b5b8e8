"""The bill of materials in CycloneDX 1.6 (JSON; OWASP, ECMA-424): each package with version, licence
and hashes, the models with theirs, and who needs whom. No time and no machine, so it is the same
wherever it is made of the same lock.
"""

import importlib.metadata
import re
import uuid
from collections.abc import Iterable
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from eval.supply.licences import stated
from eval.supply.pins import Pin
from index.models import MODELS, Model

_ROOT = "footnote"


def bill(pins: Iterable[Pin]) -> dict[str, Any]:
    """Return the bill of packages, and of the models that Footnote fetches."""
    held = list(pins)
    known = {pin.key: pin for pin in held}
    told = "\n".join(f"{pin.key}=={pin.version}" for pin in held)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, told)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": _ROOT,
                "name": _ROOT,
                "version": importlib.metadata.version("footnote") if _installed(_ROOT) else "0",
                "licenses": [{"expression": "Apache-2.0"}],
            }
        },
        "components": [*(_package(pin) for pin in held), *(_model(m) for m in MODELS.values())],
        "dependencies": [
            {"ref": _ROOT, "dependsOn": [_ref(pin) for pin in held]},
            *({"ref": _ref(pin), "dependsOn": _needs(pin, known)} for pin in held),
        ],
    }


def _package(pin: Pin) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": _ref(pin),
        "name": pin.name,
        "version": pin.version,
        "purl": _ref(pin),
        "hashes": [{"alg": "SHA-256", "content": one} for one in pin.hashes],
    }
    if _installed(pin.name):
        held = importlib.metadata.metadata(pin.name)
        said = stated(held)
        if "license_expression" in held.json:
            made["licenses"] = [{"expression": said}]
        elif said:
            made["licenses"] = [{"license": {"name": said}}]
    return made


def _model(model: Model) -> dict[str, Any]:
    return {
        "type": "machine-learning-model",
        "bom-ref": f"model:{model.name}",
        "name": model.name,
        "version": model.files[0].sha256[:12],
        "licenses": [{"license": {"name": model.licence}}],
        "hashes": [{"alg": "SHA-256", "content": file.sha256} for file in model.files],
    }


def _needs(pin: Pin, known: dict[str, Pin]) -> list[str]:
    found = set()
    for said in importlib.metadata.requires(pin.name) or () if _installed(pin.name) else ():
        try:
            needed = Requirement(said)
        except InvalidRequirement:
            continue
        key = re.sub(r"[-_.]+", "-", needed.name).lower()
        if key in known and (needed.marker is None or needed.marker.evaluate({"extra": ""})):
            found.add(_ref(known[key]))
    return sorted(found)


def _ref(pin: Pin) -> str:
    return f"pkg:pypi/{pin.key}@{pin.version}"


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
