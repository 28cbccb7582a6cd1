"""Another embedding model is set: who still answers with the one before, until their documents are embedded anew.

Vectors of two models cannot be compared, so an agent changes over whole: while it waits, its questions go to the
former model and that model's collection, and what happens to its documents happens in both collections.
"""

from dataclasses import dataclass, field
from typing import Protocol

from data.knowledge.embedder import Embedder
from data.knowledge.retriever import KnowledgeSearch
from data.knowledge.vector_store import VectorStore


class FormerKnowledge(Protocol):
    """What answered before: `Knowledge` with the model that was set until now."""

    @property
    def embedder(self) -> Embedder:
        """Made the vectors."""
        ...

    @property
    def store(self) -> VectorStore:
        """Holds them."""
        ...

    @property
    def retriever(self) -> KnowledgeSearch:
        """Searches them."""
        ...

    async def close(self) -> None:
        """Release model, files and threads."""
        ...


@dataclass(slots=True)
class ModelChange:
    """Which agents wait, in this process; nobody does unless the model was changed."""

    _former: FormerKnowledge | None = None
    _waiting: set[str] = field(default_factory=set)

    def begin(self, former: FormerKnowledge, agent_ids: frozenset[str]) -> None:
        """From now on these agents are answered by `former`; it is closed with this."""
        assert self._former is None, "one change at a time"
        self._former = former
        self._waiting = set(agent_ids)

    def former(self, agent_id: str) -> FormerKnowledge | None:
        """Who answers for an agent that waits; None for one that does not."""
        return self._former if agent_id in self._waiting else None

    def done(self, agent_id: str) -> None:
        """The agent's documents are all there in vectors of the new model, or the agent is gone."""
        self._waiting.discard(agent_id)

    async def close(self) -> None:
        """Release the former model; safe to call twice."""
        former, self._former = self._former, None
        self._waiting.clear()
        if former is not None:
            await former.close()
