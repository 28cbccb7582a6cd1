import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.twilio.playout import PlayoutBuffer, PlayoutOverflowError

Operation = tuple[str, int]
operations = st.lists(
    st.one_of(
        st.tuples(st.just("audio"), st.integers(1, 700)),
        st.tuples(st.just("mark"), st.integers(0, 99)),
        st.tuples(st.just("clear"), st.just(0)),
        st.tuples(st.just("play"), st.just(0)),
    ),
    max_size=60,
)


@given(operations)
def test_audio_is_played_in_order_and_marks_come_back_once_after_their_audio(script: list[Operation]) -> None:
    """The buffer against the simplest model: a list of bytes and of (position, name)."""
    buffer = PlayoutBuffer()
    queued, heard_to, played_to = bytearray(), 0, 0
    expected_marks: list[tuple[int, str]] = []
    returned: list[str] = []
    sent: list[str] = []
    for kind, value in script:
        if kind == "audio":
            chunk = bytes((len(queued) + i) % 251 for i in range(value))
            queued += chunk
            buffer.add_audio(chunk)
        elif kind == "mark":
            name = f"{len(sent)}:{value}"
            sent.append(name)
            idle = heard_to == len(queued) and not expected_marks
            at_once = buffer.add_mark(name)
            assert at_once == ((name,) if idle else ())
            returned += at_once
            if not idle:
                expected_marks.append((len(queued), name))
        elif kind == "clear":
            names = buffer.clear()
            assert names == tuple(name for _, name in expected_marks)
            returned += names
            expected_marks.clear()
            heard_to = played_to = len(queued)
        else:
            heard_to = played_to
            played = buffer.play()
            assert played.audio == bytes(queued[played_to : played_to + 160])
            played_to += len(played.audio)
            due = [name for position, name in expected_marks if position <= heard_to]
            assert list(played.marks) == due
            expected_marks = expected_marks[len(due) :]
            returned += due
        assert buffer.buffered_bytes == len(queued) - played_to
        assert buffer.is_idle == (heard_to == len(queued))
    while not buffer.is_idle or buffer.outstanding_marks:
        returned += buffer.play().marks
    assert returned == sent


def test_a_mark_waits_for_the_frame_that_is_being_heard() -> None:
    buffer = PlayoutBuffer()
    buffer.add_audio(bytes(160))
    assert buffer.play().marks == ()
    assert buffer.add_mark("end") == ()
    assert buffer.play().marks == ("end",)
    assert buffer.add_mark("idle") == ("idle",)


def test_more_than_fits_is_refused_whole() -> None:
    buffer = PlayoutBuffer(max_secs=1.0)
    buffer.add_audio(bytes(7000))
    with pytest.raises(PlayoutOverflowError):
        buffer.add_audio(bytes(1001))
    assert buffer.buffered_bytes == 7000
