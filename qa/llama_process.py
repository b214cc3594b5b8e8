"""The process of the local language model: llama.cpp through xllamacpp, which answers on a loopback
address as an OpenAI-compatible server. `qa/local_model.py` starts it; it ends when its standard
input does, so also when whoever started it was killed. The only door of `xllamacpp`.
"""

import json
import os
import signal
import sys
from typing import Any

CONTEXT_TOKENS = 4096  # shared by the slots: two long conversations at once have half of it each
SLOTS = 2  # so that the prompt that rewrites questions does not push out the one that answers them
READ_AT_ONCE = 128  # tokens; each costs 0.6 MiB of logits, and more are not read faster
COPIED, DRAFTED = 8, 12  # tokens that repeat the prompt, until as many more are guessed from it
KEPT_STATES = 64  # MiB of prompts already read; without a limit they grow with every question


def parameters(weights: str, threads: int) -> Any:
    """Return what llama.cpp is started with: `weights` names a GGUF file."""
    import xllamacpp as llama

    params = llama.CommonParams()
    params.model.path = weights
    # Mapped, the weights are held twice: as the file and as the copy that llama.cpp makes for the
    # instructions of this processor.
    params.load_mode = llama.llama_load_mode.LLAMA_LOAD_MODE_NONE
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = SLOTS
    params.kv_unified = True
    params.n_batch = READ_AT_ONCE  # whoever leaves is noticed between two of these
    params.n_ubatch = READ_AT_ONCE
    params.cache_ram_mib = KEPT_STATES
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.verbosity = -1
    params.warmup = True
    params.speculative.types = [llama.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
    params.speculative.ngram_simple.size_n = COPIED
    params.speculative.ngram_simple.size_m = DRAFTED
    return params


def shape() -> list[str]:
    """Return the same as options of a llama-server: context, batches, memory, and guessing."""
    return [
        "--ctx-size", str(CONTEXT_TOKENS), "--parallel", str(SLOTS), "--kv-unified",
        "--batch-size", str(READ_AT_ONCE), "--ubatch-size", str(READ_AT_ONCE), "--cache-ram", str(KEPT_STATES),
        "--spec-type", "ngram-simple", "--spec-ngram-simple-size-n", str(COPIED),
        "--spec-ngram-simple-size-m", str(DRAFTED),
    ]  # fmt: skip


def main(weights: str, threads: str) -> None:
    """Serve until standard input ends; the first line of output tells the address, or the error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which ends us in turn
    told = os.dup(1)
    os.dup2(2, 1)  # whatever llama.cpp prints is no part of what we tell
    try:
        import xllamacpp as llama

        server = llama.Server(parameters(weights, int(threads)))
        said = {"address": server.listening_address}
    except Exception as error:  # told to the parent, which knows what to do
        said = {"error": " ".join(str(error).split())}
    os.write(told, json.dumps(said).encode() + b"\n")
    os.close(told)
    if "address" in said:
        sys.stdin.buffer.read()
    os._exit(0)  # llama.cpp's threads would be waited for


if __name__ == "__main__":
    main(*sys.argv[1:])
