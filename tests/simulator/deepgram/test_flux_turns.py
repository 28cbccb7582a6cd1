"""The turns of a Flux stream: begun by words, ended by certainty, by silence or by order."""

from collections.abc import Sequence

import numpy as np

from simulator.deepgram.flux_confidence import end_of_turn_confidence
from simulator.deepgram.flux_query import Thresholds
from simulator.deepgram.flux_turns import FluxTurns, Trigger, TurnEvent, TurnEventKind
from simulator.deepgram.utterance_book import UtteranceBook
from tests.simulator.deepgram.streams import line

HOURS = "What are your opening hours?"
PRICES = "What are your prices?"
OPEN = "I would like to book an appointment"
EAGER = Thresholds(eot=0.8, eager=0.4)


def follow(book: UtteranceBook, parts: Sequence[str | float], thresholds: Thresholds = EAGER) -> list[TurnEvent]:
    turns = FluxTurns(book, 8000, thresholds, interim_secs=0.25)
    # All at once: what follows from it must not hang on how the audio was cut.
    return turns.push(line(parts))


def kinds(events: Sequence[TurnEvent]) -> list[TurnEventKind]:
    return [event.kind for event in events if event.kind is not TurnEventKind.UPDATE]


def test_a_sentence_is_a_turn_with_an_early_end(book: UtteranceBook) -> None:
    events = follow(book, [HOURS, 1.0])
    assert kinds(events) == [
        TurnEventKind.START_OF_TURN,
        TurnEventKind.EAGER_END_OF_TURN,
        TurnEventKind.END_OF_TURN,
    ]
    start, eager, end = (event for event in events if event.kind is not TurnEventKind.UPDATE)
    assert HOURS.startswith(start.transcript)
    assert start.transcript
    assert eager.transcript == end.transcript == HOURS
    assert eager.window_end_secs < end.window_end_secs
    assert 0.4 <= eager.confidence < 0.8 <= end.confidence
    assert end.trigger is Trigger.MODEL
    updates = [event for event in events if event.kind is TurnEventKind.UPDATE]
    assert updates[0].transcript == "", "time passes audibly before anybody speaks"
    assert updates[-1].turn_index == end.turn_index + 1
    assert updates[-1].transcript == ""


def test_going_on_withdraws_the_early_end(book: UtteranceBook) -> None:
    events = follow(book, [OPEN, 0.6, PRICES, 1.0])
    assert kinds(events) == [
        TurnEventKind.START_OF_TURN,
        TurnEventKind.EAGER_END_OF_TURN,
        TurnEventKind.TURN_RESUMED,
        TurnEventKind.EAGER_END_OF_TURN,
        TurnEventKind.END_OF_TURN,
    ]
    last = next(event for event in events if event.kind is TurnEventKind.END_OF_TURN)
    assert last.transcript == f"{OPEN} {PRICES}"


def test_without_the_threshold_nothing_is_early(book: UtteranceBook) -> None:
    assert (
        kinds(follow(book, [HOURS, 1.0, PRICES, 1.0], Thresholds()))
        == [
            TurnEventKind.START_OF_TURN,
            TurnEventKind.END_OF_TURN,
        ]
        * 2
    )


def test_silence_ends_what_certainty_does_not(book: UtteranceBook) -> None:
    events = follow(book, [OPEN, 1.2], Thresholds(eot=1.0, timeout_ms=700))
    end = next(event for event in events if event.kind is TurnEventKind.END_OF_TURN)
    assert end.trigger is Trigger.TIMEOUT


def test_a_turn_is_ended_by_order_and_nothing_where_none_is_open(book: UtteranceBook) -> None:
    turns = FluxTurns(book, 8000, Thresholds(eot=1.0), interim_secs=0.25)
    assert turns.force_end() == []
    turns.push(line([OPEN, 0.3]))
    (end,) = turns.force_end()
    assert (end.kind, end.trigger, end.transcript) == (TurnEventKind.END_OF_TURN, Trigger.MANUAL, OPEN)
    assert turns.force_end() == []


def test_a_noise_is_no_turn(book: UtteranceBook) -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 4000).astype(np.int16)
    turns = FluxTurns(book, 8000, EAGER, interim_secs=0.25)
    quiet = np.zeros(8000, dtype=np.int16)
    assert kinds(turns.push(np.concatenate((quiet, noise, quiet)))) == []


def test_words_that_go_on_need_more_silence() -> None:
    def needed(text: str) -> float:
        return next(s / 100 for s in range(1000) if end_of_turn_confidence(text, s / 100) >= 0.7)

    assert needed(HOURS) < 0.3 < needed(OPEN) < 1.0 < needed("I would like a flat and") < 5.0
