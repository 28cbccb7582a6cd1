"""What is known about each turn of a call, gathered as it happens and written down once it is over.

Processors and the media plane report single facts (a word, a token, the first audio); the ledger turns them
into `TurnRecord`s and events. It never waits for anything.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.chat_model import ChatUsage
from bot.events import CallEvent, ReplySpeculated, SpeculationStage, SpeechHeard, ToolFinished, TurnFinished
from bot.services.listen_result import ListenResult
from data.records import RetrievalRecord, Role, ToolCallRecord, TurnLatency, TurnRecord

LONGEST_INTERRUPTION_SECONDS = 3.0
"""A sound that began longer ago than this, when the agent is silenced, is noise on the line and no onset."""


class Stage(StrEnum):
    """Instants in the making of a reply."""

    REQUESTED = "requested"
    FIRST_TOKEN = "first_token"
    FIRST_CLAUSE = "first_clause"
    FIRST_AUDIO = "first_audio"
    HEARD = "heard"


@dataclass(slots=True)
class _Reply:
    """The making of one reply."""

    answers_caller: bool
    caller_stopped_at: float | None = None
    transcribed_at: float | None = None
    turn_over_at: float | None = None
    early: bool = False
    retrieval: RetrievalRecord | None = None
    tools: list[ToolCallRecord] = field(default_factory=list)
    stages: dict[Stage, float] = field(default_factory=dict)
    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class _Interruption:
    """The agent was silenced at `at` (loop time), that long after the caller's onset."""

    at: float
    milliseconds: float


class TurnLedger:
    """The turns of one call.

    Args:
        conversation_id: Which call.
        emit: Where events go.
        clock: The loop's time.
        wall_clock: Seconds since the epoch.
    """

    def __init__(
        self,
        conversation_id: str,
        emit: Callable[[CallEvent], None],
        clock: Callable[[], float],
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._conversation_id = conversation_id
        self._emit = emit
        self._clock = clock
        self._wall_clock = wall_clock
        self._began = clock()
        self._position = 0
        self._replies: dict[int, _Reply] = {}
        self._words: list[ListenResult] = []
        self._interim: ListenResult | None = None
        self._has_words = False
        self._spoke_at: float | None = None
        self._caller_stopped_at: float | None = None
        self._transcribed_at: float | None = None
        self._interruption: _Interruption | None = None
        self._unclaimed_tools: list[ToolCallRecord] = []
        self._ended_tools: dict[str, ToolCallRecord] = {}
        self._told_tools: set[str] = set()
        self.caller_turns = 0

    # --- the caller ---------------------------------------------------------------------------------------

    def caller_started(self) -> None:
        """The caller began to speak."""
        if self._has_words and self._spoke_at is not None:
            return
        # A beginning without words before this one was a sound, not the beginning of the turn.
        self._spoke_at = now = self._clock()
        if self._interruption is not None and now - self._interruption.at > LONGEST_INTERRUPTION_SECONDS:
            self._interruption = None

    def caller_paused(self, last_sound_at: float | None) -> None:
        """The caller paused; `last_sound_at` is when their last audible sample came in."""
        self._caller_stopped_at = last_sound_at

    def words(self, result: ListenResult) -> None:
        """The recogniser has words."""
        at = self._wall_clock()
        self._emit(SpeechHeard(self._conversation_id, at, Role.USER, result.text, result.is_final))
        self._has_words = True
        self._interim = None if result.is_final else result
        if result.is_final:
            self._words.append(result)
            self._transcribed_at = self._clock()

    def interrupted(self, onset_at: float | None, cleared_at: float) -> None:
        """The agent was silenced for a sound that began at `onset_at`."""
        plausible = onset_at is not None and cleared_at - onset_at <= LONGEST_INTERRUPTION_SECONDS
        took = _milliseconds(onset_at, cleared_at) if plausible else None
        self._interruption = _Interruption(cleared_at, took) if took is not None else None

    def not_interrupted(self) -> None:
        """That sound was no interruption."""
        self._interruption = None

    def caller_turn(self, text: str) -> None:
        """The caller's turn is over and says this."""
        self.caller_turns += 1
        confidences = [word.confidence for word in self._words if word.confidence]
        interruption = self._interruption
        latency = TurnLatency(interruption_ms=interruption.milliseconds) if interruption else None
        self._write(
            Role.USER,
            text,
            self._spoke_at,
            confidence=round(sum(confidences) / len(confidences), 3) if confidences else None,
            latency=latency,
        )
        self._words.clear()
        self._interim = None
        self._has_words = False
        self._spoke_at = None
        self._interruption = None

    # --- the agent ----------------------------------------------------------------------------------------

    def reply_began(
        self, generation: int, *, answers_caller: bool, retrieval: RetrievalRecord | None = None
    ) -> None:
        """A reply is being made; if before the caller's turn is over, `reply_confirmed` follows."""
        reply = _Reply(answers_caller, retrieval=retrieval)
        if answers_caller:
            self._note_turn(reply)
        self._replies[generation] = reply

    def reply_confirmed(self, generation: int) -> None:
        """A reply that was begun early answers the caller's turn, which is over now."""
        reply = self._replies.get(generation)
        if reply is not None:
            reply.early = True
            self._note_turn(reply)

    def speculated(self, stage: SpeculationStage, wasted_tokens: int = 0) -> None:
        """Something became of a reply that was begun before the caller's turn was certainly over."""
        self._emit(ReplySpeculated(self._conversation_id, self._wall_clock(), stage, wasted_tokens))

    def _note_turn(self, reply: _Reply) -> None:
        reply.caller_stopped_at = self._caller_stopped_at
        reply.transcribed_at = self._transcribed_at
        reply.turn_over_at = self._clock()

    def reached(self, generation: int, stage: Stage) -> None:
        """A reply has come this far (only the first time counts)."""
        reply = self._replies.get(generation)
        if reply is not None:
            reply.stages.setdefault(stage, self._clock())

    def used(self, generation: int, usage: ChatUsage) -> None:
        """The model counted its tokens; several rounds of one reply add up."""
        reply = self._replies.get(generation)
        if reply is not None:
            reply.input_tokens = (reply.input_tokens or 0) + usage.input_tokens
            reply.output_tokens = (reply.output_tokens or 0) + usage.output_tokens

    def tool_ended(self, record: ToolCallRecord) -> None:
        """A tool call ended; written down at the end of the call if no reply ever comes to claim it."""
        self._ended_tools[record.request_id] = record
        self._tell(record)

    def tools_used(self, generation: int, records: Sequence[ToolCallRecord]) -> None:
        """Tools ended that this reply asked for. A reply that is over by then leaves them to the next one."""
        reply = self._replies.get(generation)
        (self._unclaimed_tools if reply is None else reply.tools).extend(records)
        for record in records:
            self._ended_tools.pop(record.request_id, None)
            self._tell(record)

    def _tell(self, record: ToolCallRecord) -> None:
        if record.request_id not in self._told_tools:
            self._told_tools.add(record.request_id)
            self._emit(ToolFinished(self._conversation_id, self._wall_clock(), record))

    def speaking(self, generation: int, text: str) -> None:
        """A piece of a reply goes to the voice."""
        self.reached(generation, Stage.FIRST_CLAUSE)
        self._emit(SpeechHeard(self._conversation_id, self._wall_clock(), Role.AGENT, text, final=False))

    def reply_heard(self, generation: int, text: str, *, interrupted: bool) -> None:
        """A reply is over for the caller."""
        reply = self._replies.pop(generation, None)
        if reply is None:
            return
        tools = (*self._unclaimed_tools, *reply.tools)
        self._unclaimed_tools.clear()
        if not text and not tools:
            return
        self._write(
            Role.AGENT,
            text,
            reply.stages.get(Stage.HEARD),
            interrupted=interrupted,
            latency=_latency(reply),
            retrieval=reply.retrieval,
            tool_calls=tools,
            input_tokens=reply.input_tokens,
            output_tokens=reply.output_tokens,
        )

    def reply_dropped(self, generation: int) -> None:
        """A reply was given up; if nothing of it was heard, its tools are told with the next one."""
        reply = self._replies.pop(generation, None)
        if reply is not None:
            self._unclaimed_tools.extend(reply.tools)

    def close(self) -> None:
        """The call is over: write down what was begun and never finished."""
        words = [*self._words, self._interim] if self._interim is not None else self._words
        if words:
            self.caller_turn(" ".join(word.text for word in words))
        for generation in tuple(self._replies):
            self.reply_heard(generation, "", interrupted=True)
        # Some may have ended when the pipeline was already closing, and told nobody but the ledger.
        tools = (*self._unclaimed_tools, *self._ended_tools.values())
        if tools:
            self._unclaimed_tools.clear()
            self._ended_tools.clear()
            self._write(Role.AGENT, "", None, interrupted=True, tool_calls=tools)

    # --- writing ------------------------------------------------------------------------------------------

    def _write(
        self,
        role: Role,
        message: str,
        at: float | None,
        *,
        interrupted: bool = False,
        confidence: float | None = None,
        latency: TurnLatency | None = None,
        retrieval: RetrievalRecord | None = None,
        tool_calls: tuple[ToolCallRecord, ...] = (),
        input_tokens: int | None = None,
        output_tokens: int | None = None,
    ) -> None:
        began = at if at is not None else self._clock()
        turn = TurnRecord(
            position=self._position,
            role=role,
            message=message,
            time_in_call_secs=round(max(0.0, began - self._began), 2),
            interrupted=interrupted,
            confidence=confidence,
            latency=latency,
            retrieval=retrieval,
            tool_calls=tool_calls,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
        )
        self._position += 1
        self._emit(TurnFinished(self._conversation_id, self._wall_clock(), turn))


def _latency(reply: _Reply) -> TurnLatency | None:
    if not reply.answers_caller:
        return None
    stages = reply.stages
    held = _milliseconds(stages.get(Stage.FIRST_AUDIO), reply.turn_over_at)
    return TurnLatency(
        turn_end_ms=_milliseconds(reply.caller_stopped_at, reply.turn_over_at),
        held_ms=(held or 0.0) if reply.early else None,
        stt_ms=_milliseconds(reply.caller_stopped_at, reply.transcribed_at),
        retrieval_ms=reply.retrieval.latency_ms if reply.retrieval else None,
        llm_first_token_ms=_milliseconds(stages.get(Stage.REQUESTED), stages.get(Stage.FIRST_TOKEN)),
        llm_first_clause_ms=_milliseconds(stages.get(Stage.FIRST_TOKEN), stages.get(Stage.FIRST_CLAUSE)),
        tts_first_byte_ms=_milliseconds(stages.get(Stage.FIRST_CLAUSE), stages.get(Stage.FIRST_AUDIO)),
        voice_to_voice_ms=_milliseconds(reply.caller_stopped_at, stages.get(Stage.HEARD)),
    )


def _milliseconds(begin: float | None, end: float | None) -> float | None:
    if begin is None or end is None or end < begin:
        return None
    return round((end - begin) * 1000, 1)
