"""The local language model: llama.cpp inside this process, through xllamacpp, which answers on a
loopback address as an OpenAI-compatible server. The only door of `xllamacpp`.
"""

import os
from pathlib import Path

from qa.errors import ModelError

CONTEXT_TOKENS = 4096  # shared by the slots: two long conversations at once have half of it each
SLOTS = 2  # so that the prompt that rewrites questions does not push out the one that answers them
READ_AT_ONCE = 128  # tokens; each costs 0.6 MiB of logits, and more are not read faster
KEPT_STATES = 64  # MiB of prompts already read; without a limit they grow with every question


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
        params.load_mode = llama.llama_load_mode.LLAMA_LOAD_MODE_NONE  # mapped, it is held twice:
        # as the file and as the copy that llama.cpp makes for this processor's instructions
        params.n_ctx = CONTEXT_TOKENS
        params.n_parallel = SLOTS
        params.kv_unified = True
        params.n_ubatch = READ_AT_ONCE
        params.cache_ram_mib = KEPT_STATES
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
