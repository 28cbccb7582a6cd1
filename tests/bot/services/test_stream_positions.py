"""Where in the call's audio a second of a connection is, past the silence that was put in between."""

import pytest

from bot.media.format import TELEPHONE
from bot.services.stream_positions import StreamPositions


def test_a_connection_begins_anywhere_in_the_call() -> None:
    positions = StreamPositions(TELEPHONE, 16000)
    positions.sent(8000)
    assert positions.call_seconds(0.5) == 2.5


def test_silence_that_was_put_in_takes_no_time_of_the_call() -> None:
    positions = StreamPositions(TELEPHONE, 0)
    positions.sent(8000)
    positions.padded(4000)
    positions.padded(4000)
    positions.sent(8000)
    positions.padded(4000)
    expected = {0.5: 0.5, 1.0: 1.0, 1.7: 1.0, 2.0: 1.0, 2.25: 1.25, 3.0: 2.0, 3.4: 2.0}
    assert {at: positions.call_seconds(at) for at in expected} == pytest.approx(expected)
