"""Embedding spread over a Ray cluster: workers hold the model, one process writes. What is stored is
what a plain sync stores; a worker that dies is started anew and its texts are given out again. The
only door of `ray`, which is an extra: `pip install 'footnote[ray]'`.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import TextNode
from pydantic import PrivateAttr

from index.embedding import Embedding, embed_passages
from index.errors import IndexingError
from index.settings import IndexSettings

SHARE = 16  # passages given to a worker at once
STORE = 128 * 2**20  # bytes of Ray's object store where the cluster is started here
Make = Callable[[], BaseEmbedding]


class Spread(BaseEmbedding):
    """An embedding whose passages are embedded by the workers of a cluster, questions here."""

    inner: BaseEmbedding
    workers: int = 2
    _pool: list[Any] = PrivateAttr(default_factory=list)
    _ray: Any = PrivateAttr(default=None)

    @classmethod
    def over(
        cls, inner: BaseEmbedding, make: Make, *, workers: int, address: str | None = None
    ) -> "Spread":
        """Start the workers.

        Args:
            inner: the same embedding here, for questions and for counting tokens.
            make: makes it in a worker; it and what it holds are sent there.
            workers: how many.
            address: of a running cluster ("auto" finds one here); `None` starts one here.

        Raises:
            IndexingError: Ray is not installed, or there is no cluster.
        """
        ray = _started(address, workers)
        spread = cls(inner=inner, workers=workers, model_name=inner.model_name)
        spread._ray = ray
        hire = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=-1)(_Worker)
        spread._pool = [hire.remote(make, _threads(workers, address)) for _ in range(workers)]
        return spread

    @property
    def at_once(self) -> int:
        """How many passages keep all workers busy."""
        return 2 * SHARE * self.workers

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers."""
        found: list[int] = self._ray.get([worker.pid.remote() for worker in self._pool])
        return found

    def passages(self, nodes: Sequence[TextNode]) -> np.ndarray:
        """Embed passages: float32 of shape (len(nodes), dimension), in order.

        Raises:
            IndexingError: the cluster is gone.
        """
        asked = [
            self._pool[at // SHARE % len(self._pool)].embed.remote(list(nodes[at : at + SHARE]))
            for at in range(0, len(nodes), SHARE)
        ]
        try:
            parts: list[np.ndarray] = self._ray.get(asked)
        except self._ray.exceptions.RayError as error:
            raise IndexingError(
                f"The Ray cluster could not embed ({str(error).splitlines()[0]}); check that it "
                "runs and that its machines have the model, then sync again: it goes on from here."
            ) from error
        return np.concatenate(parts)

    def close(self) -> None:
        """Let the workers go; a cluster that was started here ends."""
        for worker in self._pool:
            self._ray.kill(worker)
        self._pool.clear()
        self._ray.shutdown()

    def _get_query_embedding(self, query: str) -> list[float]:
        return list(self.inner.get_query_embedding(query))

    def _get_text_embedding(self, text: str) -> list[float]:
        return list(self.inner.get_text_embedding(text))

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


@contextmanager
def spread(settings: IndexSettings, *, address: str, workers: int) -> Iterator[Spread]:
    """Spread the embedding that the settings name, for as long as this is entered.

    Args:
        settings: the machines of the cluster have what they name at the same place.
        address: of a running cluster; "auto" finds one here, "local" starts one here.
        workers: how many processes hold the model.

    Raises:
        IndexingError: Ray is not installed, or there is no cluster.
    """
    make = partial(Embedding.of, settings)
    where = None if address == "local" else address
    made = Spread.over(make(), make, workers=workers, address=where)
    try:
        yield made
    finally:
        made.close()


class _Worker:
    """What runs in a worker's process."""

    def __init__(self, make: Make, threads: int) -> None:
        self._embedding = make()
        self._threads = threads

    def embed(self, nodes: list[TextNode]) -> np.ndarray:
        rows = embed_passages(self._embedding, nodes)
        if torch := sys.modules.get("torch"):
            torch.set_num_threads(self._threads)  # the model took all of them when it was loaded
        return rows

    def pid(self) -> int:
        return os.getpid()


def _threads(workers: int, address: str | None) -> int:
    return max(1, (os.cpu_count() or 1) // workers) if address is None else 1


def _started(address: str | None, workers: int) -> Any:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
    except ImportError as error:
        raise IndexingError(
            "Ray is not installed; run `pip install ray`, or sync without a cluster."
        ) from error
    here = {"num_cpus": workers, "object_store_memory": STORE, "include_dashboard": False}
    try:
        ray.init(address or "local", log_to_driver=False, **({} if address else here))
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise IndexingError(
            f"There is no Ray cluster at {address or 'local'!r} ({str(error).splitlines()[0]}); "
            "start one with `ray start --head` and name its address."
        ) from error
    return ray
