"""The caller's audio in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.format import TELEPHONE
from bot.media.uplink import SpeechUplink
from tests.bot.media.fakes import Transcriber

_WRITES = st.tuples(st.binary(max_size=400), st.booleans(), st.booleans())


@given(st.lists(st.one_of(_WRITES, st.none()), max_size=60))
def test_nothing_is_lost_and_a_finalize_comes_after_all_audio_before_it(
    writes: list[tuple[bytes, bool, bool] | None],
) -> None:
    consumer = Transcriber()
    uplink = SpeechUplink(consumer, TELEPHONE)
    expected: list[bytes] = [b""]
    for write in writes:
        if write is None:
            uplink.finalize()
            expected.append(b"")
        else:
            payload, speech, agent_heard = write
            uplink.write(payload, speech=speech, agent_heard=agent_heard)
            expected[-1] += payload
    uplink.flush()
    # The fake refuses empty messages, which would end a Deepgram stream.
    heard: list[bytes] = [b""]
    for message in consumer.messages:
        if message:
            heard[-1] += message
        else:
            heard.append(b"")
    assert heard == expected


@pytest.mark.parametrize(
    ("speech", "agent_heard", "milliseconds"),
    [(True, True, 100), (True, False, 200), (False, True, 400), (False, False, 400)],
)
def test_pieces_are_the_longer_the_less_depends_on_them(
    speech: bool, agent_heard: bool, milliseconds: int
) -> None:
    consumer = Transcriber()
    uplink = SpeechUplink(consumer, TELEPHONE)
    for _ in range(milliseconds // 20 * 2 + 3):
        uplink.write(bytes(160), speech=speech, agent_heard=agent_heard)
    assert [len(message) for message in consumer.messages] == [8 * milliseconds] * 2


def test_what_waits_as_silence_goes_up_when_somebody_speaks() -> None:
    consumer = Transcriber()
    uplink = SpeechUplink(consumer, TELEPHONE)
    for _ in range(15):
        uplink.write(bytes(160), speech=False, agent_heard=False)
    assert consumer.messages == []
    uplink.write(bytes(160), speech=True, agent_heard=False)
    assert [len(message) for message in consumer.messages] == [2560]
