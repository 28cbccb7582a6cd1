"""An agent's settings reach retrieval, and a query over REST can ask what a call asks."""

from bot.agent_documents import AgentDocuments
from data.agent_config import AgentSettings, RagSettings
from data.knowledge.retriever import DEADLINE_SECONDS, RetrievalOptions, RetrievalResult
from tests.bot.calls import make_call


class Search:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, RetrievalOptions | None, str | None]] = []
        self.deadlines: list[float] = []

    async def retrieve(
        self,
        agent_id: str,
        question: str,
        options: RetrievalOptions | None = None,
        *,
        previous: str | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> RetrievalResult:
        self.deadlines.append(deadline_seconds)
        self.asked.append((agent_id, question, options, previous))
        return RetrievalResult((), 1.0, question)

    async def close(self) -> None:
        return


async def test_the_agents_settings_are_asked_for_and_top_k_may_be_another() -> None:
    rag = RagSettings(top_k=4, min_similarity=0.5, max_vector_distance=1.5, max_tokens=300)
    agent = make_call(AgentSettings(rag=rag)).agent
    search = Search()
    documents = AgentDocuments(search, agent)
    await documents.find("and on Sundays?", "when are you open")
    await documents.find("when are you open", None, top_k=9)
    assert search.asked == [
        (agent.agent_id, "and on Sundays?", RetrievalOptions(4, 0.5, 1.5, 300), "when are you open"),
        (agent.agent_id, "when are you open", RetrievalOptions(9, 0.5, 1.5, 300), None),
    ]


async def test_a_caller_waits_for_a_short_while_and_a_reader_longer() -> None:
    search = Search()
    agent = make_call(AgentSettings()).agent
    await AgentDocuments(search, agent).find("when are you open", None)
    await AgentDocuments(search, agent, deadline_seconds=5.0).find("when are you open", None)
    assert search.deadlines == [DEADLINE_SECONDS, 5.0]
