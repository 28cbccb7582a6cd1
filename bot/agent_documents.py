"""The documents of one call's agent, as retrieval's source for its turns."""

from dataclasses import replace

from data.agent_config import AgentConfig
from data.knowledge.retriever import DEADLINE_SECONDS, KnowledgeSearch, RetrievalOptions, RetrievalResult


class AgentDocuments:
    """Binds the process's retriever to an agent and its settings; a `SnippetSource`.

    Args:
        retriever: Shared by all calls.
        agent: Whose documents.
        deadline_seconds: Of one search; by default what a caller's patience allows.
    """

    def __init__(
        self, retriever: KnowledgeSearch, agent: AgentConfig, *, deadline_seconds: float = DEADLINE_SECONDS
    ) -> None:
        self._retriever = retriever
        self._deadline_seconds = deadline_seconds
        self._agent_id = agent.agent_id
        self._options = retrieval_options(agent)

    async def find(self, question: str, previous: str | None, *, top_k: int | None = None) -> RetrievalResult:
        """Look a question up exactly as a call does; also what a query over REST is answered with.

        Args:
            question: The caller's words.
            previous: What the caller said in the turn before, or what that was searched for.
            top_k: Most snippets, instead of the agent's own number.
        """
        options = self._options if top_k is None else replace(self._options, top_k=top_k)
        return await self._retriever.retrieve(
            self._agent_id, question, options, previous=previous, deadline_seconds=self._deadline_seconds
        )


def retrieval_options(agent: AgentConfig) -> RetrievalOptions:
    """What an agent's settings ask of retrieval."""
    rag = agent.settings.rag
    return RetrievalOptions(rag.top_k, rag.min_similarity, rag.max_vector_distance, rag.max_tokens)
