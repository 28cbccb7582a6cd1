import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from api.websocket_frames import LARGEST_SHORT_FRAME, Cut, FrameCutter


def sent(opcode: Opcode, payload: bytes, *, fin: bool = True, masked: bool = True) -> bytes:
    """A frame as a client sends it."""
    return Frame(opcode, payload, fin=fin).serialize(mask=masked)


def cut_whole(stream: bytes) -> list[Cut]:
    return FrameCutter().cut(stream)


@pytest.mark.parametrize("length", [0, 1, 125, 126, 300, 65_535, 65_536])
def test_a_whole_text_message_comes_out_unmasked(length: int) -> None:
    payload = random.Random(length).randbytes(length)
    assert cut_whole(sent(Opcode.TEXT, payload)) == [Cut(True, payload)]


@pytest.mark.parametrize(
    "frame",
    [
        sent(Opcode.BINARY, b"sound"),
        sent(Opcode.PING, b"1234"),
        sent(Opcode.CLOSE, b"\x03\xe8"),
        sent(Opcode.TEXT, b"unmasked", masked=False),
        b"\xc1\x80mask",
    ],
    ids=["binary", "ping", "close", "unmasked", "reserved bit"],
)
def test_any_other_frame_is_left_as_it_came(frame: bytes) -> None:
    text = sent(Opcode.TEXT, b"next")
    assert cut_whole(frame + text) == [Cut(False, frame), Cut(True, b"next")]


def test_text_among_the_fragments_of_a_message_is_left_to_the_whole_protocol() -> None:
    first, ping = sent(Opcode.TEXT, b"a", fin=False), sent(Opcode.PING, b"")
    wrong, last = sent(Opcode.TEXT, b"b", fin=False), sent(Opcode.CONT, b"c")
    cuts = cut_whole(first + ping + wrong + last + sent(Opcode.TEXT, b"d"))
    assert cuts == [Cut(False, first), Cut(False, ping), Cut(False, wrong), Cut(False, last), Cut(True, b"d")]


def test_of_a_large_frame_nothing_is_kept() -> None:
    large = sent(Opcode.TEXT, b"x" * (LARGEST_SHORT_FRAME + 1))
    cutter = FrameCutter()
    assert cutter.cut(large[:14]) == [Cut(False, large[:14])]
    assert cutter.cut(large[14:5000]) == [Cut(False, large[14:5000])]
    rest = cutter.cut(large[5000:] + sent(Opcode.TEXT, b"next"))
    assert rest == [Cut(False, large[5000:]), Cut(True, b"next")]


DATA_FRAMES = st.builds(
    sent,
    st.sampled_from((Opcode.TEXT, Opcode.TEXT, Opcode.CONT, Opcode.BINARY)),
    st.binary(max_size=300) | st.integers(65_000, 66_500).map(lambda size: b"z" * size),
    fin=st.booleans(),
    masked=st.sampled_from((True, True, True, False)),
)
FRAMES = DATA_FRAMES | st.builds(sent, st.sampled_from((Opcode.PING, Opcode.CLOSE)), st.binary(max_size=125))


@given(st.lists(FRAMES, max_size=8), st.lists(st.integers(1, 400), max_size=40))
def test_nothing_is_lost_however_the_stream_is_divided(frames: list[bytes], sizes: list[int]) -> None:
    stream = b"".join(frames)
    cutter = FrameCutter()
    cuts: list[Cut] = []
    at = 0
    for size in [*sizes, len(stream)]:
        cuts += cutter.cut(stream[at : at + size])
        at += size
    in_one_go = FrameCutter()
    frame_by_frame = [cut for frame in frames for cut in in_one_go.cut(frame)]
    assert joined(cuts) == joined(frame_by_frame)


@given(st.binary(max_size=2000))
def test_nothing_that_is_sent_can_break_it(stream: bytes) -> None:
    for cut in cut_whole(stream):
        assert cut.is_text or cut.data in stream


def joined(cuts: list[Cut]) -> list[Cut]:
    """Pieces of the stream that are left as they came, put together."""
    result: list[Cut] = []
    for cut in cuts:
        if result and not cut.is_text and not result[-1].is_text:
            result[-1] = Cut(False, result[-1].data + cut.data)
        else:
            result.append(cut)
    return result
