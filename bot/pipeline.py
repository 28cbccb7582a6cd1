"""The pipeline of one call, top to bottom as the call itself goes: hear, understand, look up, think, act, speak.

Audio is not in it. The media plane feeds `TurnBridge` (speech started, paused, heard) and speech-to-text; every
decision about turns is made by the frames below.
"""

from collections.abc import Sequence

from pipecat.frames.frames import InterimTranscriptionFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMUserAggregator,
    LLMUserAggregatorParams,
    UserTurnStoppedMessage,
)
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

from bot.call_parts import CallParts
from bot.reply_parts import ReplyParts
from bot.services.listen_result import ListenResult
from bot.turn_ends import make_end_of_turn
from bot.turn_start import CallerSpeaks
from processors.consent import Consent
from processors.grounding import Grounding
from processors.heard_transcript import HeardTranscript
from processors.held_speech import HeldSpeech
from processors.retrieval_prefetch import RetrievalPrefetch
from processors.spoken_reply import SpokenReply
from processors.tool_calls import ToolCalls
from processors.user_turn_tap import UserTurnTap

STUCK_TURN_SECONDS = 5.0
"""A turn whose end nobody found is ended after this long without speech or words."""


def build_pipeline(parts: CallParts) -> PipelineWorker:
    """Assemble the pipeline of a call.

    Args:
        parts: The call's own pieces, already made.
    """
    context, reply, agent = LLMContext(), parts.reply, parts.reply.config.agent
    listener = parts.speech_to_text.listener
    turns = UserTurnStrategies(
        start=[CallerSpeaks(lambda: parts.plane.may_interrupt)],
        stop=[make_end_of_turn(listener, agent, reply.speculation, parts.plane.covers_speech)],
    )
    hear = [parts.bridge, parts.speech_to_text]

    def holds_all(interim: InterimTranscriptionFrame) -> bool:
        return isinstance(interim.result, ListenResult) and parts.plane.covers_speech(interim.result.end_seconds)

    prefetch = [RetrievalPrefetch(reply.retrieval, holds_all)] if reply.retrieval is not None else []
    understand = understanding(context, reply, turns)
    repair = [_repair(understand[0], parts)]
    speak = [
        SpokenReply(parts.first_clause),
        HeldSpeech(reply.generations, parts.speaking),
        parts.text_to_speech,
    ]
    remember = [HeardTranscript(context, reply.running.over, parts.reply_heard)]
    return make_worker(
        [*hear, *prefetch, *understand, *repair, *thinking(reply), *speak, *remember],
        sample_rate=parts.media_format.sample_rate,
    )


def understanding(context: LLMContext, reply: ReplyParts, turns: UserTurnStrategies) -> list[FrameProcessor]:
    """From the caller's words to a turn of the conversation.

    Args:
        context: The conversation.
        reply: The call's pieces.
        turns: When the caller's turn begins and ends.
    """
    aggregator = LLMUserAggregator(
        context,
        params=LLMUserAggregatorParams(
            user_turn_strategies=turns,
            user_turn_stop_timeout=STUCK_TURN_SECONDS,
            # An interruption without words is made good by the call itself, without the model.
            empty_user_turn=None,
        ),
        enable_direct_mode=True,  # see `DirectProcessor`: nothing in it waits
    )
    return [aggregator, UserTurnTap(reply.ledger.caller_turn), Consent(reply.tools)]


def _repair(aggregator: FrameProcessor, parts: CallParts) -> FrameProcessor:
    """Have what a turn broke made good, and its answer waited for; gives the processor that sees its words."""

    async def turn_stopped(_: object, __: object, message: UserTurnStoppedMessage) -> None:
        parts.turn_ended(words=bool(message.content))

    aggregator.add_event_handler("on_user_turn_stopped", turn_stopped)
    return UserTurnTap(parts.repair.words)


def thinking(reply: ReplyParts) -> list[FrameProcessor]:
    """From a turn of the conversation to the text of the reply, tools included."""
    return [Grounding(reply.retrieval), reply.language_model, ToolCalls(reply.tools)]


def make_worker(processors: Sequence[FrameProcessor], *, sample_rate: int) -> PipelineWorker:
    """A pipeline of these processors, in order.

    Args:
        processors: From the caller to the caller.
        sample_rate: Of the audio beside it, Hz; without meaning where there is none.
    """
    return PipelineWorker(
        Pipeline(list(processors)),
        params=PipelineParams(audio_in_sample_rate=sample_rate, audio_out_sample_rate=sample_rate),
        # Each observer would see every frame at every processor; latency is in the ledger instead.
        enable_rtvi=False,
        enable_turn_tracking=False,
        idle_timeout_secs=None,
        check_dangling_tasks=False,
    )


async def run_worker(worker: PipelineWorker) -> None:
    """Run a call's pipeline to its end."""
    # A runner per call: a shared one never forgets a worker. Signals are the server's business.
    runner = WorkerRunner(handle_sigint=False, check_dangling_tasks=False)
    await runner.add_workers(worker)
    await runner.run()
