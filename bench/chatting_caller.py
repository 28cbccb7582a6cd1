"""A caller who chats on and on, and knows at every moment which turns are finished for whoever listens.

Finished, from outside: the caller heard a reply to its last sound, and silence for half a second after it. Then
the reply and the words that it answers must be stored, whatever happens to the server. Words whose reply has been
audible for half a second must be too; the reply itself is then an unfinished turn.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.small_talk import GREETING, Exchange
from simulator.twilio.caller import Caller
from simulator.twilio.errors import CallOverError, WaitTimeoutError
from simulator.twilio.measures import TurnMeasures
from simulator.twilio.speech import PreparedSpeech

FINISHED_SECONDS = 0.5
_CONNECT_SECONDS = 20.0
_REPLY_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Said:
    """A turn, as it must be stored."""

    is_caller: bool
    words: str


class ChattingCaller:
    """One call.

    Args:
        caller: Not placed yet.
        exchanges: What to talk about, by its number in the call.
        speeches: Everything that is said, by text.

    Attributes:
        asked: Questions asked so far.
        unanswered: Of these, those that no reply came to within 15 s.
    """

    def __init__(
        self, caller: Caller, exchanges: Callable[[int], Exchange], speeches: Mapping[str, PreparedSpeech]
    ) -> None:
        self._caller = caller
        self._exchanges = exchanges
        self._speeches = speeches
        self._finished: list[Said] = []
        self._asking: Said | None = None
        self._said_at = 0.0
        self._last_heard_at = 0.0
        self.asked = 0
        self.unanswered = 0

    @property
    def call_sid(self) -> str:
        """Twilio's id."""
        return self._caller.record.sid

    @property
    def lateness_p99_ms(self) -> float:
        """How late this caller's own frames were."""
        return self._caller.measures().lateness_p99_ms

    @property
    def turns(self) -> tuple[TurnMeasures, ...]:
        """The questions with their measures."""
        return self._caller.measures().turns

    async def connect(self) -> None:
        """Call.

        Raises:
            CallOverError, WaitTimeoutError: Nobody answered.
        """
        self._caller.place()
        await self._caller.wait_connected(_CONNECT_SECONDS)

    async def chat(self, goes_on: Callable[[], bool]) -> None:
        """Talk until the call is over, nobody greets, or `goes_on` says no after an exchange; never raises."""
        try:
            await self._listen()
            self._finish(Said(False, GREETING))
            while goes_on():
                await self._ask(self._exchanges(self.asked))
        except (CallOverError, WaitTimeoutError):
            return

    async def hang_up(self) -> None:
        """Put the receiver down."""
        self._caller.hang_up()
        await self._caller.wait_ended()

    def finished(self) -> tuple[Said, ...]:
        """The turns that are finished now, in order."""
        agent = self._caller.line.agent
        began = agent.started_at
        if self._asking is None or began is None or began < self._said_at:
            return tuple(self._finished)
        answered = time.perf_counter() - began >= FINISHED_SECONDS
        return (*self._finished, self._asking) if answered else tuple(self._finished)

    def since_finished(self) -> float:
        """Seconds since the last sound of the last finished reply."""
        return time.perf_counter() - self._last_heard_at

    async def _ask(self, exchange: Exchange) -> None:
        self._asking = None
        await self._caller.say(self._speeches[exchange.question])
        self._said_at = time.perf_counter()
        self._asking = Said(True, exchange.question)
        self.asked += 1
        try:
            await self._listen()
        except WaitTimeoutError:
            self.unanswered += 1
            self._asking = None
            return
        asked, self._asking = self._asking, None
        self._finish(asked, Said(False, exchange.reply))

    async def _listen(self) -> None:
        await self._caller.wait_for_agent(silence_secs=FINISHED_SECONDS, timeout=_REPLY_SECONDS)

    def _finish(self, *turns: Said) -> None:
        self._finished += turns
        self._last_heard_at = self._caller.line.agent.last_audible_at or time.perf_counter()
