"""The turns of one Flux stream: audio in, turn events out, no clock and no sockets.

Source: Deepgram's description of the Flux state machine (StartOfTurn, Update about every 0.25 s, EagerEndOfTurn,
TurnResumed, EndOfTurn; the transcript is that of the whole turn so far) and of ForceEndTurn.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from simulator.deepgram.flux_confidence import end_of_turn_confidence
from simulator.deepgram.flux_query import Thresholds
from simulator.deepgram.transcriber import (
    SHORTEST_PAUSE_SECS,
    Event,
    HeardWord,
    Transcriber,
    TranscriberOptions,
    Transcript,
)
from simulator.deepgram.utterance_book import UtteranceBook

STEP_SECS = 0.08
"""Flux goes through audio in steps of this length."""
UPDATE_SECS = 0.25


class TurnEventKind(StrEnum):
    """Names of the protocol."""

    UPDATE = "Update"
    START_OF_TURN = "StartOfTurn"
    EAGER_END_OF_TURN = "EagerEndOfTurn"
    TURN_RESUMED = "TurnResumed"
    END_OF_TURN = "EndOfTurn"


class Trigger(StrEnum):
    """Why a turn ended."""

    MODEL = "model"
    MANUAL = "manual"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class TurnEvent:
    """Something happened in a turn; positions in seconds of the stream."""

    kind: TurnEventKind
    turn_index: int
    window_start_secs: float
    window_end_secs: float
    words: tuple[HeardWord, ...]
    confidence: float
    trigger: Trigger | None = None

    @property
    def transcript(self) -> str:
        """The turn so far."""
        return " ".join(word.text for word in self.words)


class FluxTurns:
    """Follows one stream. Not thread-safe.

    Args:
        book: Known utterances, shared.
        sample_rate: Hz.
        thresholds: When a turn is over; may be changed at any time.
        interim_secs: How often the words of running speech are looked at.
    """

    def __init__(
        self, book: UtteranceBook, sample_rate: int, thresholds: Thresholds, *, interim_secs: float
    ) -> None:
        self.thresholds = thresholds
        options = TranscriberOptions(endpoint_secs=SHORTEST_PAUSE_SECS, interim_secs=interim_secs)
        self._transcriber = Transcriber(book, sample_rate, options)
        self._step = round(sample_rate * STEP_SECS)
        self._rest: npt.NDArray[np.int16] = np.zeros(0, dtype=np.int16)
        self._settled: tuple[HeardWord, ...] = ()
        self._interim: tuple[HeardWord, ...] = ()
        self._turn_index = 0
        self._turn_open = False
        self._eager_words: int | None = None
        self._window_start = 0.0
        self._reported_at = 0.0

    def push(self, samples: npt.NDArray[np.int16]) -> list[TurnEvent]:
        """Take in audio; returns what it leads to, in order."""
        samples = np.concatenate((self._rest, samples))
        whole = len(samples) - len(samples) % self._step
        self._rest = samples[whole:]
        events: list[TurnEvent] = []
        for at in range(0, whole, self._step):
            self._note(self._transcriber.push(samples[at : at + self._step]))
            events.extend(self._judge())
        return events

    def force_end(self) -> list[TurnEvent]:
        """End the turn with what was understood so far; nothing where none is open."""
        self._note(self._transcriber.finalize())
        return [*self._begin_if_due(), *([self._end(Trigger.MANUAL)] if self._turn_open else [])]

    def finish(self) -> list[TurnEvent]:
        """The stream is over: what is left becomes an Update, and the turn stays open."""
        self._note([*self._transcriber.push(self._rest), *self._transcriber.finish()])
        return [*self._begin_if_due(), self._event(TurnEventKind.UPDATE)]

    @property
    def _words(self) -> tuple[HeardWord, ...]:
        return (*self._settled, *self._interim)

    def _note(self, events: list[Event]) -> None:
        for event in events:
            if not isinstance(event, Transcript):
                continue
            if event.is_final:
                self._settled, self._interim = (*self._settled, *event.words), ()
            else:
                self._interim = event.words

    def _judge(self) -> list[TurnEvent]:
        events = self._begin_if_due()
        if self._eager_words is not None and self._eager_words != len(self._words):
            self._eager_words = None
            events.append(self._event(TurnEventKind.TURN_RESUMED))
        events.extend(self._ends())
        if not events and self._transcriber.position_secs - self._reported_at >= UPDATE_SECS:
            events.append(self._event(TurnEventKind.UPDATE))
        if events:
            self._reported_at = self._transcriber.position_secs
        return events

    def _begin_if_due(self) -> list[TurnEvent]:
        if self._turn_open or not self._words:
            return []
        self._turn_open = True
        return [self._event(TurnEventKind.START_OF_TURN)]

    def _ends(self) -> list[TurnEvent]:
        if not self._turn_open or self._transcriber.hears_speech:
            return []
        events: list[TurnEvent] = []
        confidence, wanted = self._confidence, self.thresholds
        if wanted.eager is not None and confidence >= wanted.eager and self._eager_words is None:
            self._eager_words = len(self._words)
            events.append(self._event(TurnEventKind.EAGER_END_OF_TURN))
        if confidence >= wanted.eot:
            events.append(self._end(Trigger.MODEL))
        elif self._transcriber.silence_secs * 1000 >= wanted.timeout_ms:
            events.append(self._end(Trigger.TIMEOUT))
        return events

    @property
    def _confidence(self) -> float:
        if not self._turn_open:
            return 0.0
        silence = 0.0 if self._transcriber.hears_speech else self._transcriber.silence_secs
        return end_of_turn_confidence(" ".join(word.text for word in self._words), silence)

    def _event(self, kind: TurnEventKind, trigger: Trigger | None = None) -> TurnEvent:
        return TurnEvent(
            kind=kind,
            turn_index=self._turn_index,
            window_start_secs=round(self._window_start, 3),
            window_end_secs=round(self._transcriber.position_secs, 3),
            words=self._words,
            confidence=self._confidence,
            trigger=trigger,
        )

    def _end(self, trigger: Trigger) -> TurnEvent:
        event = self._event(TurnEventKind.END_OF_TURN, trigger)
        self._settled, self._interim = (), ()
        self._turn_open, self._eager_words = False, None
        self._turn_index += 1
        self._window_start = self._transcriber.position_secs
        return event
