"""One caller in one call: speaks when told to, and listens to what the agent does meanwhile."""

import time

from simulator.twilio.caller import Caller
from simulator.twilio.errors import WaitTimeoutError
from simulator.twilio.lateness import Lateness
from simulator.twilio.measures import TurnMeasures
from simulator.twilio.mulaw import FRAME_SECS
from simulator.twilio.speech import PreparedSpeech

_CONNECT_SECONDS = 20.0
_REPLY_SECONDS = 12.0
_LONGEST_REPLY_SECONDS = 60.0


class TurnCall:
    """A call with a recording.

    Args:
        caller: Not placed yet; records.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._line = caller.line

    @property
    def lateness(self) -> Lateness:
        """The caller's own."""
        return self._line.meter.lateness

    @property
    def position_secs(self) -> float:
        """Seconds recorded so far: a place to `heard_since`."""
        recorder = self._line.recorder
        return recorder.duration_secs if recorder is not None else 0.0

    @property
    def agent_is_speaking(self) -> bool:
        """Whether the agent is heard, or was less than 0.4 s ago."""
        return self._line.agent.speaking

    @property
    def clears(self) -> int:
        """How many `clear`s came in so far."""
        return self._caller.measures().clears

    async def begin(self) -> None:
        """Call, and hear the greeting out.

        Raises:
            CallOverError: The call ended.
            WaitTimeoutError: Nobody answered, or there was no greeting.
        """
        self._caller.place()
        await self._caller.wait_connected(_CONNECT_SECONDS)
        await self.hear_out()

    async def say(self, speech: PreparedSpeech) -> int:
        """Say or make a sound to the end; returns its number, for `measures`.

        Raises:
            CallOverError: The call ended.
        """
        number = len(self._caller.measures().turns)
        await self._caller.say(speech)
        return number

    def measures(self, number: int) -> TurnMeasures:
        """What came of something that was said, as far as is known by now."""
        return self._caller.measures().turns[number]

    def heard_since(self, position_secs: float) -> bytes:
        """The agent's µ-law that was heard since then; silence where there was nothing."""
        recorder = self._line.recorder
        return recorder.agent_audio(position_secs) if recorder is not None else b""

    async def hear_out(self, *, silence_secs: float = 1.0) -> None:
        """Wait until the agent has spoken and fallen silent.

        Raises:
            CallOverError: The call ended.
            WaitTimeoutError: It did not speak, or did not stop within a minute.
        """
        await self._caller.wait_for_agent_start(timeout=_REPLY_SECONDS)
        await self._caller.wait_for_agent(silence_secs=silence_secs, timeout=_LONGEST_REPLY_SECONDS)

    async def hear_some(self, secs: float, *, silent_secs: float = 4.0) -> bool:
        """Listen until the agent has been speaking for so long; False if it stays silent instead.

        Args:
            secs: Since it began, or since now if it speaks already.
            silent_secs: How long it may say nothing at all.

        Raises:
            CallOverError: The call ended.
        """
        begun, agent = time.perf_counter(), self._line.agent

        def enough(now: float) -> bool:
            since = max(begun, agent.started_at or now)
            quiet = now - max(begun, agent.last_audible_at or begun)
            return (agent.speaking and now - since >= secs) or quiet >= silent_secs

        try:
            await self._line.wait_until(enough, secs + _LONGEST_REPLY_SECONDS, "the agent stammered")
        except WaitTimeoutError:
            return False
        return agent.speaking

    async def wait(self, secs: float) -> None:
        """Let time pass on the line's own clock.

        Raises:
            CallOverError: The call ended.
        """
        until = self.position_secs + secs - FRAME_SECS / 2
        await self._line.wait_until(lambda _now: self.position_secs >= until, secs + 5.0, "the line stood still")

    async def hang_up(self) -> None:
        """Put the receiver down, and wait until the network has told everybody.

        Raises:
            WaitTimeoutError: The call did not end.
        """
        self._caller.hang_up()
        await self._caller.wait_ended()
