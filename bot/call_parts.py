"""The pieces that one call owns, wired to each other."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pipecat.frames.frames import LLMRunFrame

from bot.call_config import CallConfig
from bot.call_services import CallServices
from bot.events import CallEvent
from bot.generations import Generations
from bot.media.format import MediaFormat
from bot.media.plane import MediaPlane
from bot.media.speech_gate import SpeechGate, SpeechGateOptions
from bot.reply_parts import ReplyParts, make_reply_parts
from bot.services.call_listener import listen_options
from bot.services.deepgram_speak import SpeakOptions
from bot.services.listen_result import ListenResult
from bot.services.speech_to_text import SpeechToText
from bot.services.text_to_speech import TextToSpeech
from bot.silence_watch import SilenceHooks, SilenceWatch
from bot.speculation import SpeculationHooks
from bot.tools.executor import ToolExecutor
from bot.transport.ports import MediaWire
from bot.turn_bridge import TurnBridge
from bot.turn_ledger import Stage, TurnLedger
from bot.turn_repair import MISSED, TurnRepair
from config.errors import VendorError
from data.records import EndReason
from processors.frames import ReplyHeardFrame, SayFrame


@dataclass(frozen=True, slots=True)
class CallHooks:
    """What the pieces tell the session that owns them.

    Attributes:
        emit: An event happened.
        end_call: A reply that ends the call was heard.
        deaf: Speech-to-text is gone for good.
        mute: Text-to-speech is gone for good.
    """

    emit: Callable[[CallEvent], None]
    end_call: Callable[[EndReason], None]
    deaf: Callable[[VendorError], None]
    mute: Callable[[VendorError], None]


@dataclass(frozen=True, slots=True)
class CallParts:
    """One call's pieces; see `make_parts`."""

    media_format: MediaFormat
    bridge: TurnBridge
    plane: MediaPlane
    speech_to_text: SpeechToText
    text_to_speech: TextToSpeech
    reply: ReplyParts
    repair: TurnRepair
    silence: SilenceWatch

    @property
    def ledger(self) -> TurnLedger:
        """What is known of the turns."""
        return self.reply.ledger

    @property
    def executor(self) -> ToolExecutor:
        """Runs the tools."""
        return self.reply.executor

    def first_clause(self, generation: int, _text: str) -> None:
        """The model has written a piece of a reply that could be spoken."""
        self.ledger.reached(generation, Stage.FIRST_CLAUSE)

    def speaking(self, generation: int, text: str) -> None:
        """A piece of a reply is for the caller, and at the voice."""
        self.repair.piece(generation, text)
        self.ledger.speaking(generation, text)

    def reply_heard(self, frame: ReplyHeardFrame) -> None:
        """A reply has entered the conversation as far as it was heard."""
        self.repair.reply_heard(frame.generation, frame.text, interrupted=frame.interrupted)
        self.reply.reply_heard(frame)
        self.silence.answered()

    def turn_ended(self, *, words: bool) -> None:
        """The caller's turn is over."""
        self.silence.turn_ended(words=words)
        if words:
            return
        self.plane.turn_had_no_words()
        if self.repair.no_words():
            self.bridge.submit(LLMRunFrame())


def make_parts(
    config: CallConfig,
    services: CallServices,
    wire: MediaWire,
    media_format: MediaFormat,
    hooks: CallHooks,
    started_at: datetime,
    *,
    native_tools: bool,
) -> CallParts:
    """Make and wire the pieces of a call; nothing is started yet.

    Args:
        config: The call.
        services: What the process shares.
        wire: Where the agent's audio goes.
        media_format: Format of the wire, both ways.
        hooks: The session's callbacks.
        started_at: When the call started, with a timezone.
        native_tools: Whether the agent's model takes native tool calls.
    """
    agent, speech = config.agent, services.speech
    clock = asyncio.get_running_loop().time
    generations = Generations()
    ledger = TurnLedger(config.conversation_id, hooks.emit, clock)
    bridge = TurnBridge(ledger)

    def words(result: ListenResult) -> bool:
        counted = plane.words_heard(result.text, result.end_seconds, is_final=result.is_final)
        if counted:
            ledger.words(result)
            repair.recognised()
        return counted

    def may_begin_early() -> bool:
        wanted = agent.settings.speculative_turn and plane.agent_is_silent
        # An answer to a tool's question is read whole, by code.
        return wanted and not reply.tools.asking and services.has_time()

    def settled() -> None:
        plane.recogniser_answered()

    speech_to_text = SpeechToText(
        listen_options(speech.base_url, speech.api_key, speech.stt_model, agent, media_format),
        on_words=words,
        on_settled=settled,
        on_failure=hooks.deaf,
    )
    plane = _media_plane(config, services, wire, media_format, speech_to_text, bridge, generations)
    text_to_speech = TextToSpeech(
        SpeakOptions(speech.base_url, speech.api_key, agent.voice_id, media_format),
        output=plane,
        phrases=services.phrases,
        on_failure=hooks.mute,
    )

    def busy() -> bool:
        return plane.playback.pending or reply.language_model.busy

    silence = SilenceWatch(
        agent.settings, SilenceHooks(lambda: plane.sounding, busy, bridge.submit), services.ticker, clock
    )
    bridge.silence = silence
    reply = make_reply_parts(
        config,
        services,
        ledger,
        generations,
        protect=plane.protect,
        end_call=hooks.end_call,
        started_at=started_at,
        native_tools=native_tools,
        early=SpeculationHooks(may_begin_early, plane.forget, plane.release),
        on_skip=silence.leave_alone,
    )
    bridge.endings = reply.endings

    def say(text: str, ends_call: EndReason | None) -> None:
        bridge.submit(SayFrame(text, ends_call=ends_call, fixed=text == MISSED))

    repair = TurnRepair(generations, reply.endings.take, say, hooks.end_call)
    return CallParts(
        media_format=media_format,
        bridge=bridge,
        plane=plane,
        speech_to_text=speech_to_text,
        text_to_speech=text_to_speech,
        reply=reply,
        repair=repair,
        silence=silence,
    )


def _media_plane(
    config: CallConfig,
    services: CallServices,
    wire: MediaWire,
    media_format: MediaFormat,
    speech_to_text: SpeechToText,
    bridge: TurnBridge,
    generations: Generations,
) -> MediaPlane:
    interruption = services.interruption.for_agent(config.agent)
    return MediaPlane(
        media_format=media_format,
        silero=services.silero,
        ticker=services.ticker,
        wire=wire,
        consumer=speech_to_text.listener,
        listener=bridge,
        gate=SpeechGate(
            SpeechGateOptions(),
            min_energy=interruption.min_energy,
            baseline_factor=interruption.baseline_factor,
        ),
        barge_in=interruption.options,
        generations=generations,
        clock=asyncio.get_running_loop().time,
        pieces=speech_to_text.listener.pieces,
    )
