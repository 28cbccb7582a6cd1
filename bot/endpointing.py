"""When the caller's turn is over.

The local voice activity model finds the pause and asks speech-to-text to settle what it heard (Finalize); then
the words decide: a sentence that is complete is answered at once, one that plainly goes on ("and …", digits
being dictated) is waited for, anything else gets the agent's `silence_threshold_sec`.
"""

import asyncio
import re

from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.turns.types import ProcessFrameResult
from pipecat.turns.user_stop import BaseUserTurnStopStrategy

from processors.frames import TranscriptSettledFrame

LEAST_SILENCE_SECONDS = 0.2
"""Silence after which a complete sentence is answered."""
UNFINISHED_SECONDS = 2.0
"""Silence that is waited for after words that cannot be the end."""
SETTLE_DEADLINE_SECONDS = 1.0
"""How long after a pause speech-to-text may take to settle; then what is there has to do."""
WORDS_DEADLINE_SECONDS = 3.0
"""The same while words are known that it has not settled: a lost connection is made anew and what was said sent
again by then, and a late answer to a whole sentence is better than a quick one to nothing."""
PAUSE_SECONDS = 0.096
"""Silence that has passed when the voice activity model reports a pause."""

_TRAILING = re.compile(
    r"\b(?:and|or|but|so|because|if|when|with|for|to|the|a|an|my|your|our|is|are|at|on|in|of|from|um|uh|er|hmm)"
    r"[\s,.…-]*$",
    re.IGNORECASE,
)
_NUMBER = (
    r"(?:\d+|zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|double|triple|plus|dash|dot|at"
    r"|hundred|thousand|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
)
_DICTATION = re.compile(rf"(?:\b{_NUMBER}\b[\s,.-]*){{3,}}$", re.IGNORECASE)
_SPELLING = re.compile(r"(?:\b[a-z]\b[\s,.-]*){2,}$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?][\"')\]]*$")


def silence_wanted(text: str, threshold: float) -> float:
    """Seconds of silence after which a turn with this text is over.

    Args:
        text: The caller's words so far.
        threshold: The agent's `silence_threshold_sec`, for text that could be complete.
    """
    words = text.strip()
    if _TRAILING.search(words) or _DICTATION.search(words) or _SPELLING.search(words):
        return max(threshold, UNFINISHED_SECONDS)
    if _SENTENCE_END.search(words):
        return min(threshold, LEAST_SILENCE_SECONDS)
    return threshold


class EndOfTurn(BaseUserTurnStopStrategy):
    """Ends the caller's turn by pause, settled transcript and what was said.

    Args:
        threshold: The agent's `silence_threshold_sec`.
    """

    def __init__(self, threshold: float) -> None:
        super().__init__()
        self._threshold = threshold
        self._texts: list[str] = []
        self._speaking = False
        self._settled = False
        self._words_open = False
        self._silent_since: float | None = None
        self._timer: asyncio.Task[None] | None = None

    async def cleanup(self) -> None:
        """Drop the timer."""
        await self._stop_timer()
        await super().cleanup()

    async def handle_user_turn_stopped(self) -> None:
        """The turn is over, whoever ended it: begin anew."""
        self._texts.clear()
        self._settled = False
        self._words_open = False
        await self._stop_timer()

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        """Follow speech and transcripts; decide when something changed."""
        now = asyncio.get_running_loop().time()
        if isinstance(frame, VADUserStartedSpeakingFrame):
            self._speaking = True
            self._settled = False
            await self._stop_timer()
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            self._speaking = False
            self._silent_since = now - PAUSE_SECONDS
            await self._decide(now)
        elif isinstance(frame, InterimTranscriptionFrame):
            await self._note_open_words(now)
        elif isinstance(frame, TranscriptionFrame):
            self._texts.append(frame.text)
            self._words_open = False
            self._note_settled(frame.finalized)
            await self._decide(now)
        elif isinstance(frame, TranscriptSettledFrame):
            self._note_settled(True)
            await self._decide(now)
        return ProcessFrameResult.CONTINUE

    async def _note_open_words(self, now: float) -> None:
        if not self._words_open:
            self._words_open = True
            if self._timer is not None and not self._settled:
                await self._decide(now)

    def _note_settled(self, settled: bool) -> None:
        # While the caller speaks, this answers a pause that is over: the one to come will be asked about anew.
        self._settled = self._settled or (settled and not self._speaking)

    async def _decide(self, now: float) -> None:
        if self._speaking:
            return
        silent_since = self._silent_since if self._silent_since is not None else now
        if self._settled:
            text = " ".join(self._texts)
            due = silent_since + (silence_wanted(text, self._threshold) if text else 0.0)
        else:
            due = silent_since + (WORDS_DEADLINE_SECONDS if self._words_open else SETTLE_DEADLINE_SECONDS)
        await self._stop_timer()
        if due <= now:
            await self.trigger_user_turn_stopped()
        else:
            self._timer = self.create_task(self._wait(due - now), "end-of-turn")

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._timer = None  # from here on the end is being carried out, and may not be cancelled half-way
        await self.trigger_user_turn_stopped()

    async def _stop_timer(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            await self.cancel_task(timer)
