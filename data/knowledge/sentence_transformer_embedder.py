"""Embeddings from a sentence-transformers model in this process: the default, and it needs no network."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial

import numpy as np

from data.knowledge.embedder import Embeddings
from data.knowledge.embedding_worker import DOCUMENT_BATCH, EmbeddingWorker
from data.knowledge.query_cache import QueryCache
from data.knowledge.sentence_transformer_model import canonical_name, load_model


class SentenceTransformerEmbedder:
    """An `Embedder` whose model is loaded at the first use or at `warm()`, in its own thread.

    Args:
        model: `EMBED_MODEL`: a name on the model hub (MiniLM comes packaged), or a local directory.
        cache_size: Most questions whose vectors are remembered.
        max_waiting: Most texts that may wait for the model before `CapacityError`.
    """

    def __init__(self, model: str, *, cache_size: int = 1024, max_waiting: int = 256) -> None:
        self._model_name = canonical_name(model)
        self._cache = QueryCache(cache_size)
        self._worker = EmbeddingWorker(partial(load_model, model), max_waiting=max_waiting)

    @property
    def model_name(self) -> str:
        """The model's canonical name."""
        return self._model_name

    async def warm(self) -> None:
        """Load the model and run it once (the first run is ten times slower).

        Raises:
            ConfigurationError: The model cannot be loaded.
        """
        await asyncio.wrap_future(self._worker.submit_query("warm"))

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        """Embed document chunks in order; see `Embedder.embed`."""
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        parts = []
        for begin in range(0, len(texts), DOCUMENT_BATCH):
            batch = list(texts[begin : begin + DOCUMENT_BATCH])
            parts.append(await asyncio.wrap_future(self._worker.submit_documents(batch)))
        return np.concatenate(parts)

    async def embed_query(self, text: str) -> Embeddings:
        """Embed one question; see `Embedder.embed_query`.

        A waiter that gives up loses nothing if the model was already at it: the vector goes to the cache.
        """
        text = " ".join(text.split())
        cached = self._cache.get(text)
        if cached is not None:
            return cached
        future = self._worker.submit_query(text)
        future.add_done_callback(partial(self._remember, text))
        vector: Embeddings = (await asyncio.wrap_future(future))[0]
        return vector

    async def close(self) -> None:
        """Drop what waits and end the thread; safe to call twice."""
        await asyncio.to_thread(self._worker.close)

    def _remember(self, text: str, future: "Future[Embeddings]") -> None:
        if not future.cancelled() and future.exception() is None:
            vectors = future.result()
            vectors.setflags(write=False)
            self._cache.put(text, vectors[0])
