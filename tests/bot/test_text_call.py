"""A whole conversation in writing: the real pipeline and documents, a simulated Ollama."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from api.appointment_book import DatabaseAppointmentBook
from api.first_start import ensure_sample_agent
from bot.call_config import CallConfig
from bot.events import CallEnded, CallEvent, CallStarted, ToolFinished, TurnFinished
from bot.intents import IntentClassifier
from bot.services.ollama_chat import OllamaChatModel
from bot.text_call import TextCall, TextServices
from cli.simulated_ollama import serve_simulated_ollama
from config.settings import Settings
from data.agent_config import AgentConfig
from data.appointments import AppointmentQuery
from data.database import Database
from data.knowledge.chroma_store import ChromaVectorStore
from data.knowledge.factory import Knowledge, assemble_knowledge
from data.knowledge.retriever import DEADLINE_SECONDS, KnowledgeSearch, RetrievalOptions, RetrievalResult
from data.knowledge.sentence_transformer_embedder import SentenceTransformerEmbedder
from data.knowledge.sentence_transformer_model import MINILM
from data.records import CallOutcome, Direction, EndReason, Role, TurnRecord
from data.repositories.agent import AgentRepository
from data.repositories.appointment import AppointmentRepository
from data.workspaces import DEFAULT_WORKSPACE_ID
from simulator.hosting import serve_app
from simulator.ollama.app import create_app
from simulator.ollama.faults import Fault, FaultKind
from simulator.ollama.options import OllamaOptions

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
CONVERSATION = "conv_text"
BOOKING = "I would like to book a home visit for next Tuesday at ten in the morning. My name is Dana Smith."


@dataclass
class Paper:
    """A screen and an event sink that remember."""

    replies: list[str] = field(default_factory=list)
    events: list[CallEvent] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    def show(self, piece: str) -> None:
        self.pieces.append(piece)

    def end_reply(self) -> None:
        self.replies.append(" ".join(self.pieces))
        self.pieces.clear()

    def emit(self, event: CallEvent) -> None:
        self.events.append(event)

    @property
    def turns(self) -> list[TurnRecord]:
        return [event.turn for event in self.events if isinstance(event, TurnFinished)]

    def tools(self) -> list[tuple[str, object]]:
        calls = [event.call for event in self.events if isinstance(event, ToolFinished)]
        return [
            (call.tool_name, call.result.get("status") if isinstance(call.result, dict) else call.result)
            for call in calls
        ]


class SlowSearch:
    """Documents that take longer than a caller would wait, as on a busy machine."""

    def __init__(self, search: KnowledgeSearch) -> None:
        self._search = search

    async def retrieve(
        self,
        agent_id: str,
        question: str,
        options: RetrievalOptions | None = None,
        *,
        previous: str | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> RetrievalResult:
        late = 2 * DEADLINE_SECONDS
        await asyncio.sleep(min(late, deadline_seconds))
        return await self._search.retrieve(
            agent_id, question, options, previous=previous, deadline_seconds=max(0.0, deadline_seconds - late)
        )

    async def close(self) -> None:
        await self._search.close()


@dataclass(frozen=True)
class Desk:
    """Where text calls are made."""

    database: Database
    knowledge: Knowledge
    agent: AgentConfig

    async def talk(
        self, lines: AsyncIterator[str], paper: Paper, *, ollama: str | None = None, native_tools: bool = True
    ) -> CallOutcome:
        if ollama is None:
            async with serve_simulated_ollama(self.agent.model_name) as url:
                return await self.talk(lines, paper, ollama=url, native_tools=native_tools)
        model = OllamaChatModel(ollama, first_token_deadline=10, inter_token_deadline=4)
        services = TextServices(
            model,
            SlowSearch(self.knowledge.retriever),
            IntentClassifier(),
            DatabaseAppointmentBook(self.database),
        )
        config = CallConfig(CONVERSATION, CONVERSATION, Direction.INBOUND, self.agent)
        try:
            return await TextCall(config, services, paper, paper, native_tools=native_tools).run(lines)
        finally:
            await model.close()


@pytest.fixture(scope="module")
def embedder() -> Iterator[SentenceTransformerEmbedder]:
    """The real model, loaded once; it belongs to no event loop."""
    embedder = SentenceTransformerEmbedder(MINILM)
    yield embedder
    asyncio.run(embedder.close())


@pytest.fixture
async def desk(
    sqlite_database: Database, tmp_path: Path, embedder: SentenceTransformerEmbedder
) -> AsyncIterator[Desk]:
    """The sample agent with its documents."""
    settings = Settings.model_validate({"data_file": SAMPLES})
    store = ChromaVectorStore(tmp_path / "chroma", MINILM)
    knowledge = assemble_knowledge(embedder, store)
    agent_id = await ensure_sample_agent(settings, sqlite_database, knowledge)
    assert agent_id is not None
    async with sqlite_database.read() as session:
        agent = await AgentRepository(session).get(DEFAULT_WORKSPACE_ID, agent_id)
    yield Desk(sqlite_database, knowledge, agent)
    await knowledge.retriever.close()
    await knowledge.store.close()


async def say(*lines: str) -> AsyncIterator[str]:
    for line in lines:
        yield line


async def test_a_whole_conversation_answers_books_with_consent_and_ends(desk: Desk) -> None:
    paper = Paper()
    booked_before_yes: list[int] = []

    async def caller() -> AsyncIterator[str]:
        assert paper.replies == ["Hi, this is Maya from Northwind Solar. How can I help you today?"]
        yield "How much does the Heron plan cost?"
        yield BOOKING
        booked_before_yes.append(await _appointments(desk))
        yield "Yes, please."
        yield "No, that is all. Thank you, goodbye."
        raise AssertionError("the agent had said goodbye: nobody may be asked for another line")

    outcome = await desk.talk(caller(), paper)

    assert outcome.reason is EndReason.AGENT_ENDED
    assert "20,400" in paper.replies[1]
    assert paper.tools() == [
        ("book_appointment", "needs_confirmation"),
        ("book_appointment", "booked"),
        ("end_call", "ending"),
    ]
    assert booked_before_yes == [0]
    assert await _appointments(desk) == 1
    assert isinstance(paper.events[0], CallStarted)
    assert isinstance(paper.events[-1], CallEnded)
    roles = [turn.role for turn in paper.turns]
    assert roles == [Role.AGENT, *[Role.USER, Role.AGENT] * 4]
    assert [turn.message for turn in paper.turns if turn.role is Role.AGENT] == paper.replies
    answer = paper.turns[2]
    assert answer.retrieval is not None
    assert answer.retrieval.chunks
    assert answer.latency is not None
    assert answer.latency.voice_to_voice_ms is None


async def test_who_types_waits_for_documents_that_a_caller_would_not_wait_for(desk: Desk) -> None:
    paper = Paper()
    await desk.talk(say("How much does the Heron plan cost?"), paper)
    retrieval = paper.turns[2].retrieval
    assert retrieval is not None
    assert retrieval.chunks
    assert retrieval.latency_ms > DEADLINE_SECONDS * 1000
    assert "20,400" in paper.replies[1]


async def test_the_history_reaches_the_model_and_the_end_of_the_lines_hangs_up(desk: Desk) -> None:
    paper = Paper()
    outcome = await desk.talk(say("How much does the Heron plan cost?", "   ", "And the Osprey plan?"), paper)
    assert outcome.reason is EndReason.CALLER_HUNG_UP
    assert len(paper.replies) == 3
    assert "27,800" in paper.replies[2]


async def test_a_model_without_native_tools_books_too(desk: Desk) -> None:
    agent = desk.agent.model_copy(update={"model_name": "llama3:8b"})
    paper = Paper()
    lines = say(BOOKING, "Yes.")
    await Desk(desk.database, desk.knowledge, agent).talk(lines, paper, native_tools=False)
    assert ("book_appointment", "booked") in paper.tools()
    assert await _appointments(desk) == 1


async def test_a_failing_model_apologises_and_ends_the_call_as_failed(desk: Desk) -> None:
    paper = Paper()
    faults = tuple(Fault(kind=FaultKind.ERROR, status=500, message="broken") for _ in range(4))
    async with serve_app(create_app(OllamaOptions(faults=faults))) as url:
        outcome = await desk.talk(say("Hello, how are you?", "Is anybody there?", "Hello?"), paper, ollama=url)
    assert outcome.reason is EndReason.ERROR
    assert "trouble" in paper.replies[1]


async def test_a_cancelled_call_is_ended_and_its_pipeline_gone(desk: Desk) -> None:
    paper = Paper()
    waiting = asyncio.Event()

    async def silent() -> AsyncIterator[str]:
        waiting.set()
        await asyncio.Event().wait()
        yield "never"

    before = asyncio.all_tasks()
    call = asyncio.create_task(desk.talk(silent(), paper))
    await waiting.wait()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    assert isinstance(paper.events[-1], CallEnded)
    assert paper.events[-1].outcome.reason is EndReason.CALLER_HUNG_UP
    left = {task for task in asyncio.all_tasks() - before if not task.done()}
    assert not [task for task in left if "pipeline" in task.get_name()]


async def _appointments(desk: Desk) -> int:
    async with desk.database.read() as session:
        return len((await AppointmentRepository(session).list(DEFAULT_WORKSPACE_ID, AppointmentQuery())).items)
