"""Bytes and seconds."""

from hypothesis import given
from hypothesis import strategies as st

from bot.media.format import TELEPHONE, Encoding, MediaFormat

WIDE = MediaFormat(Encoding.LINEAR16, 16000)


@given(st.integers(0, 10**7))
def test_bytes_and_seconds_are_the_same_length(samples: int) -> None:
    for media_format in (TELEPHONE, WIDE):
        size = samples * media_format.sample_bytes
        assert media_format.byte_count(media_format.seconds(size)) == size


def test_a_telephone_second_is_8000_bytes_and_a_wide_one_32000() -> None:
    assert TELEPHONE.bytes_per_second == 8000
    assert WIDE.bytes_per_second == 32000
    assert len(TELEPHONE.to_pcm(b"\xff" * 160)) == 320
    assert WIDE.to_pcm(b"\x01\x02") == b"\x01\x02"
