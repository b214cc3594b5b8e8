"""What a killed process leaves behind while it writes: hidden files under names of ours, which the
next writer of the same folder removes once nobody can be writing them any more.
"""

import re
import secrets
import time
from contextlib import suppress
from pathlib import Path

STALE = 3600.0  # seconds after which a file in the making has no maker
_OURS = re.compile(r"\..+\.[0-9a-f]{8}\.part")


def in_the_making(target: Path) -> Path:
    """Return the hidden path beside `target` under which one writer makes it."""
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")


def sweep(folder: Path) -> None:
    """Remove what killed writers have left in a folder."""
    with suppress(OSError):
        for path in folder.iterdir():
            if _OURS.fullmatch(path.name) and time.time() - path.stat().st_mtime > STALE:
                path.unlink(missing_ok=True)
