"""The passage indexes of the agents that are talked to: made when needed, renewed when documents change.

Nobody waits for one longer than they want to. Until an index is there, a question is answered by the vector store
alone; until a new one is made, by the old one, and what was deleted meanwhile is found out by asking the store.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np
from loguru import logger

from config.errors import PhoneAgentError
from data.knowledge.bounded_executor import BoundedExecutor
from data.knowledge.embedder import Embedder, Embeddings
from data.knowledge.passage_cache import PassageCache
from data.knowledge.passage_index import PassageIndex
from data.knowledge.passages import passages_of
from data.knowledge.vector_store import VectorEntry, VectorStore

MOST_CHUNKS = 60_000
"""In memory, of all agents together: four to five KB each with MiniLM. The agent unused for longest goes first."""

SMALL = 1000
"""Chunks of an agent whose index is renewed at once; that of a larger one at the next question, since a long
ingestion would make it again for each of its documents."""


class PassageIndexes:
    """Passage indexes by agent.

    Args:
        embedder: Makes the passages' vectors, behind waiting questions.
        store: Holds the chunks.
        cache: Keeps the passages' vectors over a restart; None keeps them nowhere.
        most_chunks: Bound of memory.
    """

    def __init__(
        self, embedder: Embedder, store: VectorStore, cache: PassageCache | None, *, most_chunks: int = MOST_CHUNKS
    ) -> None:
        self._embedder = embedder
        self._store = store
        self._cache = cache
        self._most_chunks = most_chunks
        self._executor = BoundedExecutor("passages")
        self._indexes: OrderedDict[str, PassageIndex] = OrderedDict()
        self._vectors: dict[str, dict[str, Embeddings]] = {}
        self._on_disk: dict[str, frozenset[str]] = {}
        self._changes: dict[str, int] = {}
        """How often an agent's chunks have changed."""
        self._shown: dict[str, int] = {}
        """Of them, how many the agent's index shows."""
        self._builds: dict[str, asyncio.Task[None]] = {}

    async def get(self, agent_id: str, *, wait_seconds: float) -> PassageIndex | None:
        """An agent's index, the newest that is there after waiting; None if there is none yet."""
        deadline = time.monotonic() + wait_seconds
        # Twice, because one that is being made may have begun before the last change.
        for _ in range(2):
            if not self._is_current(agent_id):
                build = self._begin(agent_id)
                await asyncio.wait([build], timeout=max(0.0, deadline - time.monotonic()))
        index = self._indexes.get(agent_id)
        if index is not None:
            self._indexes.move_to_end(agent_id)
        return index

    def current(self, agent_id: str) -> PassageIndex | None:
        """An agent's index, if it shows all changes of the agent's chunks that this process has made."""
        return self._indexes[agent_id] if self._is_current(agent_id) else None

    async def warm(self) -> None:
        """Import what building needs, so that the first caller does not wait for it."""
        await self._executor.run(
            lambda: PassageIndex([VectorEntry("", "", "", "warm", 0, np.zeros(1, dtype=np.float32))], [None])
        )

    async def prepare(self, agent_id: str, entries: Sequence[VectorEntry]) -> None:
        """Embed the passages of chunks that were just stored, and have the index renewed.

        Raises:
            CapacityError: Too much is waiting for the embedder.
        """
        vectors = await self._embed(entries)
        self._vectors.setdefault(agent_id, {}).update(vectors)
        self.changed(agent_id)
        known = self._indexes.get(agent_id)
        if known is None or len(known) <= SMALL:
            self._begin(agent_id)

    def changed(self, agent_id: str) -> None:
        """An agent's chunks are others than before; the index is renewed if it is in use."""
        self._changes[agent_id] = self._changes.get(agent_id, 0) + 1

    async def forget(self, agent_id: str) -> None:
        """An agent is gone."""
        self.changed(agent_id)
        build = self._builds.get(agent_id)
        if build is not None:
            # It has read what is gone.
            build.cancel()
            await asyncio.gather(build, return_exceptions=True)
        self._indexes.pop(agent_id, None)
        self._vectors.pop(agent_id, None)
        self._on_disk.pop(agent_id, None)
        self._shown.pop(agent_id, None)
        if self._cache is not None:
            cache = self._cache
            await self._executor.run(lambda: cache.delete(agent_id))

    async def forget_other_models(self, agent_id: str) -> None:
        """What other embedding models made of an agent's passages is not needed any more."""
        if self._cache is not None:
            cache = self._cache
            await self._executor.run(lambda: cache.delete_other_models(agent_id))

    async def close(self) -> None:
        """End what is being made; safe to call twice."""
        builds = list(self._builds.values())
        for build in builds:
            build.cancel()
        await asyncio.gather(*builds, return_exceptions=True)
        await self._executor.close()

    def _is_current(self, agent_id: str) -> bool:
        return agent_id in self._indexes and self._shown.get(agent_id) == self._changes.get(agent_id, 0)

    def _begin(self, agent_id: str) -> "asyncio.Task[None]":
        build = self._builds.get(agent_id)
        if build is None:
            build = asyncio.get_running_loop().create_task(self._build(agent_id), name="passage-index")
            self._builds[agent_id] = build
            build.add_done_callback(lambda _: self._builds.pop(agent_id, None))
        return build

    async def _build(self, agent_id: str) -> None:
        """Make an index of what is in the store now, and once more when all passages have vectors."""
        try:
            shown = self._changes.get(agent_id, 0)
            entries = await self._store.entries(agent_id)
            vectors = await self._known(agent_id)
            absent = [entry for entry in entries if entry.chunk_id not in vectors]
            await self._install(agent_id, entries, vectors)
            self._shown[agent_id] = shown
            if absent:
                vectors.update(await self._embed(absent))
                await self._install(agent_id, entries, vectors)
            self._vectors[agent_id] = {entry.chunk_id: vectors[entry.chunk_id] for entry in entries}
            await self._keep(agent_id)
        except PhoneAgentError as error:
            # Questions are answered without it meanwhile, and the next one tries again.
            self._shown.pop(agent_id, None)
            logger.bind(agent_id=agent_id, failure=error.code).warning("No passage index could be made.")

    async def _keep(self, agent_id: str) -> None:
        """Write an agent's vectors to disk, if they are others than those that are there."""
        vectors = self._vectors[agent_id]
        if self._cache is not None and vectors and vectors.keys() != self._on_disk.get(agent_id):
            cache = self._cache
            await self._executor.run(lambda: cache.write(agent_id, vectors))
            self._on_disk[agent_id] = frozenset(vectors)

    async def _known(self, agent_id: str) -> dict[str, Embeddings]:
        vectors = dict(self._vectors.get(agent_id, {}))
        if self._cache is not None and agent_id not in self._indexes:
            cache = self._cache
            read = await self._executor.run(lambda: cache.read(agent_id))
            self._on_disk[agent_id] = frozenset(read)
            vectors = {**read, **vectors}
        return vectors

    async def _install(
        self, agent_id: str, entries: Sequence[VectorEntry], vectors: Mapping[str, Embeddings]
    ) -> None:
        given = [vectors.get(entry.chunk_id) for entry in entries]
        self._indexes[agent_id] = await self._executor.run(lambda: PassageIndex(entries, given))
        self._indexes.move_to_end(agent_id)
        while len(self._indexes) > 1 and sum(map(len, self._indexes.values())) > self._most_chunks:
            dropped, _ = self._indexes.popitem(last=False)
            self._vectors.pop(dropped, None)

    async def _embed(self, entries: Sequence[VectorEntry]) -> dict[str, Embeddings]:
        passages = [passages_of(entry.title, entry.text) for entry in entries]
        vectors = await self._embedder.embed([part for parts in passages for part in parts])
        found: dict[str, Embeddings] = {}
        begin = 0
        for entry, parts in zip(entries, passages, strict=True):
            found[entry.chunk_id] = vectors[begin : begin + len(parts)].astype(np.float16)
            begin += len(parts)
        return found
