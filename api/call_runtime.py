"""The call side of a server process: builds what calls share from the settings, and takes it down again."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from prometheus_client.registry import Collector
from pydantic import SecretStr

from api.appointment_book import DatabaseAppointmentBook
from api.call_metrics import AnswersMetrics, LoopLagMetrics, SpeculationMetrics
from api.first_start import ensure_number_is_routed, ensure_sample_agent
from api.health_checks import HealthCheck
from api.journal_metrics import JournalCollector
from api.knowledge.work import KnowledgeWork
from api.knowledge_projection import open_projection
from api.model_warmth import ModelWarmth
from api.runtime_checks import runtime_checks
from bot.barge_in import BargeInOptions
from bot.call_manager import CallManager
from bot.call_services import CallServices, InterruptionSettings, SpeechVendor
from bot.event_fanout import EventFanout
from bot.intents import IntentClassifier
from bot.journal import CallJournal
from bot.media.format import TELEPHONE, MediaFormat
from bot.media.silero import SileroModel
from bot.media.ticker import Ticker
from bot.prompt_prefill import PromptPrefill
from bot.services.measured_model import MeasuredChatModel
from bot.services.ollama_chat import OllamaChatModel
from bot.services.phrase_cache import PhraseCache
from bot.telephony import create_telephony
from config.settings import Settings
from data.agent_config import AgentConfig
from data.database import Database
from data.journal.opening import OpenJournal, open_journal
from data.knowledge.factory import Knowledge, build_knowledge
from data.knowledge.intake_factory import build_intake
from data.knowledge.reembedding import Reembedding
from data.lease_keeper import LeaseKeeper
from data.owner import process_owner


@dataclass(frozen=True, slots=True)
class CallRuntime:
    """The running call side; implements the app's `Runtime`.

    Attributes:
        calls: Runs and counts calls.
        events: Where live views subscribe.
        services: What calls share.
        checks: Of what calls use.
        collectors: What calls count.
        journal: Writes down what happens in calls.
        work: Their documents.
    """

    calls: CallManager
    events: EventFanout
    services: CallServices
    checks: Mapping[str, HealthCheck]
    collectors: Sequence[Collector]
    journal: OpenJournal
    work: KnowledgeWork

    def health_checks(self) -> Mapping[str, HealthCheck]:
        """Checks of the model and the vector store that calls use, by name."""
        return self.checks

    def metrics(self) -> Sequence[Collector]:
        """What calls count."""
        return self.collectors


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value is not None else None


@asynccontextmanager
async def open_call_runtime(
    settings: Settings,
    database: Database,
    *,
    media_format: MediaFormat = TELEPHONE,
    only_agent: AgentConfig | None = None,
) -> AsyncIterator[CallRuntime]:
    """Open the call side: models loaded, stores warm, leases kept. Closes by draining calls.

    Args:
        settings: The server's.
        database: Open, with its tables.
        media_format: Of all calls.
        only_agent: The one agent that is going to be called, if there is to be only one.

    Raises:
        ConfigurationError: The embedding model cannot be loaded.
    """
    owner = process_owner()
    async with AsyncExitStack() as stack:
        documents = await _open_documents(stack, settings, database, only_agent)
        ticker = Ticker()
        stack.push_async_callback(ticker.close)
        silero = SileroModel(media_format.sample_rate)
        ticker.subscribe(silero.run)
        model = _open_model(stack, settings)
        services = await _open_services(stack, settings, database, documents.knowledge, model, silero, ticker)
        keys = [key.get_secret_value() for key in settings.encryption_key]
        writing = await stack.enter_async_context(open_journal(database, settings.spool_path, keys, owner))
        speculation = SpeculationMetrics()
        journal = CallJournal(writing.writer, owner)
        events = EventFanout([journal, speculation])
        most_lag = settings.max_loop_lag_ms / 1000
        calls = CallManager(
            services,
            events,
            journal,
            settings.max_concurrent_calls,
            is_late=lambda: ticker.lag.sustained > most_lag,
        )
        leases = LeaseKeeper(database, owner, lambda: calls.live_conversations)
        leases.start()
        stack.push_async_callback(leases.close)
        checks = runtime_checks(
            model,
            settings.ollama_model,
            documents.knowledge.store,
            writing.figures,
            documents.reembedding.describe,
        )
        collectors = (
            speculation,
            AnswersMetrics(services.answers),
            JournalCollector(writing.figures),
            LoopLagMetrics(ticker.lag),
        )
        yield CallRuntime(calls, events, services, checks, collectors, writing, documents.work)
        await calls.drain(settings.drain_seconds)


@dataclass(frozen=True, slots=True)
class _Documents:
    knowledge: Knowledge
    reembedding: Reembedding
    work: KnowledgeWork


async def _open_documents(
    stack: AsyncExitStack, settings: Settings, database: Database, only_agent: AgentConfig | None
) -> _Documents:
    """The agents' documents, searchable, and what keeps them so."""
    knowledge = build_knowledge(settings)
    stack.push_async_callback(knowledge.close)
    await knowledge.warm()
    await ensure_sample_agent(settings, database, knowledge)
    reembedding = await open_projection(settings, database, knowledge, only_agent)
    stack.push_async_callback(reembedding.close)
    await ensure_number_is_routed(settings, database)
    work = KnowledgeWork(database, knowledge, build_intake(settings, database, knowledge))
    stack.push_async_callback(work.close)
    await work.resume()
    return _Documents(knowledge, reembedding, work)


def _open_model(stack: AsyncExitStack, settings: Settings) -> OllamaChatModel:
    """The vendor of replies, kept warm."""
    model = OllamaChatModel.of(settings)
    stack.push_async_callback(model.close)
    warmth = ModelWarmth(model, settings.ollama_model)
    warmth.start()
    stack.push_async_callback(warmth.close)
    return model


async def _open_services(
    stack: AsyncExitStack,
    settings: Settings,
    database: Database,
    knowledge: Knowledge,
    model: OllamaChatModel,
    silero: SileroModel,
    ticker: Ticker,
) -> CallServices:
    """What calls share: vendors, documents, phrases spoken before."""
    phrases = PhraseCache(settings.speech_cache_path)
    await phrases.open()
    stack.push_async_callback(phrases.close)
    measured = MeasuredChatModel(model, most_streams=settings.speculation_max_streams)
    prefill = PromptPrefill(model, measured.has_time)
    stack.push_async_callback(prefill.close)
    telephony = create_telephony(
        settings.twilio_base_url, settings.twilio_account_sid, _secret(settings.twilio_auth_token)
    )
    stack.push_async_callback(telephony.close)
    return CallServices(
        speech=SpeechVendor(
            settings.deepgram_websocket_url,
            _secret(settings.deepgram_api_key) or "",
            settings.deepgram_stt_model,
        ),
        model=measured,
        capabilities=model,
        retriever=knowledge.retriever,
        intents=IntentClassifier(),
        prompt_shelf=knowledge.shelf,
        appointments=DatabaseAppointmentBook(database),
        telephony=telephony,
        phrases=phrases,
        silero=silero,
        ticker=ticker,
        interruption=_interruption(settings),
        prefill=prefill if settings.llm_prefill else None,
        has_time=measured.has_time,
    )


def _interruption(settings: Settings) -> InterruptionSettings:
    return InterruptionSettings(
        BargeInOptions(
            enabled=settings.interrupt_enabled,
            min_speech_seconds=settings.interrupt_min_speech_ms / 1000,
            debounce_seconds=settings.interrupt_debounce_ms / 1000,
        ),
        min_energy=settings.interrupt_min_energy,
        baseline_factor=settings.interrupt_baseline_factor,
    )
