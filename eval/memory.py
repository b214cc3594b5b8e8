"""How much memory this process took at most."""

import platform
from contextlib import suppress


def peak_memory() -> float | None:
    """Return the most MiB this process had resident so far; `None` where the system does not say."""
    with suppress(ImportError):
        import resource  # Unix only

        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return float(round(used / (2**20 if platform.system() == "Darwin" else 2**10), 1))
    return None
