"""Ingests a document and stands still at a certain step, to be killed there; run by `test_killed_ingest`."""

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data.database import Database
from data.knowledge.database_storage import knowledge_storage
from data.knowledge.documents import make_document
from data.knowledge.embedder import Embeddings
from data.knowledge.faiss_store import FaissVectorStore
from data.knowledge.ingest import KnowledgeIngestor
from data.knowledge.vector_store import VectorEntry
from data.workspaces import DEFAULT_WORKSPACE_ID

TEXT = make_document("\n\n".join(f"# Part {n}\n\nText of part {n}." for n in range(300)), filename="book.md")


class FlatEmbedder:
    """Every vector is the same; stands still at the second batch if told to."""

    model_name = "flat"

    def __init__(self, *, stops: bool = False) -> None:
        self._stops = stops
        self._batches = 0

    async def warm(self) -> None:
        return

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        self._batches += 1
        if self._stops and self._batches == 2:
            stand_still()
        return np.tile(np.array([[1, 0]], dtype=np.float32), (len(texts), 1))

    async def embed_query(self, text: str) -> Embeddings:
        return np.array([1, 0], dtype=np.float32)

    async def embed_queries(self, texts: Sequence[str]) -> tuple[Embeddings, ...]:
        return tuple(await self.embed(texts))

    async def close(self) -> None:
        return


class StoppingStore(FaissVectorStore):
    """Takes one batch of chunks, and stands still at the next."""

    async def upsert(self, agent_id: str, entries: Sequence[VectorEntry]) -> None:
        if await self.count(agent_id):
            stand_still()
        await super().upsert(agent_id, entries)


def stand_still() -> None:
    sys.stdout.write("here\n")
    sys.stdout.flush()
    time.sleep(60)


async def main(folder: Path, agent_id: str, step: str) -> None:
    database = Database(f"sqlite:///{folder / 'test.db'}")
    kind = StoppingStore if step == "publishing" else FaissVectorStore
    embedder = FlatEmbedder(stops=step == "embedding")
    work = KnowledgeIngestor(knowledge_storage(database), embedder, kind(folder / "faiss", "flat"))
    await work.ingest(DEFAULT_WORKSPACE_ID, agent_id, TEXT)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
