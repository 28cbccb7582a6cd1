"""A call in writing: a person types lines, and the agent answers through the pipeline of a telephone call.

From the user aggregator on everything is the same (retrieval, consent, prompt, tools, the cutting of replies
into pieces for a voice), with more patience for documents; a typed line stands in for the end of a spoken turn,
a screen for the voice. So what is tried here holds on the telephone.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from loguru import logger
from pipecat.frames.frames import Frame, TranscriptionFrame
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.turns.types import ProcessFrameResult
from pipecat.turns.user_start import BaseUserTurnStartStrategy
from pipecat.turns.user_stop import BaseUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.utils.time import time_now_iso8601

from bot.answers_cache import AnswersCache
from bot.call_config import CallConfig
from bot.chat_model import ChatModel
from bot.dynamic_variables import DynamicVariables
from bot.events import CallEnded, CallStarted, EventSink
from bot.generations import Generations
from bot.intents import IntentClassifier
from bot.pipeline import make_worker, run_worker, thinking, understanding
from bot.reply_parts import make_reply_parts
from bot.tools.appointment_book import AppointmentBook
from bot.turn_ledger import Stage, TurnLedger
from data.knowledge.prompt_documents import PromptShelf
from data.knowledge.retriever import KnowledgeSearch
from data.records import CallOutcome, EndReason
from processors.frames import ReplyHeardFrame, SayFrame, SpeechChunkFrame, SpeechEndFrame
from processors.heard_transcript import HeardTranscript
from processors.pumped import PumpedProcessor
from processors.spoken_reply import SpokenReply

REPLY_DEADLINE_SECONDS = 300.0
"""Longest wait for a whole reply; the model and each tool have shorter deadlines of their own."""
CLOSING_SECONDS = 5.0
SEARCH_SECONDS = 5.0
"""For the agent's documents. Nobody hears the silence: who reads would rather wait than get no answer."""
_NO_AUDIO_RATE = 8000
"""pipecat wants a rate; no audio flows here."""
_PERSON = "caller"


@dataclass(frozen=True, slots=True)
class TextServices:
    """What a text call uses of the process; a `ReplyServices`."""

    model: ChatModel
    retriever: KnowledgeSearch
    prompt_shelf: PromptShelf = field(default_factory=PromptShelf, kw_only=True)
    intents: IntentClassifier
    appointments: AppointmentBook
    answers: AnswersCache = field(default_factory=AnswersCache)


class Screen(Protocol):
    """Where replies are read; called on the event loop."""

    def show(self, piece: str) -> None:
        """The next piece of a reply, as a voice would be given it."""

    def end_reply(self) -> None:
        """That was all of it."""


class TextCall:
    """Runs one call in writing.

    Args:
        config: The call; its `call_sid` is the conversation's id.
        services: What it uses.
        sink: Where events go.
        screen: Where replies are read.
        native_tools: Whether the agent's model takes native tool calls.
    """

    def __init__(
        self, config: CallConfig, services: TextServices, sink: EventSink, screen: Screen, *, native_tools: bool
    ) -> None:
        self._config = config
        self._services = services
        self._sink = sink
        self._screen = screen
        self._native_tools = native_tools
        self._reason: EndReason | None = None
        self._reply_over = asyncio.Event()

    async def run(self, lines: AsyncIterator[str]) -> CallOutcome:
        """Greet, then answer line by line until the lines or the agent end the call.

        Args:
            lines: What the person types. The next one is asked for when the reply to the last is over.

        Raises:
            TimeoutError: A reply did not come to its end.
        """
        config = self._config
        began, began_at = time.monotonic(), datetime.now(UTC)
        self._sink.emit(CallStarted(config.conversation_id, began_at.timestamp(), config.call_sid, ""))
        reason = EndReason.ERROR
        try:
            await self._converse(lines, began_at)
            reason = self._reason or EndReason.CALLER_HUNG_UP
        except asyncio.CancelledError:
            reason = EndReason.CALLER_HUNG_UP
            raise
        finally:
            outcome = CallOutcome(reason, datetime.now(UTC), round(time.monotonic() - began, 2))
            self._sink.emit(CallEnded(config.conversation_id, outcome.ended_at.timestamp(), outcome))
        return outcome

    async def _converse(self, lines: AsyncIterator[str], began_at: datetime) -> None:
        ledger = TurnLedger(self._config.conversation_id, self._sink.emit, asyncio.get_running_loop().time)
        reply = make_reply_parts(
            self._config,
            self._services,
            ledger,
            Generations(),
            protect=lambda _generation: None,
            end_call=self._end,
            started_at=began_at,
            native_tools=self._native_tools,
            search_seconds=SEARCH_SECONDS,
        )

        def heard(frame: ReplyHeardFrame) -> None:
            reply.reply_heard(frame)
            reply.endings.heard(frame.generation)
            self._reply_over.set()

        context = LLMContext()
        keyboard = _Keyboard()
        turns = UserTurnStrategies(start=[_LineBegins()], stop=[_LineEnds()])
        worker = make_worker(
            [
                keyboard,
                *understanding(context, reply, turns),
                *thinking(reply),
                SpokenReply(ledger.speaking),
                _ScreenVoice(ledger, self._screen),
                HeardTranscript(context, reply.running.over, heard),
            ],
            sample_rate=_NO_AUDIO_RATE,
        )
        pipeline = asyncio.create_task(run_worker(worker), name="text-pipeline")
        try:
            greeting = DynamicVariables.for_call(self._config, started_at=began_at).render(
                self._config.agent.first_message
            )
            if greeting.strip():
                keyboard.submit(SayFrame(greeting.strip()))
                await self._reply(pipeline)
            while self._reason is None and (line := await anext(lines, None)) is not None:
                if line.strip():
                    ledger.caller_started()
                    keyboard.type(line.strip())
                    await self._reply(pipeline)
        finally:
            await _close(worker, pipeline)
            await reply.executor.close()
            ledger.close()

    async def _reply(self, pipeline: "asyncio.Task[None]") -> None:
        """Wait until the agent has said what it has to say."""
        over = asyncio.create_task(self._reply_over.wait(), name="reply-over")
        try:
            async with asyncio.timeout(REPLY_DEADLINE_SECONDS):
                await asyncio.wait({over, pipeline}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
        if pipeline.done():
            pipeline.result()
            raise RuntimeError("the pipeline ended in the middle of the conversation")
        self._reply_over.clear()

    def _end(self, reason: EndReason) -> None:
        self._reason = self._reason or reason


async def _close(worker: PipelineWorker, pipeline: "asyncio.Task[None]") -> None:
    try:
        async with asyncio.timeout(CLOSING_SECONDS):
            await worker.cancel(reason="call ended")
            await asyncio.wait({pipeline})
    except TimeoutError:
        logger.warning("The pipeline did not end in time; cancelling it")
    pipeline.cancel()
    await asyncio.gather(pipeline, return_exceptions=True)


class _Keyboard(PumpedProcessor):
    """The head of the pipeline: typed lines become transcripts."""

    def __init__(self) -> None:
        super().__init__("keyboard")

    def type(self, line: str) -> None:
        """Take one line, whole."""
        self.submit(TranscriptionFrame(line, _PERSON, time_now_iso8601(), finalized=True))


class _LineBegins(BaseUserTurnStartStrategy):
    """A line begins a turn; there is never a reply to interrupt, for lines wait for replies."""

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        """Look for a line."""
        if isinstance(frame, TranscriptionFrame):
            await self.trigger_user_turn_started(enable_interruptions=False)
            return ProcessFrameResult.STOP
        return ProcessFrameResult.CONTINUE


class _LineEnds(BaseUserTurnStopStrategy):
    """A line ends its turn at once: whoever presses Enter has finished."""

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        """Look for a line."""
        if isinstance(frame, TranscriptionFrame):
            await self.trigger_user_turn_stopped()
        return ProcessFrameResult.CONTINUE


class _ScreenVoice(FrameProcessor):
    """Stands in for text-to-speech and playback: what is shown counts as heard at once."""

    def __init__(self, ledger: TurnLedger, screen: Screen) -> None:
        super().__init__(name="screen-voice")
        self._ledger = ledger
        self._screen = screen
        self._shown: list[str] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Show pieces, report the reply when it is whole; everything else passes."""
        await super().process_frame(frame, direction)
        if isinstance(frame, SpeechChunkFrame):
            self._ledger.reached(frame.generation, Stage.HEARD)
            self._shown.append(frame.text)
            self._screen.show(frame.text)
        elif isinstance(frame, SpeechEndFrame):
            text = " ".join(self._shown)
            self._shown.clear()
            self._screen.end_reply()
            await self.push_frame(ReplyHeardFrame(frame.generation, text, "", interrupted=False))
        else:
            await self.push_frame(frame, direction)
