"""The model hub, the last source of model weights: the same bytes, one file at a time.

This is the door of `huggingface_hub`, which may be missing or have no network.
"""

import logging
from pathlib import Path

from index.carriers import SourceUnavailable
from index.models import Model


def fetch(model: Model, into: Path) -> None:
    """Download the files of `model` into the folder `into`, each under its own path.

    Raises:
        SourceUnavailable: the hub cannot be reached, refuses, or its client is not installed.
    """
    try:
        from huggingface_hub import hf_hub_download
    except ImportError as error:
        raise SourceUnavailable("the hub's client is not installed") from error
    # Our own error says what its warnings would.
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    for file in model.files:
        try:
            hf_hub_download(model.hub, file.path, local_dir=into, etag_timeout=10)
        # Its errors have no common root: its own, httpx's, OSError and ValueError all occur.
        except Exception as error:
            reason = type(error).__name__
            raise SourceUnavailable(f"the model hub gave no {model.hub!r} ({reason})") from error
