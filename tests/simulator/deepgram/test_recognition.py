"""Recognition from audio alone: codec, rates, levels, noise, pauses, interruptions, strangers' words."""

import string

import numpy as np
import pytest

from simulator.deepgram.features import BANDS
from simulator.deepgram.matcher import SegmentMatcher
from simulator.deepgram.transcriber import (
    SpeechStarted,
    Transcriber,
    TranscriberOptions,
    Transcript,
    UtteranceEnded,
)
from simulator.deepgram.utterance_book import UtteranceBook
from simulator.voice import synthesize
from tests.simulator.deepgram.phrases import PHRASES
from tests.simulator.deepgram.streams import finals, line, said, transcribe

_PATIENT = TranscriberOptions(endpoint_secs=0.3)


def _words(text: str) -> list[str]:
    return text.lower().translate(str.maketrans("", "", string.punctuation)).split()


_LINES = [(-3.0, None), (-20.0, None), (-10.0, 25.0), (-20.0, 18.0)]
_CELLS = [(rate, gain, snr, 0.3) for rate in (8000, 16000, 22050, 24000) for gain, snr in _LINES]
_CELLS += [(8000, gain, snr, 0.01) for gain, snr in _LINES]


@pytest.mark.parametrize(("rate", "gain_db", "snr_db", "endpoint_secs"), _CELLS)
def test_accuracy_over_a_telephone_line(
    book: UtteranceBook, rate: int, gain_db: float, snr_db: float | None, endpoint_secs: float
) -> None:
    options = TranscriberOptions(endpoint_secs=endpoint_secs)
    wrong = {}
    for seed, phrase in enumerate(PHRASES):
        samples = line([phrase, 1.0], rate=rate, gain_db=gain_db, snr_db=snr_db, seed=seed)
        heard = said(transcribe(book, samples, rate, options))
        if _words(heard) != _words(phrase):
            wrong[phrase] = heard
    assert 1 - len(wrong) / len(PHRASES) >= 0.95, wrong


def test_accuracy_of_the_whole_matrix(book: UtteranceBook, capsys: pytest.CaptureFixture[str]) -> None:
    right = total = 0
    random = np.random.default_rng(7)
    for trial in range(240):
        phrase = PHRASES[trial % len(PHRASES)]
        rate = int(random.choice([8000, 16000, 22050, 24000]))
        samples = line(
            [phrase, 1.0],
            rate=rate,
            gain_db=float(random.uniform(-20, -3)),
            snr_db=float(random.uniform(18, 40)),
            seed=trial,
        )
        right += _words(said(transcribe(book, samples, rate, _PATIENT))) == _words(phrase)
        total += 1
    with capsys.disabled():
        print(f"\nsimulated recognition: {right}/{total} = {right / total:.1%}")  # noqa: T201 - a measurement
    assert right / total >= 0.95


def test_finals_are_exactly_what_was_written(book: UtteranceBook) -> None:
    for phrase in PHRASES:
        assert said(transcribe(book, line([phrase, 1.0]), 8000, _PATIENT)) == phrase


def test_a_pause_in_the_middle_gives_pieces_one_after_another(book: UtteranceBook) -> None:
    events = transcribe(book, line([PHRASES[-1], 1.0]), 8000)
    assert finals(events) == [
        "Hello,",
        "this is Anna.",
        "I am calling about my invoice,",
        "because it looks wrong to me.",
        "Can you help?",
    ]


def test_word_timings_are_those_of_the_audio(book: UtteranceBook) -> None:
    phrase = "I would like to book an appointment for Monday"
    samples = line([phrase, 1.0], seed=3)
    onset = int(np.flatnonzero(np.abs(samples) > 200)[0]) / 8000
    heard = [
        word
        for event in transcribe(book, samples, 8000, _PATIENT)
        if isinstance(event, Transcript) and event.is_final
        for word in event.words
    ]
    for word, spoken in zip(heard, synthesize(phrase).words, strict=True):
        assert word.text == spoken.word
        assert word.start_secs == pytest.approx(onset + spoken.start_secs, abs=0.04)
        assert word.end_secs == pytest.approx(onset + spoken.end_secs, abs=0.04)
        assert 0.8 < word.confidence <= 1


def test_noise_lowers_confidence(book: UtteranceBook) -> None:
    def confidence(snr_db: float) -> float:
        events = transcribe(book, line(["What are your prices?", 1.0], snr_db=snr_db), 8000, _PATIENT)
        return min(word.confidence for e in events if isinstance(e, Transcript) and e.is_final for word in e.words)

    assert confidence(12) < confidence(40)


def test_interims_grow_and_never_promise_what_was_not_said_yet(book: UtteranceBook) -> None:
    phrase = "I would like to book an appointment for Tuesday"
    events = transcribe(book, line([phrase, 1.0]), 8000, _PATIENT)
    interims = [event for event in events if isinstance(event, Transcript) and not event.is_final]
    assert len(interims) >= 4
    texts = [" ".join(word.text for word in event.words) for event in interims]
    assert all(phrase.startswith(text) for text in texts)
    assert [len(text) for text in texts] == sorted(len(text) for text in texts)
    for event in interims:
        assert event.words[-1].end_secs <= event.start_secs + event.duration_secs + 0.06


def test_back_to_back_utterances_are_both_recognised(book: UtteranceBook) -> None:
    for gap in (0.03, 0.1, 0.25, 0.6):
        samples = line(["yes", gap, "What are your opening hours?", gap, "goodbye", 1.0])
        assert said(transcribe(book, samples, 8000, _PATIENT)) == "yes What are your opening hours? goodbye", gap


@pytest.mark.parametrize("heard_secs", [0.9, 1.4, 2.0])
def test_a_caller_who_is_cut_off_is_heard_as_far_as_it_went(book: UtteranceBook, heard_secs: float) -> None:
    phrase = "I would like to book an appointment for Monday"
    samples = line([phrase])
    onset = int(np.flatnonzero(np.abs(samples) > 200)[0])
    cut = np.concatenate((samples[: onset + int(heard_secs * 8000)], np.zeros(8000, dtype=np.int16)))
    expected = [word.word for word in synthesize(phrase).words if word.end_secs <= heard_secs - 0.1]
    heard = said(transcribe(book, cut, 8000, _PATIENT)).split()
    assert heard[: len(expected)] == expected
    assert len(heard) <= len(expected) + 1


def test_finalize_in_the_middle_divides_the_words(book: UtteranceBook) -> None:
    phrase = "tomorrow at two in the afternoon please"
    samples = line([phrase, 1.0])
    for at in (1.2, 1.6, 2.0):
        transcriber = Transcriber(book, 8000, _PATIENT)
        before = [*transcriber.push(samples[: int(at * 8000)]), *transcriber.finalize()]
        after = [*transcriber.push(samples[int(at * 8000) :]), *transcriber.finish()]
        assert [e.from_finalize for e in before if isinstance(e, Transcript) and e.is_final] == [True]
        assert f"{said(before)} {said(after)}".split() == phrase.split(), at


def test_finalize_without_speech_answers_once_and_empty(book: UtteranceBook) -> None:
    transcriber = Transcriber(book, 8000, _PATIENT)
    assert transcriber.push(np.zeros(8000, dtype=np.int16)) == []
    (answer,) = transcriber.finalize()
    assert isinstance(answer, Transcript)
    assert answer.from_finalize
    assert answer.is_final
    assert answer.words == ()


@pytest.mark.parametrize("snr_db", [None, 25.0])
@pytest.mark.parametrize(
    "text",
    [
        "this sentence is not in the book at all",
        "maybe",
        "the weather is nice today, is it not?",
        "completely different words are spoken here by someone",
    ],
)
def test_unknown_speech_is_not_understood(book: UtteranceBook, text: str, snr_db: float | None) -> None:
    events = transcribe(book, line([text, 1.0], snr_db=snr_db), 8000, _PATIENT)
    assert said(events) == ""
    assert any(isinstance(event, Transcript) and event.unknown for event in events)


@pytest.mark.parametrize("level_db", [-70, -50, -40])
def test_noise_alone_is_no_speech(book: UtteranceBook, level_db: float) -> None:
    noise = np.random.default_rng(1).normal(0, 32768 * 10 ** (level_db / 20), 8000 * 6).astype(np.int16)
    events = transcribe(book, noise, 8000)
    assert [event for event in events if isinstance(event, Transcript)] == []


@pytest.mark.parametrize("click_frames", [1, 2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_what_is_all_but_noise_resembles_nothing(book: UtteranceBook, seed: int, click_frames: int) -> None:
    # Everything that lies under the noise is alike: a click on a noisy line was taken for the last question.
    random = np.random.default_rng(seed)
    noise = np.full(BANDS, -58.0, dtype=np.float32)
    segment = noise + random.normal(0, 2, (60, BANDS)).astype(np.float32)
    segment[20 : 20 + click_frames] += 30
    assert SegmentMatcher(book).match(segment, noise, last=True) is None


def test_speech_from_the_very_first_sample_is_heard(book: UtteranceBook) -> None:
    assert said(transcribe(book, synthesize("no thanks").samples, 8000)) == "no thanks"


def test_another_voice_must_be_learned() -> None:
    book = UtteranceBook()
    book.learn("What are your prices?")
    samples = line(["What are your prices?", 1.0], voice="en-us+f3")
    assert said(transcribe(book, samples, 8000, _PATIENT)) == ""
    book.learn("What are your prices?", voice="en-us+f3")
    assert said(transcribe(book, samples, 8000, _PATIENT)) == "What are your prices?"


def test_events_around_speech(book: UtteranceBook) -> None:
    options = TranscriberOptions(endpoint_secs=0.3, utterance_end_secs=1.0)
    events = transcribe(book, line(["What are your prices?", 2.0]), 8000, options)
    assert isinstance(events[0], SpeechStarted)
    assert events[0].at_secs == pytest.approx(0.61, abs=0.05)
    (ended,) = [event for event in events if isinstance(event, UtteranceEnded)]
    final = next(event for event in events if isinstance(event, Transcript) and event.is_final)
    assert final.speech_final
    assert ended.last_word_end_secs == final.words[-1].end_secs


def test_without_endpointing_nothing_is_speech_final(book: UtteranceBook) -> None:
    events = transcribe(book, line(["yes please", 2.0]), 8000, TranscriberOptions(endpoint_secs=None))
    (final,) = [event for event in events if isinstance(event, Transcript) and event.is_final]
    assert not final.speech_final
    assert finals(events) == ["yes please"]


def test_long_speech_is_committed_on_the_way_and_never_twice(book: UtteranceBook) -> None:
    options = TranscriberOptions(endpoint_secs=0.5, commit_secs=1.0)
    events = transcribe(book, line([PHRASES[-1], 1.0]), 8000, options)
    results = [event for event in events if isinstance(event, Transcript) and event.is_final]
    assert len(results) >= 4
    assert [result.speech_final for result in results] == [False] * (len(results) - 1) + [True]
    assert said(events) == PHRASES[-1]


@pytest.mark.parametrize("chunk", [0.02, 0.0333, 0.25])
def test_the_size_of_messages_does_not_matter(book: UtteranceBook, chunk: float) -> None:
    samples = line(["Do you offer a free trial?", 1.0], snr_db=30)
    assert transcribe(book, samples, 8000, chunk=chunk) == transcribe(book, samples, 8000, chunk=0.1)
