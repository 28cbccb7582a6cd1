"""When the caller's turn is over, and when it is worth beginning a reply before that is certain.

The local voice activity model finds the pause and asks speech-to-text to settle what it heard (Finalize); then
the words decide how much silence is enough (`bot/turn_completeness.py`, `bot/patience.py`). A reply is begun early
(`bot/speculation.py`) as soon as all that was said is known, settled or not.
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

from bot.patience import PAUSE_SECONDS, SPECULATE_AFTER, Patience
from bot.services.listen_result import ListenResult
from bot.speculation import Speculation, same_words
from bot.turn_completeness import completeness_of
from processors.frames import TranscriptSettledFrame

SETTLE_DEADLINE_SECONDS = 1.0
"""How long after a pause speech-to-text may take to settle; then what is there has to do."""
WORDS_DEADLINE_SECONDS = 3.0
"""The same while words are known that it has not settled: a lost connection is made anew and what was said sent
again by then, and a late answer to a whole sentence is better than a quick one to nothing."""


class EndOfTurn(BaseUserTurnStopStrategy):
    """Ends the caller's turn by pause, settled transcript and what was said.

    Args:
        threshold: The agent's `silence_threshold_sec`.
        patience: How long the agent waits.
        speculation: Told when a reply may be begun early.
        covers_speech: Whether a recognition up to that second of the caller's audio holds all they said so far.
    """

    def __init__(
        self,
        threshold: float,
        patience: Patience,
        speculation: Speculation,
        covers_speech: Callable[[float], bool],
    ) -> None:
        super().__init__()
        self._threshold = threshold
        self._patience = patience
        self._speculation = speculation
        self._covers_speech = covers_speech
        self._texts: list[str] = []
        self._interim = ""
        self._recognised_until = 0.0
        self._turn_open = False
        self._speaking = False
        self._settled = False
        self._words_open = False
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
        self._interim = ""
        self._settled = False
        self._words_open = False
        self._speculation.turn_over()
        await self._stop_timer()

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        """Follow speech and transcripts; decide when something changed."""
        now = asyncio.get_running_loop().time()
        if isinstance(frame, VADUserStartedSpeakingFrame):
            self._speaking = True
            self._settled = False
            await self._stop_timer()
            await self._withdraw()
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            self._speaking = False
            self._silent_since = now - PAUSE_SECONDS
            await self._decide(now)
        elif isinstance(frame, InterimTranscriptionFrame):
            self._note_words("", frame)
            self._interim = frame.text
            self._words_open = True
            if self._timer is not None and not self._settled:
                await self._decide(now)
        elif isinstance(frame, TranscriptionFrame):
            self._note_words(frame.text, frame)
            self._words_open = False
            self._note_settled(frame.finalized)
            await self._decide(now)
        elif isinstance(frame, TranscriptSettledFrame):
            self._note_settled(True)
            await self._decide(now)
        return ProcessFrameResult.CONTINUE

    def _note_words(self, final: str, frame: TranscriptionFrame | InterimTranscriptionFrame) -> None:
        self._interim = ""
        if final:
            self._texts.append(final)
        if isinstance(frame.result, ListenResult):
            self._recognised_until = frame.result.end_seconds

    def _note_settled(self, settled: bool) -> None:
        # While the caller speaks, this answers a pause that is over: the one to come will be asked about anew.
        self._settled = self._settled or (settled and not self._speaking)

    @property
    def _text(self) -> str:
        return " ".join(filter(None, (*self._texts, self._interim)))

    async def _decide(self, now: float) -> None:
        """End the turn, begin a reply early, or look again when the next of the two is due."""
        if self._speaking:
            return
        await self._stop_timer()
        silent_since = self._silent_since if self._silent_since is not None else now
        look_again = await self._speculate(silent_since, now)
        due = silent_since + self._silence_wanted()
        if due <= now:
            await self.trigger_user_turn_stopped()
        elif not self._speaking:
            wake_at = due if look_again is None else min(due, look_again)
            self._timer = self.create_task(self._wait(wake_at - now), "end-of-turn")

    def _silence_wanted(self) -> float:
        if not self._settled:
            return WORDS_DEADLINE_SECONDS if self._words_open else SETTLE_DEADLINE_SECONDS
        if not self._text:
            return 0.0
        kind, answering = completeness_of(self._text), self._speculation.text is not None
        return self._patience.silence_wanted(kind, self._threshold, answering=answering)

    async def _speculate(self, silent_since: float, now: float) -> float | None:
        """Begin a reply early if that is due; gives when it will be, if later."""
        text, begun = self._text, self._speculation.text
        if begun is not None and same_words(begun, text):
            return None
        await self._withdraw()
        known = text and (self._settled or self._covers_speech(self._recognised_until))
        after = SPECULATE_AFTER.get(completeness_of(text)) if known and self._turn_open else None
        if after is None:
            return None
        if silent_since + after > now:
            return silent_since + after
        if self._speculation.begin(text):
            await self.trigger_user_turn_inference_triggered(speculation=UserTurnSpeculation(text))
        return None

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
