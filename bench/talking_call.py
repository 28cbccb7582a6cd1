"""One simulated caller who follows a plan, and what came of it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.call_plan import CallPlan, Manner, Utterance
from simulator.twilio.call_record import CallEnder
from simulator.twilio.caller import Caller
from simulator.twilio.errors import CallOverError, WaitTimeoutError
from simulator.twilio.lateness import Lateness
from simulator.twilio.measures import CallMeasures, TurnMeasures
from simulator.twilio.speech import PreparedSpeech

REPLY_SECONDS = 15.0
"""How long a caller waits for a reply to begin and end before giving it up."""
_CONNECT_SECONDS = 20.0
_HANG_UP_SECONDS = 25.0
_REPLY_OVER_SECONDS = 1.0
_GONE_SILENT_SECONDS = 1.5

OnUtterance = Callable[[], None]
"""Called after every utterance of a plan, answered or not."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """An utterance of the plan with its measures; None if it was never said."""

    utterance: Utterance
    measures: TurnMeasures | None


@dataclass(frozen=True, slots=True)
class TalkedCall:
    """What came of one call.

    Attributes:
        plan: What it was to be.
        call_sid: Twilio's id.
        measures: Of the whole call.
        spoken: The plan's utterances with their measures, in order.
        lateness: The caller's own.
        seconds: From the media stream's start to the end of the call; 0 without a stream.
        ended_by: Who hung up.
        faults: What went wrong, in words; empty for a call in good order (as far as the caller can tell).
    """

    plan: CallPlan
    call_sid: str
    measures: CallMeasures
    spoken: tuple[Spoken, ...]
    lateness: Lateness
    seconds: float
    ended_by: CallEnder | None
    faults: tuple[str, ...]


class TalkingCall:
    """Follows a plan, once.

    Args:
        caller: Not placed yet.
        plan: What to say.
        speeches: Everything that is said, by text.
        on_utterance: Told of progress.
    """

    def __init__(
        self, caller: Caller, plan: CallPlan, speeches: Mapping[str, PreparedSpeech], on_utterance: OnUtterance
    ) -> None:
        self._caller = caller
        self._plan = plan
        self._speeches = speeches
        self._on_utterance = on_utterance
        self._faults: list[str] = []
        self._connected_at: float | None = None

    async def run(self) -> TalkedCall:
        """Call, talk, and wait for the end; what goes wrong is noted, not raised."""
        caller = self._caller
        caller.place()
        try:
            await caller.wait_connected(_CONNECT_SECONDS)
            self._connected_at = time.perf_counter()
            await self._listen("greeting")
            for utterance in self._plan.utterances:
                await self._say(utterance)
            if self._plan.hangs_up:
                if not self._plan.utterances[-1].is_heard_out:
                    await caller.wait_for_agent_start(timeout=REPLY_SECONDS)
                caller.hang_up()
            await caller.wait_ended(_HANG_UP_SECONDS)
        except (CallOverError, WaitTimeoutError) as error:
            self._faults.append(error.message)
        finally:
            caller.hang_up()
        await caller.wait_ended()
        return self._result()

    async def _say(self, utterance: Utterance) -> None:
        if utterance.manner is Manner.INTERRUPTING and not await self._wait_to_interrupt(utterance.after_ms):
            self._faults.append("the reply was over before it could be interrupted")
        await self._caller.say(self._speeches[utterance.question.text])
        if utterance.is_heard_out:
            await self._listen(utterance.question.text)
        self._on_utterance()

    async def _listen(self, to: str) -> None:
        try:
            await self._caller.wait_for_agent(silence_secs=_REPLY_OVER_SECONDS, timeout=REPLY_SECONDS)
        except WaitTimeoutError as error:
            self._faults.append(f"{to}: {error.message}")

    async def _wait_to_interrupt(self, after_ms: int) -> bool:
        line, agent = self._caller.line, self._caller.line.agent
        await self._caller.wait_for_agent_start(timeout=REPLY_SECONDS)

        def now_or_never(now: float) -> bool:
            spoken = now - (agent.started_at or now)
            silent = now - (agent.last_audible_at or now)
            return (agent.speaking and spoken >= after_ms / 1000) or silent >= _GONE_SILENT_SECONDS

        await line.wait_until(now_or_never, REPLY_SECONDS, "the reply was too short to interrupt")
        return agent.speaking

    def _result(self) -> TalkedCall:
        record = self._caller.record
        measures = self._caller.measures()
        self._faults.extend(f"Twilio {note.code}: {note.message}" for note in record.notifications)
        wanted = CallEnder.CALLER if self._plan.hangs_up else CallEnder.REST
        if not self._faults and record.ended_by is not wanted:
            self._faults.append(f"ended by {record.ended_by}, not by {wanted}")
        said = len(measures.turns)
        return TalkedCall(
            plan=self._plan,
            call_sid=record.sid,
            measures=measures,
            spoken=tuple(
                Spoken(utterance, measures.turns[number] if number < said else None)
                for number, utterance in enumerate(self._plan.utterances)
            ),
            lateness=self._caller.line.meter.lateness,
            seconds=time.perf_counter() - self._connected_at if self._connected_at is not None else 0.0,
            ended_by=record.ended_by,
            faults=tuple(self._faults),
        )
