"""Everything heavy or shared that a call uses, made once per process and handed to each call."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from bot.answers_cache import AnswersCache
from bot.barge_in import BargeInOptions
from bot.chat_model import ChatModel
from bot.intents import IntentClassifier
from bot.media.silero import SileroModel
from bot.media.ticker import Ticker
from bot.prompt_prefill import PromptPrefill
from bot.services.phrase_cache import PhraseCache
from bot.telephony import Telephony
from bot.tools.appointment_book import AppointmentBook
from data.agent_config import AgentConfig, InterruptionSensitivity, InterruptionTrigger
from data.knowledge.prompt_documents import PromptShelf
from data.knowledge.retriever import KnowledgeSearch


@dataclass(frozen=True, slots=True)
class SpeechVendor:
    """Where speech is recognised and made.

    Attributes:
        base_url: `ws(s)://host` of Deepgram or a stand-in.
        api_key: Its key.
        stt_model: Recognition model.
    """

    base_url: str
    api_key: str
    stt_model: str


@dataclass(frozen=True, slots=True)
class InterruptionSettings:
    """The process-wide `INTERRUPT_…` settings.

    Attributes:
        options: Barge-in timing.
        min_energy: Least RMS that may interrupt.
        baseline_factor: How far over the line's noise it must be.
    """

    options: BargeInOptions
    min_energy: float
    baseline_factor: float

    def for_agent(self, agent: AgentConfig) -> "InterruptionSettings":
        """The same, with the agent's own policy."""
        settings = agent.settings
        loudness, patience = _SENSITIVITY[settings.interruption_sensitivity]
        options = replace(
            self.options,
            enabled=self.options.enabled and agent.interrupt_enabled,
            min_speech_seconds=max(0.0, self.options.min_speech_seconds + patience),
            ignored_terms=settings.interruption_ignore_terms,
            by_words_only=settings.interruption_trigger is InterruptionTrigger.WORDS,
        )
        return replace(self, options=options, min_energy=self.min_energy * loudness)


_SENSITIVITY = {
    InterruptionSensitivity.LOW: (2.0, 0.6),
    InterruptionSensitivity.NORMAL: (1.0, 0.0),
    InterruptionSensitivity.HIGH: (0.5, -0.1),
}
"""By how much louder speech has to be (a factor), and by how many seconds longer without a word."""


class ModelCapabilities(Protocol):
    """Knows what models can do."""

    async def capabilities(self, model: str) -> frozenset[str]:
        """`tools` among them means native tool calls; the text protocol serves the other models.

        Raises:
            VendorError: The model is unknown or the vendor cannot be asked.
        """


@dataclass(frozen=True, slots=True)
class CallServices:
    """What a `CallSession` is given."""

    speech: SpeechVendor
    model: ChatModel
    capabilities: ModelCapabilities
    retriever: KnowledgeSearch
    prompt_shelf: PromptShelf = field(default_factory=PromptShelf, kw_only=True)
    intents: IntentClassifier
    appointments: AppointmentBook
    telephony: Telephony
    phrases: PhraseCache
    silero: SileroModel
    ticker: Ticker
    interruption: InterruptionSettings
    prefill: PromptPrefill | None
    has_time: Callable[[], bool]
    """Whether the model has time for replies that may be thrown away."""
    answers: AnswersCache = field(default_factory=AnswersCache)
