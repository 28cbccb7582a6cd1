"""Real knowledge to measure: embedded Chroma in a folder, the real model, documents stored without ingestion."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from bench.retrieval.laboratory import Passage
from data.knowledge.chroma_store import ChromaVectorStore
from data.knowledge.embedder import Embedder, Embeddings
from data.knowledge.factory import Knowledge, assemble_knowledge
from data.knowledge.vector_store import VectorEntry

_NOISE = 0.5


@asynccontextmanager
async def open_knowledge(embedder: Embedder, folder: Path) -> AsyncIterator[Knowledge]:
    """Knowledge in a folder of its own; the embedder is left open."""
    store = ChromaVectorStore(folder / "chroma", embedder.model_name)
    knowledge = assemble_knowledge(embedder, store)
    await knowledge.store.warm()
    await embedder.warm()
    try:
        yield knowledge
    finally:
        await knowledge.retriever.close()
        await knowledge.store.close()


async def store_chunks(knowledge: Knowledge, agent_id: str, chunks: Sequence[Passage]) -> None:
    """Put chunks into an agent's collection; their document is the agent."""
    vectors = await knowledge.embedder.embed([chunk.text for chunk in chunks])
    entries = [
        VectorEntry(f"{agent_id}-{position}", agent_id, chunk.title, chunk.text, position, vector)
        for position, (chunk, vector) in enumerate(zip(chunks, vectors, strict=True))
    ]
    await knowledge.store.upsert(agent_id, entries)


class QuickDocuments:
    """An `Embedder` that really embeds questions, and gives documents vectors at once.

    Ten thousand chunks take the model minutes, and how long a search takes does not depend on what they say. Their
    vectors are those of real chunks, with noise.

    Args:
        embedder: For the questions.
        samples: Vectors of real chunks.
    """

    def __init__(self, embedder: Embedder, samples: Embeddings) -> None:
        self._embedder = embedder
        self._samples = samples
        self._random = np.random.default_rng(7)

    @property
    def model_name(self) -> str:
        """See `Embedder.model_name`."""
        return self._embedder.model_name

    async def warm(self) -> None:
        """See `Embedder.warm`."""
        await self._embedder.warm()

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        """Some vectors."""
        chosen = self._samples[self._random.integers(0, len(self._samples), len(texts))]
        noise = self._random.standard_normal(chosen.shape, dtype=np.float32) / np.sqrt(chosen.shape[1])
        vectors = chosen + np.float32(_NOISE) * noise
        given: Embeddings = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return given

    async def embed_query(self, text: str) -> Embeddings:
        """See `Embedder.embed_query`."""
        return await self._embedder.embed_query(text)

    async def embed_queries(self, texts: Sequence[str]) -> tuple[Embeddings, ...]:
        """See `Embedder.embed_queries`."""
        return await self._embedder.embed_queries(texts)

    async def close(self) -> None:
        """The real embedder is somebody else's."""
