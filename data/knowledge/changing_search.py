"""Questions and documents while the embedding model changes: they go to the model that the agent answers with."""

from collections.abc import Sequence
from dataclasses import replace

from data.knowledge.forwarding_store import ForwardingVectorStore
from data.knowledge.model_change import FormerKnowledge, ModelChange
from data.knowledge.retriever import DEADLINE_SECONDS, KnowledgeSearch, RetrievalOptions, RetrievalResult
from data.knowledge.vector_store import VectorEntry, VectorStore


class ChangingSearch:
    """A `KnowledgeSearch` that asks the former model for agents that wait, and the set one for all others.

    Args:
        search: Of the model that is set.
        change: Who waits.
    """

    def __init__(self, search: KnowledgeSearch, change: ModelChange) -> None:
        self._search = search
        self._change = change

    async def retrieve(
        self,
        agent_id: str,
        question: str,
        options: RetrievalOptions | None = None,
        *,
        previous: str | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> RetrievalResult:
        """See `Retriever.retrieve`."""
        former = self._change.former(agent_id)
        if former is not None:
            result = await former.retriever.retrieve(
                agent_id, question, options, previous=previous, deadline_seconds=deadline_seconds
            )
            if result.similarity > 0 or result.timed_out:
                return result
            # The former collection is gone: the agent changed over just now, or another process was quicker.
            deadline_seconds = max(0.0, deadline_seconds - result.latency_ms / 1000)
        return await self._search.retrieve(
            agent_id, question, options, previous=previous, deadline_seconds=deadline_seconds
        )

    async def close(self) -> None:
        """End the search of the set model; the former one ends with the change."""
        await self._search.close()


class ChangingStore(ForwardingVectorStore):
    """A `VectorStore` of the set model, through which waiting agents' documents change in both.

    Args:
        store: Of the set model.
        change: Who waits.
    """

    def __init__(self, store: VectorStore, change: ModelChange) -> None:
        super().__init__(store)
        self._change = change

    async def upsert(self, agent_id: str, entries: Sequence[VectorEntry]) -> None:
        """See `VectorStore.upsert`; a waiting agent answers from the chunks at once too."""
        await super().upsert(agent_id, entries)
        former = self._change.former(agent_id)
        if former is not None and entries:
            await _add_to(former, agent_id, entries)

    async def delete_chunks(self, agent_id: str, chunk_ids: Sequence[str]) -> None:
        """See `VectorStore.delete_chunks`; the former model's chunks have other ids."""
        former = self._change.former(agent_id)
        if former is not None:
            await former.store.delete_chunks(agent_id, chunk_ids)
        await super().delete_chunks(agent_id, chunk_ids)

    async def delete_document(self, agent_id: str, document_id: str) -> None:
        """See `VectorStore.delete_document`."""
        former = self._change.former(agent_id)
        if former is not None:
            await former.store.delete_document(agent_id, document_id)
        await super().delete_document(agent_id, document_id)

    async def delete_agent(self, agent_id: str) -> None:
        """See `VectorStore.delete_agent`."""
        self._change.done(agent_id)
        await super().delete_agent(agent_id)

    async def close(self) -> None:
        """Close the store of the set model, then the former model."""
        await super().close()
        await self._change.close()


async def _add_to(former: FormerKnowledge, agent_id: str, entries: Sequence[VectorEntry]) -> None:
    """Embed chunks with the former model too, but not those of documents that it has."""
    known = {entry.document_id for entry in await former.store.entries(agent_id)}
    added = [entry for entry in entries if entry.document_id not in known]
    if added:
        vectors = await former.embedder.embed([entry.text for entry in added])
        await former.store.upsert(
            agent_id,
            [replace(entry, embedding=vector) for entry, vector in zip(added, vectors, strict=True)],
        )
