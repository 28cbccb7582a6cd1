"""Embeddings from another machine or process: cached, batched, tried again, and never more at once than agreed."""

import asyncio
from collections.abc import Sequence

import numpy as np
from loguru import logger

from config.errors import VendorError
from data.knowledge.embedder import Embeddings
from data.knowledge.embedding_endpoint import EmbeddingEndpoint
from data.knowledge.query_cache import QueryCache

DOCUMENT_BATCH = 32
AT_ONCE = 4
TRIES = 3
FIRST_PAUSE_SECONDS = 0.5


class RemoteEmbedder:
    """An `Embedder` over an `EmbeddingEndpoint`.

    Args:
        endpoint: The vendor; closed with this.
        cache_size: Most questions whose vectors are remembered.
        first_pause_seconds: Before documents are tried again; doubled each time. Questions are not: their caller
            does not wait that long.
    """

    def __init__(
        self,
        endpoint: EmbeddingEndpoint,
        *,
        cache_size: int = 1024,
        first_pause_seconds: float = FIRST_PAUSE_SECONDS,
    ) -> None:
        self._endpoint = endpoint
        self._cache = QueryCache(cache_size)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._first_pause_seconds = first_pause_seconds

    @property
    def model_name(self) -> str:
        """Vendor and model."""
        return self._endpoint.model_name

    async def warm(self) -> None:
        """Embed a word, so that the vendor loads the model; that a vendor is away is no reason not to start."""
        try:
            await self._fetch(["warm"])
        except VendorError as error:
            logger.bind(model=self.model_name).warning(
                "{} Until it answers, calls are answered without documents.", error.message
            )

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        """Embed document chunks in order; see `Embedder.embed`.

        Raises:
            VendorError: The vendor failed three times, or refused.
        """
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        parts = [
            await self._patiently(texts[begin : begin + DOCUMENT_BATCH])
            for begin in range(0, len(texts), DOCUMENT_BATCH)
        ]
        return np.concatenate(parts)

    async def embed_query(self, text: str) -> Embeddings:
        """Embed one question; see `Embedder.embed_query`."""
        return (await self.embed_queries([text]))[0]

    async def embed_queries(self, texts: Sequence[str]) -> tuple[Embeddings, ...]:
        """Embed a few forms of one question in one request; see `Embedder.embed_queries`."""
        wanted = [" ".join(text.split()) for text in texts]
        vectors = {text: self._cache.get(text) for text in wanted}
        absent = [text for text, vector in vectors.items() if vector is None]
        if absent:
            fetched = await self._fetch(absent)
            fetched.setflags(write=False)
            for text, vector in zip(absent, fetched, strict=True):
                self._cache.put(text, vector)
                vectors[text] = vector
        return tuple(vector for text in wanted if (vector := vectors[text]) is not None)

    async def close(self) -> None:
        """Close the connections; safe to call twice."""
        await self._endpoint.close()

    async def _patiently(self, texts: Sequence[str]) -> Embeddings:
        pause = self._first_pause_seconds
        for attempt in range(1, TRIES + 1):
            try:
                return await self._fetch(texts)
            except VendorError as error:
                if error.permanent or attempt == TRIES:
                    raise
            await asyncio.sleep(pause)
            pause *= 2
        raise AssertionError("the last try returns or raises")

    async def _fetch(self, texts: Sequence[str]) -> Embeddings:
        async with self._slots:
            vectors = await self._endpoint.fetch(texts)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        # A vector of zeros is near to nothing, which is right for a text that means nothing to the model.
        unit: Embeddings = (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)
        return unit
