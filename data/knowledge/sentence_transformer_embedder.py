"""Embeddings from a sentence-transformers model in this process: the default, and it needs no network."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial

import numpy as np

from data.knowledge.embedder import Embeddings
from data.knowledge.embedding_worker import EmbeddingWorker, document_batches
from data.knowledge.query_cache import QueryCache
from data.knowledge.sentence_transformer_model import canonical_name, load_model

WARM_WORDS = 24
"""Questions have hardly more words. A follow-up is searched in two forms at once."""


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
        """Load the model, and run it on texts as long as questions are: the first run of every length is slower.

        Raises:
            ConfigurationError: The model cannot be loaded.
        """
        for length in range(1, WARM_WORDS + 1):
            text = " ".join(["warm"] * length)
            for texts in ((text,), (text, text)):
                await asyncio.wrap_future(self._worker.submit_query(*texts))

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        """Embed document chunks in order; see `Embedder.embed`."""
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        parts = []
        for batch in document_batches(texts):
            parts.append(await asyncio.wrap_future(self._worker.submit_documents(batch)))
        return np.concatenate(parts)

    async def embed_query(self, text: str) -> Embeddings:
        """Embed one question; see `Embedder.embed_query`.

        A waiter that gives up loses nothing if the model was already at it: the vector goes to the cache.
        """
        return (await self.embed_queries([text]))[0]

    async def embed_queries(self, texts: Sequence[str]) -> tuple[Embeddings, ...]:
        """Embed a few forms of one question in one run; see `Embedder.embed_queries`."""
        wanted = [" ".join(text.split()) for text in texts]
        vectors = {text: self._cache.get(text) for text in wanted}
        absent = [text for text, vector in vectors.items() if vector is None]
        if absent:
            future = self._worker.submit_query(*absent)
            future.add_done_callback(partial(self._remember, absent))
            made: Embeddings = await asyncio.wrap_future(future)
            vectors.update(zip(absent, made, strict=True))
        return tuple(vector for text in wanted if (vector := vectors[text]) is not None)

    async def close(self) -> None:
        """Drop what waits and end the thread; safe to call twice."""
        await asyncio.to_thread(self._worker.close)

    def _remember(self, texts: Sequence[str], future: "Future[Embeddings]") -> None:
        if not future.cancelled() and future.exception() is None:
            vectors = future.result()
            vectors.setflags(write=False)
            for text, vector in zip(texts, vectors, strict=True):
                self._cache.put(text, vector)
