"""The documents of one call's agent, as retrieval's source for its turns."""

from data.agent_config import AgentConfig
from data.knowledge.retriever import Retriever
from data.knowledge.snippet import Snippet


class AgentDocuments:
    """Binds the process's retriever to an agent and its settings; a `SnippetSource`.

    Args:
        retriever: Shared by all calls.
        agent: Whose documents.
    """

    def __init__(self, retriever: Retriever, agent: AgentConfig) -> None:
        self._retriever = retriever
        self._agent = agent

    @property
    def embedding_model(self) -> str:
        """Name of the model behind the distances."""
        return self._retriever.embedding_model

    async def find(self, query: str) -> tuple[tuple[Snippet, ...], bool]:
        """Chunks for a query, best first, and whether the search ran out of time (then none)."""
        rag = self._agent.settings.rag
        result = await self._retriever.retrieve(
            self._agent.agent_id, query, top_k=rag.top_k, max_distance=rag.max_vector_distance
        )
        return result.snippets, result.timed_out
