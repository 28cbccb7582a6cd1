"""What waits for the loudspeaker: in order, bounded, and taken back by a clear."""

from bot.transport.speaker_buffer import SpeakerBuffer


def test_audio_comes_in_order_and_ends_in_silence() -> None:
    buffer = SpeakerBuffer(100)
    buffer.write(b"abc")
    buffer.write(b"def")
    assert buffer.pull(4) == (b"abcd", ())
    assert buffer.pull(4) == (b"ef\x00\x00", ())
    assert buffer.pull(2) == (b"\x00\x00", ())


def test_a_mark_is_reached_with_the_last_byte_before_it() -> None:
    buffer = SpeakerBuffer(100)
    buffer.write(b"abcd")
    buffer.mark("one")
    buffer.write(b"ef")
    buffer.mark("two")
    assert buffer.pull(3) == (b"abc", ())
    assert buffer.pull(2) == (b"de", ("one",))
    assert buffer.pull(2) == (b"f\x00", ("two",))


def test_a_clear_drops_the_audio_and_gives_its_marks() -> None:
    buffer = SpeakerBuffer(100)
    buffer.write(b"abcd")
    buffer.mark("one")
    assert buffer.pull(1) == (b"a", ())
    assert buffer.clear() == ("one",)
    assert buffer.pull(2) == (b"\x00\x00", ())
    buffer.write(b"xy")
    buffer.mark("two")
    assert buffer.pull(2) == (b"xy", ("two",))


def test_a_device_that_has_stopped_costs_no_memory() -> None:
    buffer = SpeakerBuffer(4)
    buffer.write(b"abcd")
    buffer.mark("one")
    buffer.write(b"ef")
    buffer.mark("two")
    assert buffer.dropped_bytes == 2
    assert buffer.pull(2) == (b"cd", ("one",))
    assert buffer.pull(2) == (b"ef", ("two",))
