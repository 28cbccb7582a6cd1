"""When the caller's turn is over, where the recogniser (Deepgram's Flux) finds that out itself.

Its EndOfTurn ends the turn at once, and its likely end begins a reply early (`bot/speculation.py`). The local
voice activity model begins turns and takes the word from the agent, as ever; of ends it says only two things: that
a caller who is heard speaking has not finished, and that a turn in which Flux hears nothing is over all the same.
"""

import asyncio
from collections.abc import Callable

from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.turns.types import ProcessFrameResult, UserTurnSpeculation
from pipecat.turns.user_stop import BaseUserTurnStopStrategy

from bot.patience import PAUSE_SECONDS
from bot.speculation import Speculation, same_words
from processors.frames import TurnEndLikelyFrame

WORDLESS_SECONDS = 1.0
"""Silence after which a turn in which Flux has heard no word is over: it was a noise."""
LATE_WORDS_SECONDS = 0.6
"""The same where a turn had ended for Flux before the sound: time for its words, if it was speech."""
OVERDUE_SECONDS = 0.5
"""Flux may be late by this much with an end that silence alone should have brought; then it is told to."""
OWN_START_SECONDS = 0.1
"""Words may take the word themselves (speech too soft to be measured): their start follows them at once."""


class FluxEndOfTurn(BaseUserTurnStopStrategy):
    """Ends the caller's turn when Flux says so.

    Args:
        longest_silence: Seconds after which Flux ends any turn.
        speculation: Told when a reply may be begun early.
        end_turn: Makes Flux end the turn with the words it has.
    """

    def __init__(self, longest_silence: float, speculation: Speculation, end_turn: Callable[[], None]) -> None:
        super().__init__()
        self._longest_silence = longest_silence
        self._speculation = speculation
        self._end_turn = end_turn
        self._texts: list[str] = []
        self._interim = ""
        self._likely = ""
        self._turn_open = False
        self._speaking = False
        self._sound_after_end = False
        self._ended_at = 0.0
        self._silent_since: float | None = None
        self._timer: asyncio.Task[None] | None = None

    async def cleanup(self) -> None:
        """Drop the timer."""
        await self._stop_timer()
        await super().cleanup()

    async def handle_user_turn_started(self) -> None:
        """A turn begins; what was recognised late of the one before belongs to it."""
        self._turn_open = True

    async def handle_user_turn_stopped(self) -> None:
        """The turn is over, whoever ended it: begin anew."""
        self._turn_open = False
        if not self._texts:
            # Nothing was settled, so nothing enters the conversation, and nobody would come for the reply.
            await self._withdraw()
        self._texts.clear()
        self._interim = self._likely = ""
        self._sound_after_end = False
        self._speculation.turn_over()
        await self._stop_timer()

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        """Follow speech and turn events; decide when something changed."""
        now = asyncio.get_running_loop().time()
        if isinstance(frame, VADUserStartedSpeakingFrame):
            self._speaking = True
            self._sound_after_end = bool(self._texts) and now - self._ended_at > OWN_START_SECONDS
            await self._stop_timer()
            await self._withdraw()
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            self._speaking = False
            self._silent_since = now - PAUSE_SECONDS
            await self._decide(now)
        elif isinstance(frame, InterimTranscriptionFrame):
            self._interim = frame.text
            await self._decide(now)
        elif isinstance(frame, TranscriptionFrame):
            self._texts.append(frame.text)
            self._interim = self._likely = ""
            self._sound_after_end, self._ended_at = False, now
            await self._decide(now)
        elif isinstance(frame, TurnEndLikelyFrame):
            self._likely = frame.text or ""
            await self._decide(now)
        return ProcessFrameResult.CONTINUE

    async def _decide(self, now: float) -> None:
        """End the turn, begin or withdraw an early reply, or look again when something is due."""
        if self._speaking or not self._turn_open:
            return
        await self._stop_timer()
        await self._speculate()
        due = self._due(now)
        if due > now:
            self._timer = self.create_task(self._wait(due - now), "end-of-turn")
        elif self._interim:
            # Answered with the words as final ones, by Flux or for it.
            self._end_turn()
        else:
            await self.trigger_user_turn_stopped()

    def _due(self, now: float) -> float:
        silent_since = self._silent_since if self._silent_since is not None else now
        if self._interim:
            return silent_since + self._longest_silence + OVERDUE_SECONDS
        if not self._texts:
            return silent_since + WORDLESS_SECONDS
        return silent_since + LATE_WORDS_SECONDS if self._sound_after_end else now

    async def _speculate(self) -> None:
        """Begin a reply to what has probably been said; withdraw one to anything else."""
        said = " ".join(filter(None, (*self._texts, self._interim)))
        begun = self._speculation.text
        if begun is not None and same_words(begun, said) and (self._likely or not self._interim):
            return
        await self._withdraw()
        if self._interim and same_words(self._likely, self._interim) and self._speculation.begin(said):
            await self.trigger_user_turn_inference_triggered(speculation=UserTurnSpeculation(said))

    async def _withdraw(self) -> None:
        if self._speculation.withdraw():
            await self.trigger_user_turn_speculation_cancelled()

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._timer = None  # from here on what is due is being carried out, and may not be cancelled half-way
        await self._decide(asyncio.get_running_loop().time())

    async def _stop_timer(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            await self.cancel_task(timer)
