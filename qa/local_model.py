"""The local language model: llama.cpp inside this process, through xllamacpp, which answers on a
loopback address as an OpenAI-compatible server. The only door of `xllamacpp`.
"""

import os
from pathlib import Path

from qa.errors import ModelError

CONTEXT_TOKENS = 4096
PARALLEL = 2


class LocalServer:
    """A running server for one GGUF file; it ends with the process or with `close`."""

    def __init__(self, weights: Path, *, threads: int | None = None) -> None:
        """Load the weights and start to listen.

        Raises:
            ModelError: the file is no usable model, or memory is short.
        """
        import xllamacpp as llama

        params = llama.CommonParams()
        params.model.path = str(weights)
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.n_ctx = CONTEXT_TOKENS * PARALLEL
        params.n_parallel = PARALLEL
        params.cpuparams.n_threads = threads or os.cpu_count() or 2
        params.cpuparams_batch.n_threads = threads or os.cpu_count() or 2
        params.verbosity = -1
        params.warmup = True
        params.speculative.types = [
            llama.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE
        ]
        try:
            self._server = llama.Server(params)
            self.address: str = self._server.listening_address
        except Exception as error:
            raise ModelError(
                f"The language model {weights.name!r} could not be started ({error}). Check it "
                "with `python -m index weights --verify`, free some memory, or use `--extractive`."
            ) from error

    def close(self) -> None:
        """Stop the server and free its memory."""
        del self._server
