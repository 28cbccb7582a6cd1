"""The pieces that make replies, the same for every medium: model, tools, retrieval, and what is known of turns.

A telephone call adds audio to them (`bot/call_parts.py`), a text call a screen (`bot/text_call.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from bot.agent_documents import AgentDocuments
from bot.answers_cache import AnswersCache, CachedChatModel
from bot.call_config import CallConfig
from bot.chat_model import ChatModel
from bot.dynamic_variables import DynamicVariables
from bot.generations import Generations
from bot.intents import IntentClassifier, reads_as_consent
from bot.prompt import PromptBuilder
from bot.reply_endings import ReplyEndings
from bot.running_replies import RunningReplies
from bot.services.language_model import LanguageModel
from bot.services.reply_requests import ReplyRequests
from bot.speculation import NEVER, Speculation, SpeculationHooks
from bot.tools.appointment_book import AppointmentBook
from bot.tools.call_tools import CallTools
from bot.tools.confirmation import ConfirmationGate
from bot.tools.executor import ToolExecutor
from bot.tools.registry import built_in_tools
from bot.turn_ledger import TurnLedger
from data.agent_config import AgentConfig
from data.knowledge.prompt_documents import PromptShelf
from data.knowledge.retriever import DEADLINE_SECONDS, KnowledgeSearch
from data.records import EndReason
from processors.frames import ReplyHeardFrame
from processors.turn_retrieval import TurnRetrieval


class ReplyServices(Protocol):
    """What replies need of the process."""

    @property
    def model(self) -> ChatModel:
        """Writes them."""

    @property
    def retriever(self) -> KnowledgeSearch:
        """Finds documents for them."""

    @property
    def intents(self) -> IntentClassifier:
        """Reads what callers answer."""

    @property
    def prompt_shelf(self) -> PromptShelf:
        """Documents that stand in prompts whole."""

    @property
    def appointments(self) -> AppointmentBook:
        """Where the booking tool books."""

    @property
    def answers(self) -> AnswersCache:
        """Replies that may be said again."""


@dataclass(frozen=True, slots=True)
class ReplyParts:
    """One call's pieces; see `make_reply_parts`."""

    config: CallConfig
    generations: Generations
    ledger: TurnLedger
    endings: ReplyEndings
    running: RunningReplies
    speculation: Speculation
    requests: ReplyRequests
    language_model: LanguageModel
    retrieval: TurnRetrieval | None
    executor: ToolExecutor
    tools: CallTools

    def reply_heard(self, frame: ReplyHeardFrame) -> None:
        """A reply has entered the conversation as far as it was heard."""
        self.ledger.reply_heard(frame.generation, frame.text, interrupted=frame.interrupted)


def make_reply_parts(
    config: CallConfig,
    services: ReplyServices,
    ledger: TurnLedger,
    generations: Generations,
    *,
    protect: Callable[[int], None],
    end_call: Callable[[EndReason], None],
    started_at: datetime,
    native_tools: bool,
    early: SpeculationHooks = NEVER,
    on_skip: Callable[[], None] = lambda: None,
    search_seconds: float = DEADLINE_SECONDS,
) -> ReplyParts:
    """Make and wire the pieces; nothing is started yet.

    Args:
        config: The call.
        services: What the process shares.
        ledger: The call's turns.
        generations: The call's reply numbers.
        protect: Makes playback of a reply uninterruptible.
        end_call: A reply that ends the call was heard.
        started_at: When the call started, with a timezone.
        native_tools: Whether the agent's model takes native tool calls.
        early: What it takes to begin replies before a turn is over; by default none is.
        on_skip: The caller wants a moment of silence.
        search_seconds: Longest that a turn waits for the agent's documents.
    """
    agent = config.agent
    running = RunningReplies(generations)
    endings = ReplyEndings(generations, protect, end_call)
    variables = DynamicVariables.for_call(config, started_at=started_at)
    registry = built_in_tools(agent.settings, services.appointments, variables.render, on_skip)
    gate = ConfirmationGate(partial(reads_as_consent, classifier=services.intents))
    executor = ToolExecutor(registry, gate, on_outcome=lambda outcome: ledger.tool_ended(outcome.record))
    tools = CallTools(executor, gate, config, generations, lambda: ledger.caller_turns, lambda: datetime.now(UTC))
    schemas = registry.schemas()
    speculation = Speculation(generations, ledger, early)
    prompt = PromptBuilder(
        config,
        started_at=started_at,
        tools=schemas,
        text_tools=bool(schemas) and not native_tools,
        whole_documents=services.prompt_shelf.source(agent.agent_id),
    )
    requests = ReplyRequests(agent, prompt, schemas if native_tools else ())
    model = _model_of(services, agent)
    language_model = LanguageModel(model, requests, generations, ledger, endings, running, speculation)
    documents = AgentDocuments(services.retriever, agent, deadline_seconds=search_seconds)
    return ReplyParts(
        config=config,
        generations=generations,
        ledger=ledger,
        endings=endings,
        running=running,
        speculation=speculation,
        requests=requests,
        language_model=language_model,
        retrieval=TurnRetrieval(documents) if agent.settings.rag.enabled else None,
        executor=executor,
        tools=tools,
    )


def _model_of(services: ReplyServices, agent: AgentConfig) -> ChatModel:
    """The process's, behind the agent's answers cache if it has one."""
    seconds = agent.settings.answers_cache_seconds
    return (
        CachedChatModel(services.model, services.answers, agent.agent_id, seconds) if seconds else services.model
    )
