"""What the caller hears: paced, in order, exact over pauses, and accounted for."""

from dataclasses import dataclass, field

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.media.format import TELEPHONE
from bot.media.playback import LATE_MARK_SECONDS, LEAD_SECONDS, MARK_GRACE_SECONDS, Playback
from bot.media.utterance import Utterance
from tests.bot.media.fakes import BYTES_PER_MS, FakeClock, FarEnd, PlaybackNotes

_LOUD = (*range(0x20), *range(0x80, 0xA0))
"""µ-law of the two loudest segments, of either sign."""
TEXT = "We have three plans, and the smallest of them costs nine dollars a month."


@dataclass
class Desk:
    """A playback, its far end and its listener on one clock."""

    echo: str = "played"
    clock: FakeClock = field(default_factory=FakeClock)
    notes: PlaybackNotes = field(default_factory=PlaybackNotes)

    def __post_init__(self) -> None:
        self.far_end = FarEnd(self.clock, echo=self.echo)
        self.playback = Playback(self.far_end, TELEPHONE, self.clock, self.notes)
        self.far_end.on_mark = self.playback.mark_played

    def wait(self, ms: int) -> None:
        for _ in range(ms):
            self.clock.ms += 1
            self.far_end.play_one_ms()
            if self.clock.ms % 10 == 0:
                self.playback.tick(self.clock())

    def say(self, generation: int, text: str, audio: bytes, *, finish: bool = True) -> Utterance:
        utterance = self.playback.open(generation, text)
        if audio:
            self.playback.append(utterance, audio)
        self.playback.complete(utterance)
        if finish:
            self.playback.finish(generation)
        return utterance


def speech(ms: int, start: int = 0) -> bytes:
    """Bytes that can be told apart by position; loud all through, so that no gap between words is found."""
    return b"".join(
        bytes((_LOUD[(start + index) // 64 % 64], _LOUD[(start + index) % 64]))
        for index in range(ms * BYTES_PER_MS // 2)
    )


def test_audio_is_never_more_than_200_ms_ahead_of_the_caller() -> None:
    desk = Desk()
    audio = speech(3000)
    desk.say(1, TEXT, audio)
    most = 0
    for _ in range(3500):
        desk.wait(1)
        most = max(most, desk.far_end.buffered)
    assert most <= LEAD_SECONDS * 1000 * BYTES_PER_MS
    assert bytes(desk.far_end.heard) == audio
    assert desk.playback.underruns == 0


def test_replies_are_heard_one_after_the_other_in_order() -> None:
    desk = Desk()
    first, second = speech(400), speech(300, start=20000)
    desk.say(1, "One.", first)
    desk.say(2, "Two.", second)
    assert desk.notes.started == [1]
    desk.wait(1500)
    assert bytes(desk.far_end.heard) == first + second
    assert desk.notes.started == [1, 2]
    assert [(r.generation, r.text, r.interrupted) for r in desk.notes.finished] == [
        (1, "One.", False),
        (2, "Two.", False),
    ]


def test_a_reply_ends_when_its_last_mark_is_echoed() -> None:
    desk = Desk()
    desk.say(1, TEXT, speech(500))
    desk.wait(498)
    assert desk.playback.active
    desk.wait(12)
    assert not desk.playback.active


def test_a_peer_without_marks_is_served_by_time() -> None:
    desk = Desk(echo="never")
    desk.say(1, TEXT, speech(500))
    desk.wait(500 + int(MARK_GRACE_SECONDS * 1000) - 20)
    assert desk.playback.active
    desk.wait(40)
    assert [reply.text for reply in desk.notes.finished] == [TEXT]


def test_a_peer_that_echoes_is_waited_for_longer_but_not_for_ever() -> None:
    desk = Desk()
    desk.say(1, "One.", speech(200))
    desk.wait(400)
    desk.far_end.on_mark = lambda name: None  # from here on its echoes are lost
    desk.say(2, "Two.", speech(200))
    desk.wait(200 + int(LATE_MARK_SECONDS * 1000) - 50)
    assert desk.playback.active
    desk.wait(100)
    assert not desk.playback.active


def test_a_peer_that_echoes_at_once_does_not_cut_the_goodbye() -> None:
    desk = Desk(echo="at_once")
    desk.say(1, "Goodbye.", speech(600))
    desk.wait(590)
    assert desk.notes.finished == []
    desk.wait(20)
    assert len(desk.notes.finished) == 1


def test_a_lost_echo_is_made_good_by_a_later_one() -> None:
    desk = Desk()
    echoed: list[str] = []
    desk.far_end.on_mark = lambda name: desk.playback.mark_played(name) if echoed else echoed.append(name)
    desk.say(1, "One.", speech(300), finish=False)
    desk.say(1, "Two.", speech(300))
    desk.wait(620)
    assert echoed
    assert [reply.text for reply in desk.notes.finished] == ["One. Two."]


def test_marks_of_dropped_audio_end_nothing() -> None:
    desk = Desk()
    desk.say(1, TEXT, speech(100))
    desk.wait(50)
    reply = desk.playback.drop()  # the far end echoes the dropped mark from within `clear`
    assert reply is not None
    assert reply.interrupted
    assert desk.notes.finished == []
    desk.say(2, "Yes?", speech(100))
    desk.playback.mark_played("u1")
    assert desk.playback.active


def test_a_pause_silences_the_line_and_resuming_loses_nothing() -> None:
    desk = Desk()
    audio = speech(2000)
    desk.say(1, TEXT, audio)
    desk.wait(737)
    assert desk.playback.pause()
    heard = len(desk.far_end.heard)
    desk.wait(400)
    assert len(desk.far_end.heard) == heard == 737 * BYTES_PER_MS
    desk.playback.resume()
    desk.wait(1400)
    assert bytes(desk.far_end.heard) == audio
    assert [reply.text for reply in desk.notes.finished] == [TEXT]


def test_a_pause_is_no_underrun() -> None:
    desk = Desk()
    desk.say(1, TEXT, speech(2000))
    desk.wait(500)
    desk.playback.pause()
    desk.wait(700)
    desk.playback.resume()
    desk.wait(1600)
    assert desk.playback.underruns == 0


def test_speech_that_comes_too_late_counts_as_an_underrun() -> None:
    desk = Desk()
    utterance = desk.playback.open(1, TEXT)
    desk.playback.append(utterance, speech(200))
    desk.wait(260)
    desk.playback.append(utterance, speech(200))
    assert desk.playback.underruns == 1


def test_nothing_is_paused_while_nothing_is_said() -> None:
    desk = Desk()
    assert not desk.playback.pause()
    desk.playback.open(1, TEXT)
    assert not desk.playback.pause()
    assert desk.far_end.clears == []


@settings(max_examples=150, deadline=None)
@given(
    pieces=st.lists(st.integers(1, 700), min_size=1, max_size=4),
    steps=st.lists(
        st.tuples(st.sampled_from(["wait", "pause", "resume", "append", "complete"]), st.integers(0, 400)),
        max_size=25,
    ),
    echo=st.sampled_from(["played", "never", "at_once"]),
)
@example(
    pieces=[1, 29, 85],
    steps=[("complete", 3), ("complete", 0), ("complete", 3), ("wait", 111), ("pause", 133)],
    echo="at_once",
)
def test_whatever_is_paused_and_resumed_the_caller_hears_all_of_it_once(
    pieces: list[int], steps: list[tuple[str, int]], echo: str
) -> None:
    desk = Desk(echo=echo)
    audios = [speech(ms, start=index * 10000) for index, ms in enumerate(pieces)]
    utterances = [desk.playback.open(1, f"Piece {index}.") for index in range(len(pieces))]
    given_so_far = [0] * len(pieces)
    current = 0

    def append(size: int) -> None:
        audio = audios[current][given_so_far[current] : given_so_far[current] + size]
        given_so_far[current] += len(audio)
        if audio:
            desk.playback.append(utterances[current], audio)

    for step, amount in steps:
        if step == "wait":
            desk.wait(amount)
        elif step == "pause":
            desk.playback.pause()
        elif step == "resume":
            desk.playback.resume()
        elif step == "append" and current < len(pieces):
            append(amount * BYTES_PER_MS)
        elif step == "complete" and current < len(pieces):
            append(len(audios[current]))
            desk.playback.complete(utterances[current])
            current += 1
    desk.playback.resume()
    while current < len(pieces):
        append(len(audios[current]))
        desk.playback.complete(utterances[current])
        current += 1
    desk.playback.finish(1)
    desk.wait(sum(pieces) + 2500)

    assert bytes(desk.far_end.heard) == b"".join(audios)
    assert desk.notes.started == [1]
    assert [reply.text for reply in desk.notes.finished] == [" ".join(u.text for u in utterances)]
    assert not desk.playback.pending


@settings(max_examples=100, deadline=None)
@given(
    pieces=st.lists(st.tuples(st.sampled_from(["Sure,", TEXT, "And what else?"]), st.integers(200, 900))),
    heard_ms=st.integers(0, 3000),
)
def test_what_was_heard_of_a_dropped_reply_is_a_beginning_of_whole_words(
    pieces: list[tuple[str, int]], heard_ms: int
) -> None:
    desk = Desk(echo="never")
    for text, ms in pieces:
        desk.say(1, text, speech(ms), finish=False)
    desk.wait(heard_ms)
    reply = desk.playback.drop()
    whole = " ".join(text for text, _ in pieces)
    if reply is None:
        assert not pieces
        return
    assert whole.startswith(reply.text)
    assert reply.text.split() == whole.split()[: len(reply.text.split())]
    assert " ".join(filter(None, (reply.text, reply.unheard))) == whole
    assert not desk.playback.pending


def test_a_reply_that_was_heard_to_its_last_sample_is_heard_whole() -> None:
    for ms in range(90, 130):
        desk = Desk(echo="never")
        desk.say(1, TEXT, speech(ms), finish=False)
        desk.wait(ms)
        reply = desk.playback.drop()
        assert reply is not None
        assert reply.text == TEXT, ms


@pytest.mark.parametrize("waited_ms", [50, 250, 390, 460, 900])
def test_every_interruption_clears_while_the_far_end_may_still_hold_something(waited_ms: int) -> None:
    desk = Desk(echo="never")
    desk.say(1, TEXT, speech(400))
    desk.wait(waited_ms)
    desk.playback.drop()
    assert len(desk.far_end.clears) == 1
    desk.playback.drop()
    assert len(desk.far_end.clears) == 1, "nothing was sent since"


def test_a_paused_reply_needs_no_second_clear() -> None:
    desk = Desk()
    desk.say(1, TEXT, speech(900))
    desk.wait(300)
    desk.playback.pause()
    reply = desk.playback.drop()
    assert len(desk.far_end.clears) == 1
    assert reply is not None
    assert reply.text
    desk.playback.resume()
    assert len(desk.far_end.heard) == 300 * BYTES_PER_MS


def test_what_arrives_for_a_dropped_reply_is_not_sent() -> None:
    desk = Desk()
    utterance = desk.playback.open(1, TEXT)
    desk.playback.append(utterance, speech(100))
    desk.wait(50)
    desk.playback.drop()
    sent = len(desk.far_end.sent)
    desk.playback.append(utterance, speech(500))
    desk.playback.complete(utterance)
    desk.wait(500)
    assert len(desk.far_end.sent) == sent
    assert desk.notes.finished == []


def test_a_reply_without_audio_ends_without_having_begun() -> None:
    desk = Desk()
    desk.say(1, "…", b"")
    assert desk.notes.started == []
    assert [(reply.generation, reply.text) for reply in desk.notes.finished] == [(1, "")]


def test_a_silent_reply_does_not_wait_for_the_one_after_it() -> None:
    desk = Desk()
    desk.playback.open(2, TEXT)
    desk.playback.finish(1)
    assert [reply.generation for reply in desk.notes.finished] == [1]


def test_a_silent_reply_behind_a_playing_one_ends_after_it() -> None:
    desk = Desk()
    desk.say(1, "One.", speech(300))
    desk.say(2, "", b"")
    assert desk.notes.finished == []
    desk.wait(400)
    assert [reply.generation for reply in desk.notes.finished] == [1, 2]


def test_pieces_without_text_leave_no_blanks_in_what_was_heard() -> None:
    desk = Desk()
    desk.say(1, "", b"", finish=False)
    desk.say(1, "Hello.", speech(100))
    desk.wait(200)
    assert [reply.text for reply in desk.notes.finished] == ["Hello."]


def test_a_piece_that_broke_off_keeps_the_words_its_audio_can_hold() -> None:
    utterance = Utterance(1, "one two three four five six seven eight")
    utterance.audio.extend(speech(1000))
    rest = utterance.cut_text(TELEPHONE)
    assert utterance.text == "one two three"
    assert rest == "four five six seven eight"
    untouched = Utterance(1, "one two")
    assert untouched.cut_text(TELEPHONE) == "one two"
    assert untouched.text == ""


class HeldDesk(Desk):
    """A desk where replies are held."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.held: set[int] = set()
        self.playback = Playback(
            self.far_end, TELEPHONE, self.clock, self.notes, is_held=lambda generation: generation in self.held
        )
        self.far_end.on_mark = self.playback.mark_played


def test_a_held_reply_is_kept_whole_and_begins_the_moment_it_is_released() -> None:
    desk = HeldDesk()
    desk.held.add(1)
    audio = speech(300)
    desk.say(1, TEXT, audio)
    desk.wait(500)
    assert (desk.far_end.sent, desk.notes.started, desk.notes.finished) == ([], [], [])
    waits = [desk.playback.pending]
    desk.held.clear()
    assert [*waits, desk.playback.pending] == [False, True]
    desk.playback.pump(desk.clock())
    assert desk.notes.started == [1]
    desk.wait(700)
    assert bytes(desk.far_end.heard) == audio
    assert [reply.text for reply in desk.notes.finished] == [TEXT]


def test_a_forgotten_reply_was_never_there() -> None:
    desk = HeldDesk()
    desk.held.add(1)
    desk.say(1, TEXT, speech(300))
    desk.playback.forget(1)
    desk.held.clear()
    assert not desk.playback.pending
    desk.say(2, "Yes.", speech(100))
    desk.wait(500)
    assert [reply.generation for reply in desk.notes.finished] == [2]
    assert bytes(desk.far_end.heard) == speech(100)
