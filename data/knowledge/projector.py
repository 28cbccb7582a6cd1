"""Brings what an agent answers from in line with the database: its collection, and what stands in its prompt.

The database is the truth and both are projections of it, so they can be thrown away at any time. Everything here
is done behind the gate: no question ever sees half a document, or an old one beside its successor.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.knowledge.agent_locks import AgentLocks
from data.knowledge.chunk_gate import ChunkGate
from data.knowledge.progress import ProgressListener
from data.knowledge.prompt_documents import PROMPT, PromptDocument, PromptShelf, choose
from data.knowledge.storage import KnowledgeStorage, OpenKnowledgeStorage
from data.knowledge.vector_store import VectorEntry, VectorStore
from data.knowledge_records import EmbeddedChunk

PUBLISH_BATCH = 200
"""Chunks handed to the store at once; between batches progress is told."""


@dataclass(frozen=True, slots=True)
class Projection:
    """What had to be done to bring an agent's collection in line with the database, in chunks."""

    added: int
    removed: int


class AgentProjector:
    """Writes and removes what agents answer from; one at a time for each agent.

    Args:
        open_storage: Opens short units of work on the database.
        store: Where questions are looked up.
        embedding_model: Whose vectors are in it.
        gate: Hides what is not complete.
        shelf: Holds what stands in prompts.
        locks: Shared with whoever else writes to the store in this process.
    """

    def __init__(
        self,
        open_storage: OpenKnowledgeStorage,
        store: VectorStore,
        embedding_model: str,
        gate: ChunkGate | None = None,
        shelf: PromptShelf | None = None,
        locks: AgentLocks | None = None,
    ) -> None:
        self._open_storage = open_storage
        self._store = store
        self._embedding_model = embedding_model
        self._gate = gate or ChunkGate()
        self._shelf = shelf or PromptShelf()
        self._locks = locks or AgentLocks()

    async def project(
        self,
        workspace_id: str,
        agent_id: str,
        *,
        outdated: Iterable[str] = (),
        withdrawn: Sequence[str] = (),
        gone: Sequence[str] = (),
        fresh: Sequence[str] = (),
        on_progress: ProgressListener | None = None,
    ) -> Projection:
        """Bring an agent in line with the database, whatever is in its collection.

        Documents that are not embedded with our model yet are left out.

        Args:
            workspace_id: Whose agent.
            agent_id: Which.
            outdated: Chunks that others take the place of: both change in one step.
            withdrawn: Chunks that no question may find from now on, however long the rest takes.
            gone: Documents that the agent no longer has; taken out of a former embedding model's collection too.
            fresh: Documents that are written in any case: another ingestor of the process may have been quicker,
                but without a former model's collection.
            on_progress: Told of chunks added.

        Raises:
            NotFoundError: `agent_not_found`.
            CapacityError: Too much waits for the embedder or the store.
            VendorError: The vector store failed.
        """
        self._gate.hide(agent_id, withdrawn)
        await self._put_on_shelf(workspace_id, agent_id)
        async with self._lock(agent_id):
            for document_id in gone:
                await self._store.delete_document(agent_id, document_id)
            # The store is read first: what another process adds meanwhile is then in both or only in the
            # database, and so never taken for a leftover.
            present = await self._store.chunk_ids(agent_id)
            expected = await self._expected(workspace_id, agent_id)
            replaced = present.intersection(outdated)
            leftover = sorted(present.difference(expected) - replaced)
            await self._remove(agent_id, leftover)
            anew = await self._ids_of(workspace_id, fresh)
            absent = [chunk_id for chunk_id in expected if chunk_id not in present or chunk_id in anew]
            with self._gate.hiding(agent_id, absent):
                await self._add(agent_id, absent, on_progress)
                # Within one step of the event loop: the old are hidden, then (on leaving) the new are shown.
                self._gate.hide(agent_id, replaced)
            await self._remove(agent_id, sorted(replaced))
            self._gate.show(agent_id, replaced)
        self._gate.show(agent_id, withdrawn)
        return Projection(len(absent), len(leftover) + len(replaced))

    async def remove_agent(self, agent_id: str) -> None:
        """Drop all that an agent answers from, once the agent is deleted."""
        self._shelf.put(agent_id, ())
        async with self._lock(agent_id):
            await self._store.delete_agent(agent_id)

    async def _put_on_shelf(self, workspace_id: str, agent_id: str) -> None:
        async with self._open_storage(writing=False) as storage:
            in_prompt, _ = await self._divided(storage, workspace_id, agent_id)
        self._shelf.put(agent_id, in_prompt)

    async def _expected(self, workspace_id: str, agent_id: str) -> tuple[str, ...]:
        """The ids of the chunks that questions are to find."""
        async with self._open_storage(writing=False) as storage:
            _, searched = await self._divided(storage, workspace_id, agent_id)
            return await storage.chunk_ids(workspace_id, searched, self._embedding_model)

    async def _ids_of(self, workspace_id: str, document_ids: Sequence[str]) -> frozenset[str]:
        if not document_ids:
            return frozenset()
        async with self._open_storage(writing=False) as storage:
            return frozenset(await storage.chunk_ids(workspace_id, document_ids, self._embedding_model))

    async def _divided(
        self, storage: KnowledgeStorage, workspace_id: str, agent_id: str
    ) -> tuple[tuple[PromptDocument, ...], list[str]]:
        """What stands in the agent's prompt, and the ids of the documents that are searched."""
        references = await storage.references(workspace_id, agent_id)
        wanted = [reference.id for reference in references if reference.usage_mode == PROMPT]
        in_prompt = choose(references, await storage.get_many(workspace_id, wanted) if wanted else ())
        whole = {document.document_id for document in in_prompt}
        return in_prompt, [reference.id for reference in references if reference.id not in whole]

    async def _add(self, agent_id: str, chunk_ids: Sequence[str], on_progress: ProgressListener | None) -> None:
        for begin in range(0, len(chunk_ids), PUBLISH_BATCH):
            batch = chunk_ids[begin : begin + PUBLISH_BATCH]
            async with self._open_storage(writing=False) as storage:
                chunks = await storage.chunks_by_id(batch)
            await self._store.upsert(agent_id, [_entry(chunk) for chunk in chunks])
            if on_progress is not None:
                on_progress(begin + len(batch), len(chunk_ids))

    async def _remove(self, agent_id: str, chunk_ids: Sequence[str]) -> None:
        if chunk_ids:
            self._gate.hide(agent_id, chunk_ids)
            await self._store.delete_chunks(agent_id, chunk_ids)
            self._gate.show(agent_id, chunk_ids)

    def _lock(self, agent_id: str) -> asyncio.Lock:
        return self._locks.of(agent_id)


def _entry(embedded: EmbeddedChunk) -> VectorEntry:
    return VectorEntry(
        chunk_id=embedded.chunk.chunk_id,
        document_id=embedded.document_id,
        title=embedded.chunk.title,
        text=embedded.chunk.text,
        position=embedded.chunk.position,
        embedding=embedded.embedding,
    )
