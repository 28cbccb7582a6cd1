import pytest

from bench.turns.hearing import KnownReply, audible, audible_ms, goes_on, longest_gap_ms
from bench.turns.replies import PROMPT_REPLY, TOPIC_COUNT, long_reply
from simulator.deepgram.options import DEFAULT_VOICES
from simulator.deepgram.speech import encode_speech
from simulator.twilio import mulaw

SECOND = mulaw.SAMPLE_RATE
SILENCE = bytes([mulaw.SILENCE])
VOICE = DEFAULT_VOICES["aura-2-thalia-en"]


def spoken(text: str) -> bytes:
    """As the agent says it."""
    return encode_speech(text, VOICE, "mulaw", SECOND, 165)


TRACKS = [spoken(long_reply(topic)) for topic in range(TOPIC_COUNT)]
REPLY, OTHER = TRACKS[0], TRACKS[1]


def test_what_is_audible() -> None:
    track = SILENCE * SECOND + bytes(SECOND // 2) + SILENCE * SECOND
    assert audible_ms(track) == 500
    assert audible(track).sum() == 50
    assert audible_ms(b"") == 0


def test_the_longest_gap_lies_between_sounds() -> None:
    sound, silence = bytes(SECOND), SILENCE * (SECOND // 5)
    assert longest_gap_ms(SILENCE * SECOND + sound + silence + sound + SILENCE * SECOND) == 200
    assert longest_gap_ms(SILENCE * SECOND) == 0


@pytest.mark.parametrize("offset", [0, 1, 37, 80])
def test_a_reply_is_known_again_wherever_it_goes_on(offset: int) -> None:
    middle = 5 * SECOND + offset
    track = SILENCE * 400 + REPLY[middle : middle + SECOND]
    assert goes_on(track, KnownReply(REPLY))
    assert goes_on(track, KnownReply(REPLY), KnownReply(OTHER))


def test_a_reply_is_known_again_when_it_is_spoken_anew_in_other_pieces() -> None:
    known = KnownReply(REPLY)
    for sentence in long_reply(0).split(". "):
        assert known.share_of(spoken(f"{sentence.rstrip('.')}.")) > 0.8, sentence


@pytest.mark.parametrize("topic", range(TOPIC_COUNT))
def test_no_reply_sounds_like_another(topic: int) -> None:
    known = KnownReply(TRACKS[topic])
    others = [track for number, track in enumerate(TRACKS) if number != topic]
    assert max(known.share_of(track) for track in (*others, spoken(PROMPT_REPLY))) < 0.15


def test_silence_is_no_going_on() -> None:
    assert not goes_on(SILENCE * SECOND, KnownReply(REPLY))
    assert not goes_on(b"", KnownReply(REPLY))
    assert not goes_on(REPLY[:SECOND], KnownReply(b""))
