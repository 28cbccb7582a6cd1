"""The caller's audio in pieces."""

from hypothesis import given
from hypothesis import strategies as st

from bot.media.format import TELEPHONE
from bot.media.uplink import SpeechUplink
from tests.bot.media.fakes import Transcriber


@given(st.lists(st.one_of(st.tuples(st.binary(max_size=400), st.booleans()), st.none()), max_size=60))
def test_nothing_is_lost_and_a_finalize_comes_after_all_audio_before_it(
    writes: list[tuple[bytes, bool] | None],
) -> None:
    consumer = Transcriber()
    uplink = SpeechUplink(consumer, TELEPHONE)
    expected: list[bytes] = [b""]
    for write in writes:
        if write is None:
            uplink.finalize()
            expected.append(b"")
        else:
            payload, speech = write
            uplink.write(payload, speech=speech)
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


def test_audio_goes_up_in_pieces_of_100_ms() -> None:
    consumer = Transcriber()
    uplink = SpeechUplink(consumer, TELEPHONE)
    for _ in range(12):
        uplink.write(bytes(160), speech=True)
    assert [len(message) for message in consumer.messages] == [800, 800]


def test_silence_goes_up_in_longer_pieces_until_somebody_speaks() -> None:
    consumer = Transcriber()
    uplink = SpeechUplink(consumer, TELEPHONE)
    for _ in range(27):
        uplink.write(bytes(160), speech=False)
    uplink.write(bytes(160), speech=True)
    assert [len(message) for message in consumer.messages] == [3200, 1280]
