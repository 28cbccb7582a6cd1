"""One call's audio both ways: who has the word, what speech-to-text gets, and that nothing is left behind."""

import audioop

import pytest

from bot.barge_in import BargeInOptions
from bot.generations import Generations
from bot.media.filters import AudioFilter
from bot.media.format import TELEPHONE
from bot.media.plane import MediaPlane
from bot.media.silero import WINDOW_SECONDS, SileroModel, SileroStream
from bot.media.speech_gate import SpeechGate, SpeechGateOptions
from simulator.deepgram.speech import encode_speech
from tests.bot.media.fakes import (
    FakeClock,
    FarEnd,
    LoudnessModel,
    ManualTicker,
    Transcriber,
    TurnNotes,
    tone,
)

LOUD, SOFT = 3000.0, 400.0
"""RMS above and below the energy that may interrupt."""
SPEECH = ((0.4, LOUD), (0.06, 0)) * 4
"""Seconds and RMS of somebody who goes on speaking."""
REPLY = "We have three plans, and the smallest of them costs nine dollars a month."


class Call:
    """A plane with everything around it faked; the caller speaks through `hear`."""

    def __init__(
        self,
        options: BargeInOptions | None = None,
        filters: tuple[AudioFilter, ...] = (),
        echo: str = "played",
        silero: SileroModel | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.far_end = FarEnd(self.clock, echo=echo)
        self.notes = TurnNotes(self.clock)
        self.transcriber = Transcriber()
        self.generations = Generations()
        self.ticker = ManualTicker()
        self.silero = silero or LoudnessModel()
        self.ticker.subscribe(self.silero.run)
        self.plane = MediaPlane(
            media_format=TELEPHONE,
            silero=self.silero,
            ticker=self.ticker,
            wire=self.far_end,
            consumer=self.transcriber,
            listener=self.notes,
            gate=SpeechGate(SpeechGateOptions(), min_energy=800, baseline_factor=2.8),
            barge_in=options or BargeInOptions(),
            generations=self.generations,
            clock=self.clock,
            filters=filters,
        )
        self.far_end.on_mark = self.plane.mark_played

    def wait(self, ms: int) -> None:
        """Time passes without any message from the caller."""
        for _ in range(ms):
            self.clock.ms += 1
            self.far_end.play_one_ms()
            if self.clock.ms % 10 == 0:
                self.ticker.tick(self.clock())

    def hear(self, *sounds: tuple[float, float]) -> None:
        """Seconds of a sound of some RMS, in 20 ms messages in real time."""
        self.hear_audio(b"".join(tone(seconds, rms) for seconds, rms in sounds))

    def hear_audio(self, audio: bytes) -> None:
        """The same of any µ-law."""
        for at in range(0, len(audio), 160):
            self.wait(20)
            self.plane.receive_audio(audio[at : at + 160])

    def reply(self, ms: int = 4000, text: str = REPLY) -> int:
        """The agent begins to say something of that length."""
        generation = self.generations.next()
        utterance = self.plane.open(generation, text)
        assert utterance is not None
        self.plane.append(utterance, bytes([0x55]) * (ms * 8))
        self.plane.complete(utterance)
        self.plane.finish(generation)
        return generation

    @property
    def said(self) -> list[str]:
        return [entry for entry in self.notes.log if entry.startswith("agent")]


def test_the_callers_turn_is_announced_and_settled() -> None:
    call = Call()
    call.hear((0.5, 0), (1.0, LOUD), (0.5, 0))
    assert call.notes.log == ["speech_started", "speech_paused"]
    assert call.transcriber.finalizes == 1
    assert call.transcriber.messages.index(b"") < len(call.transcriber.messages)
    started, paused = call.notes.at["speech_started"], call.notes.at["speech_paused"]
    onset = 1000 + 0.5
    assert 0 < started - onset <= 4 * WINDOW_SECONDS
    assert 0 < paused - (onset + 1.0) <= 5 * WINDOW_SECONDS
    last_sound = call.notes.last_sounds[0]
    assert last_sound is not None
    assert abs(last_sound - (onset + 1.0)) <= 0.021


def test_everything_heard_before_a_pause_is_sent_before_its_finalize() -> None:
    call = Call()
    call.hear((0.33, 0), (0.61, LOUD), (0.3, 0))
    call.plane.close()
    before = b"".join(call.transcriber.messages[: call.transcriber.messages.index(b"")])
    sent = tone(0.33, 0) + tone(0.61, LOUD)
    assert before[: len(sent)] == sent
    assert len(call.transcriber.audio) == int(1.24 * 8000)


def test_speech_goes_up_in_longer_pieces_while_the_agent_is_silent() -> None:
    silent, talking = Call(), Call()
    talking.reply()
    for call in (silent, talking):
        call.hear((0.5, 0), (1.0, LOUD))
    assert _usual_piece(silent) == 1600
    # Until the interruption is confirmed, which it is by words or after more than a second.
    assert _usual_piece(talking) == 800


def _usual_piece(call: Call) -> int:
    lengths = [len(message) for message in call.transcriber.messages]
    return max(set(lengths[1:]), key=lengths[1:].count)


def test_what_was_said_goes_up_as_soon_as_it_turns_quiet_and_the_rest_with_the_finalize() -> None:
    call = Call()
    call.hear((0.5, 0), (0.7, LOUD), (0.5, 0))
    messages = call.transcriber.messages
    settled = messages.index(b"")
    up_to_quiet = sum(map(len, messages[: settled - 1]))
    assert 0 <= up_to_quiet - 1.2 * 8000 <= 3 * 32 * 8, "all of the speech, before the pause is long enough"
    assert len(messages[settled - 1]) <= 3 * 32 * 8, "one piece of what came since"


def test_an_interruption_clears_within_four_windows_of_the_onset() -> None:
    for offset in range(0, 40, 7):
        call = Call()
        call.reply()
        call.hear((0.6, 0))
        call.wait(offset)
        onset = call.clock()
        call.hear(*SPEECH)
        assert call.far_end.clears[0] - onset <= 4 * WINDOW_SECONDS
        assert "agent_interrupted" in call.notes.log


def test_an_interruption_is_told_in_the_order_that_the_conversation_needs() -> None:
    call = Call()
    call.reply()
    call.hear((1.0, 0), (1.0, LOUD), (0.3, 0))
    assert call.notes.log == [
        "audio_arrived",
        "agent_started",
        "agent_paused",
        "agent_interrupted",
        "speech_started",
        "speech_paused",
    ]
    reply = call.notes.replies[0]
    assert reply.interrupted
    assert REPLY.startswith(reply.text)
    assert 5 < len(reply.text) < 40
    onset = call.notes.onsets[0]
    assert onset is not None
    assert abs(onset - 1001.0) <= 0.021


def test_a_cough_pauses_the_agent_who_then_goes_on_where_it_was() -> None:
    call = Call()
    call.reply(2000)
    call.hear((0.5, 0), (0.07, LOUD), (3.0, 0))
    assert call.said == ["agent_started", "agent_paused", "agent_resumed", "agent_finished"]
    assert len(call.far_end.heard) == 2000 * 8
    assert call.notes.replies[0].text == REPLY
    assert "speech_started" not in call.notes.log


def test_stale_speech_is_never_sent() -> None:
    call = Call()
    generation = call.generations.next()
    utterance = call.plane.open(generation, REPLY)
    assert utterance is not None
    call.plane.append(utterance, bytes(1600))
    call.hear((0.3, 0), *SPEECH)
    sent = len(call.far_end.sent)
    call.plane.append(utterance, bytes(8000))
    call.plane.complete(utterance)
    assert call.plane.open(generation, "And another thing.") is None
    call.plane.finish(generation)
    call.wait(500)
    assert len(call.far_end.sent) == sent
    assert call.said.count("agent_interrupted") == 1
    assert "agent_finished" not in call.said


def test_a_reply_that_is_not_audible_yet_is_dropped_when_the_caller_goes_on() -> None:
    call = Call()
    generation = call.generations.next()
    assert call.plane.open(generation, REPLY) is not None
    call.hear((0.2, 0), (0.3, LOUD))
    assert not call.generations.is_current(generation)
    assert "speech_started" in call.notes.log


def test_words_take_the_word_where_speech_is_too_soft_for_the_gate() -> None:
    call = Call()
    call.reply()
    call.hear((0.5, 0), (0.6, SOFT))
    assert call.said == ["agent_started"]
    call.plane.words_heard("excuse me", 1.1, is_final=False)
    assert call.said == ["agent_started", "agent_paused", "agent_interrupted"]
    assert len(call.far_end.clears) == 1
    assert "speech_started" in call.notes.log


def test_an_uh_huh_only_pauses_the_agent_and_is_no_part_of_the_conversation() -> None:
    call = Call()
    call.reply(3000)
    call.hear((0.5, 0), (0.4, LOUD), (0.2, 0))
    assert not call.plane.words_heard("Uh-huh.", 0.9, is_final=True)
    call.plane.recogniser_answered()
    call.hear((0.1, 0))
    assert call.said == ["agent_started", "agent_paused", "agent_resumed"]
    call.hear((3.0, 0))
    assert call.said[-1] == "agent_finished"
    assert "speech_started" not in call.notes.log


def test_a_stop_that_is_settled_after_its_end_interrupts_and_opens_a_settled_turn() -> None:
    call = Call()
    call.reply(3000)
    call.hear((0.5, 0), (0.25, LOUD), (0.25, 0))
    assert call.said == ["agent_started", "agent_paused"]
    assert call.plane.words_heard("Stop.", 0.9, is_final=True)
    assert call.said[-1] == "agent_interrupted"
    assert call.notes.log[-2:] == ["speech_started", "speech_paused"]
    assert len(call.far_end.clears) == 1


def test_words_alone_open_a_turn_and_settle_it() -> None:
    call = Call()
    call.hear((1.0, 50.0))
    call.plane.words_heard("hello", 0.9, is_final=True)
    assert call.notes.log == ["speech_started", "speech_paused"]
    assert call.transcriber.finalizes == 1


def test_a_late_final_does_not_open_a_new_turn() -> None:
    call = Call()
    call.hear((0.2, 0), (0.6, LOUD), (0.2, 0))
    call.reply()
    call.wait(100)
    call.plane.words_heard("how much is it", 0.9, is_final=True)
    assert call.notes.log.count("speech_started") == 1
    assert "agent_interrupted" not in call.notes.log
    call.plane.words_heard("   ", 5.0, is_final=True)
    assert "agent_interrupted" not in call.notes.log


def test_late_words_of_a_turn_that_ended_without_any_open_a_turn_once_they_are_final() -> None:
    call = Call()
    call.hear((0.2, 0), (0.6, LOUD), (0.2, 0))
    call.plane.turn_had_no_words()
    call.plane.words_heard("how much is", 0.7, is_final=False)
    assert call.notes.log.count("speech_started") == 1
    call.plane.words_heard("how much is it", 0.9, is_final=True)
    assert call.notes.log.count("speech_started") == 2
    call.plane.words_heard("how much is it", 0.9, is_final=True)
    assert call.notes.log.count("speech_started") == 2, "they were owed once"


def test_a_protected_reply_is_heard_to_its_end_and_the_caller_is_heard_too() -> None:
    call = Call()
    generation = call.reply(1500)
    call.plane.protect(generation)
    assert not call.plane.may_interrupt
    call.hear((0.3, 0), (0.6, LOUD), (1.2, 0))
    assert call.far_end.clears == []
    assert [entry for entry in call.notes.log if entry.startswith("speech")] == ["speech_started", "speech_paused"]
    assert call.said == ["agent_started", "agent_finished"]
    assert call.plane.may_interrupt


def test_a_protected_reply_waits_for_its_voice_while_the_caller_speaks() -> None:
    call = Call()
    generation = call.generations.next()
    call.plane.protect(generation)
    utterance = call.plane.open(generation, "Goodbye.")
    assert utterance is not None
    call.hear((0.5, LOUD))
    assert call.generations.is_current(generation)
    call.plane.append(utterance, bytes(1600))
    assert call.said == ["agent_started"]


def test_where_interruptions_are_off_the_agent_finishes() -> None:
    call = Call(BargeInOptions(enabled=False))
    call.reply(1000)
    call.hear((0.3, 0), (0.5, LOUD))
    call.plane.words_heard("stop stop", 0.7, is_final=True)
    call.hear((1.0, 0))
    assert call.far_end.clears == []
    assert call.said == ["agent_started", "agent_finished"]
    assert "speech_started" in call.notes.log


def test_taking_the_word_silences_the_agent_and_makes_its_replies_stale() -> None:
    call = Call()
    generation = call.reply()
    call.wait(1000)
    call.plane.take_the_word()
    assert len(call.far_end.clears) == 1
    assert not call.generations.is_current(generation)
    assert call.notes.replies[0].interrupted
    call.plane.take_the_word()
    assert len(call.notes.replies) == 1
    newer = call.reply(300, "Goodbye.")
    call.wait(600)
    assert call.notes.replies[-1].generation == newer


def test_clear_is_sent_even_when_the_reply_should_have_been_heard_already() -> None:
    call = Call(echo="never")
    call.reply(400)
    call.hear((0.45, 0), (0.3, LOUD))
    assert len(call.far_end.clears) == 1


class Quieter:
    """Halves every sample."""

    def apply(self, pcm: bytes) -> bytes:
        return audioop.mul(pcm, 2, 0.5)


def test_filters_change_what_speech_to_text_and_the_gate_hear() -> None:
    call = Call(filters=(Quieter(), Quieter()))
    call.hear((0.5, LOUD))
    call.plane.close()
    rms = audioop.rms(audioop.ulaw2lin(call.transcriber.audio, 2), 2)
    assert abs(rms - LOUD / 4) < LOUD / 40
    silenced = Call(filters=(Quieter(),) * 8)
    silenced.hear((0.5, LOUD))
    assert silenced.notes.log == []


def test_a_caller_whose_line_falls_silent_without_audio_is_settled() -> None:
    call = Call()
    call.hear((0.2, 0), (0.6, LOUD))
    call.wait(800)
    assert call.notes.log == ["speech_started", "speech_paused"]
    assert call.transcriber.finalizes == 1


def test_an_agent_paused_for_a_line_that_then_died_goes_on() -> None:
    call = Call()
    call.reply(1000)
    call.hear((0.5, 0), (0.08, LOUD))
    call.wait(200)
    assert call.said == ["agent_started", "agent_paused"]
    call.wait(2000)
    assert call.said == ["agent_started", "agent_paused", "agent_resumed", "agent_finished"]


def test_keys_are_passed_on() -> None:
    call = Call()
    call.plane.receive_dtmf("5")
    assert call.notes.digits == ["5"]


def test_closing_leaves_nothing_at_the_shared_clock_and_model_and_flushes_once() -> None:
    call = Call()
    call.reply()
    call.hear((0.25, LOUD))
    call.plane.close()
    call.plane.close()
    assert len(call.ticker.callbacks) == 1, "only the model itself is left"
    assert len(call.transcriber.audio) == 2000
    log = list(call.notes.log)
    call.plane.receive_audio(tone(1.0, LOUD))
    call.silero.run()
    call.wait(100)
    assert call.notes.log == log
    assert len(call.transcriber.audio) == 2000


@pytest.mark.parametrize("size", [1, 33, 160, 800, 5000])
def test_messages_may_have_any_size(size: int) -> None:
    call = Call()
    audio = tone(0.3, 0) + tone(0.7, LOUD) + tone(0.4, 0)
    for at in range(0, len(audio), size):
        call.plane.receive_audio(audio[at : at + size])
        call.silero.run()
    assert call.notes.log == ["speech_started", "speech_paused"]
    call.plane.close()
    assert call.transcriber.audio == audio


def test_a_held_reply_is_heard_once_it_is_released_and_never_when_the_caller_goes_on() -> None:
    for goes_on in (False, True):
        call = Call()
        early = call.generations.next(held=True)
        utterance = call.plane.open(early, REPLY)
        assert utterance is not None
        call.plane.append(utterance, bytes([0x55]) * 4000)
        call.plane.complete(utterance)
        call.wait(300)
        assert call.far_end.sent == []
        assert call.plane.agent_is_silent
        if goes_on:
            call.hear((0.3, LOUD))
        call.generations.release(early)
        call.plane.release()
        assert call.plane.agent_is_silent is goes_on
        assert bool(call.far_end.sent) is not goes_on
        assert ("agent_started" in call.said) is not goes_on


def test_a_recognition_covers_what_was_said_if_it_reaches_the_last_sound() -> None:
    call = Call()
    assert call.plane.covers_speech(0.0)
    call.hear((0.5, 0), (1.0, LOUD), (0.2, 0))
    assert call.plane.covers_speech(1.5)
    assert not call.plane.covers_speech(1.4)


class CountedSilero(SileroModel):
    """The real network, which counts the windows it judges."""

    def __init__(self) -> None:
        super().__init__(8000)
        self.windows = 0

    def _run_batch(self, streams: list[SileroStream]) -> None:
        self.windows += len(streams)
        super()._run_batch(streams)


@pytest.mark.parametrize("text", ["Stop.", "Sorry, how long is the warranty?", "Hold on.", "five", "What?"])
def test_a_silent_line_spares_the_network_and_speech_after_it_is_found_as_soon(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    speech = encode_speech(text, "en-us", "mulaw", 8000, 165)
    audio = tone(3.0, 0) + speech + tone(1.0, 0)
    judged, events = [], []
    for spared in (True, False):
        if not spared:
            monkeypatch.setattr(SpeechGate, "is_silence", lambda gate, energy: False)
        silero = CountedSilero()
        call = Call(silero=silero)
        call.hear_audio(audio)
        judged.append(silero.windows)
        events.append((call.notes.log, call.notes.at))
    (log, at), (usual_log, usual_at) = events
    assert log == usual_log
    assert log[:2] == ["speech_started", "speech_paused"]
    # A word that begins softly may pass the threshold two windows later; a memory full of silence longer.
    assert all(at[what] < usual_at[what] + 2.5 * WINDOW_SECONDS for what in log)
    assert judged[0] <= judged[1] - (3.0 + 0.9) / WINDOW_SECONDS + 2
