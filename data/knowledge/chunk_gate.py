"""Which chunks of the vector store questions may not see yet, or any more.

A store takes a document in parts and lets go of it in parts. Behind the gate that does not show: new chunks are
hidden until all of them are there, and old ones are hidden in the same step of the event loop that shows the new.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager

from data.knowledge.embedder import Embeddings
from data.knowledge.forwarding_store import ForwardingVectorStore
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorStore

_MOST_ASKED_FOR = 1_000


class ChunkGate:
    """The hidden chunks of each agent, in this process."""

    def __init__(self) -> None:
        self._hidden: dict[str, Counter[str]] = {}

    def hidden(self, agent_id: str) -> Set[str]:
        """The chunks that are hidden now; not to be changed."""
        counts = self._hidden.get(agent_id)
        return frozenset() if counts is None else counts.keys()

    @contextmanager
    def hiding(self, agent_id: str, chunk_ids: Iterable[str]) -> Iterator[None]:
        """Hide chunks while the context lasts."""
        ids = set(chunk_ids)
        self.hide(agent_id, ids)
        try:
            yield
        finally:
            self.show(agent_id, ids)

    def hide(self, agent_id: str, chunk_ids: Iterable[str]) -> None:
        """Hide chunks; each stays hidden until it was shown as often as it was hidden."""
        ids = list(chunk_ids)
        if ids:
            self._hidden.setdefault(agent_id, Counter()).update(ids)

    def show(self, agent_id: str, chunk_ids: Iterable[str]) -> None:
        """Take back one `hide`."""
        counts = self._hidden.get(agent_id)
        if counts is None:
            return
        for chunk_id in chunk_ids:
            if counts[chunk_id] <= 1:
                del counts[chunk_id]
            else:
                counts[chunk_id] -= 1
        if not counts:
            del self._hidden[agent_id]


class GatedVectorStore(ForwardingVectorStore):
    """A `VectorStore` whose questions see nothing that is hidden.

    All else sees it, so that an index of it is ready when it is shown.

    Args:
        store: The one behind it.
        gate: Says what is hidden.
    """

    def __init__(self, store: VectorStore, gate: ChunkGate) -> None:
        super().__init__(store)
        self._gate = gate

    async def query(
        self, agent_id: str, embedding: Embeddings, *, top_k: int, deadline_seconds: float
    ) -> tuple[Snippet, ...]:
        """See `VectorStore.query`; without what is hidden."""
        asked_for = min(top_k + len(self._gate.hidden(agent_id)), max(top_k, _MOST_ASKED_FOR))
        found = await super().query(agent_id, embedding, top_k=asked_for, deadline_seconds=deadline_seconds)
        # What is hidden is asked again: it may have changed meanwhile.
        hidden = self._gate.hidden(agent_id)
        return tuple(snippet for snippet in found if snippet.chunk_id not in hidden)[:top_k]

    async def present(self, agent_id: str, chunk_ids: Sequence[str]) -> frozenset[str]:
        """See `VectorStore.present`; without what is hidden."""
        return await super().present(agent_id, chunk_ids) - self._gate.hidden(agent_id)
