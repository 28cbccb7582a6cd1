"""Flux's messages as small values; whatever else comes is nothing."""

import json

import pytest

from bot.services.turn_info import FatalError, TurnInfo, TurnInfoEvent, parse_turn_info
from tests.bot.services.raw_peer import turn_info


def test_an_event_with_words_and_their_times() -> None:
    words = [("Hello", 0.75, 0.1, 0.4), ("there.", 0.25, 0.4, 0.82)]
    assert parse_turn_info(turn_info("EndOfTurn", " Hello there. ", 1.2, words=words)) == TurnInfo(
        TurnInfoEvent.END_OF_TURN, "Hello there.", 0.5, 0.82, 1.2
    )


def test_without_times_the_words_end_where_the_audio_does() -> None:
    info = parse_turn_info(turn_info("Update", "Hello", 0.75, words=[("Hello", 0.9, None, None)]))
    assert isinstance(info, TurnInfo)
    assert info.words_end_seconds == 0.75


def test_words_never_end_behind_the_audio() -> None:
    info = parse_turn_info(turn_info("Update", "Hello", 0.75, words=[("Hello", 0.9, 0.1, 2.0)]))
    assert isinstance(info, TurnInfo)
    assert info.words_end_seconds == 0.75


def test_an_error_says_its_code() -> None:
    message = json.dumps({"type": "Error", "sequence_id": 3, "code": "INTERNAL_SERVER_ERROR", "description": "x"})
    assert parse_turn_info(message) == FatalError("INTERNAL_SERVER_ERROR")


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[]",
        "7",
        '{"type":"Connected"}',
        '{"type":"TurnInfo"}',
        '{"type":"TurnInfo","event":"Unheard","transcript":"","audio_window_end":1}',
        '{"type":"TurnInfo","event":"Update","transcript":"","audio_window_end":"soon"}',
        '{"type":"TurnInfo","event":"Update","transcript":"","audio_window_end":1,"words":[3]}',
    ],
)
def test_anything_else_is_nothing(message: str) -> None:
    assert parse_turn_info(message) is None
