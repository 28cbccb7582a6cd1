"""The voice of everybody in the simulators: the simulated caller and the simulated text-to-speech.

Real audio matters: voice activity detection, codecs, barge-in and the simulated recogniser all work on
samples, so tones or silence would test nothing.
"""

import re
import threading
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import soxr

from simulator.espeak import ESPEAK_SAMPLE_RATE, EspeakEngine, Spoken

# 512 utterances of 4 s at 8 kHz are 32 MB.
_CACHED_UTTERANCES = 512
_CACHED_ORIGINALS = 128
# A word ends where its last 10 ms above this amplitude ends (int16; about -50 dBFS).
_WORD_FLOOR = 100
_FRAME = ESPEAK_SAMPLE_RATE // 100

# espeak-ng says a text a little differently each time: two who ask at once must get the same.
_SPEAKING = threading.Lock()


@dataclass(frozen=True, slots=True)
class WordTiming:
    """One word as written in the text, with its place in the audio in seconds from the start."""

    word: str
    start_secs: float
    end_secs: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """Spoken text.

    Attributes:
        text: What was spoken.
        pcm: int16 little-endian mono.
        sample_rate: Hz.
        words: Words in order as written between blanks, punctuation included; those without sound are absent.
    """

    text: str
    pcm: bytes
    sample_rate: int
    words: tuple[WordTiming, ...]

    @property
    def duration_secs(self) -> float:
        """Length of the audio in seconds."""
        return len(self.pcm) / 2 / self.sample_rate

    @property
    def samples(self) -> npt.NDArray[np.int16]:
        """The audio as a read-only int16 array."""
        return np.frombuffer(self.pcm, dtype="<i2")


@lru_cache(maxsize=_CACHED_UTTERANCES)
def synthesize(
    text: str, *, voice: str = "en-us", sample_rate: int = 8000, words_per_minute: int = 165
) -> Utterance:
    """Speak `text`; the same arguments give the same samples, from a cache when they were asked for lately.

    Blocks for a few milliseconds a sentence: call it through `asyncio.to_thread`. Thread-safe.

    Args:
        text: Plain text. Text without anything speakable gives an utterance without samples.
        voice: An espeak-ng voice with an optional variant: "en-us", "en-gb", "en-us+f3".
        sample_rate: Hz of the result, 8000 to 48000.
        words_per_minute: Speaking rate.

    Raises:
        ConfigurationError: The `simulator` extra is not installed.
        InvalidInputError: The voice is unknown.
    """
    with _SPEAKING:
        spoken = _speak(text, voice, words_per_minute)
    samples = spoken.samples
    if sample_rate != ESPEAK_SAMPLE_RATE and samples.size:
        samples = soxr.resample(samples, ESPEAK_SAMPLE_RATE, sample_rate, quality="HQ")
    return Utterance(
        text=text,
        pcm=samples.astype("<i2").tobytes(),
        sample_rate=sample_rate,
        words=_timings(text, spoken),
    )


@cache
def _engine() -> EspeakEngine:
    # The C library is one per process; so is its wrapper.
    return EspeakEngine()


@lru_cache(maxsize=_CACHED_ORIGINALS)
def _speak(text: str, voice: str, words_per_minute: int) -> Spoken:
    if not any(character.isalnum() for character in text):
        return Spoken(np.zeros(0, dtype=np.int16), ())
    return _engine().speak(text, voice=voice, words_per_minute=words_per_minute)


def _timings(text: str, spoken: Spoken) -> tuple[WordTiming, ...]:
    """Timings of the blank-separated words.

    espeak-ng reports parts ("$", "3", "50") of what is one word on paper, and one word ("in the") of what are
    two: parts are joined, and joined words divided. What has no sound of its own (a dash) is left out.
    """
    total_ms = int(spoken.samples.size * 1000 / ESPEAK_SAMPLE_RATE)
    starts: dict[int, int] = {}
    tokens = list(re.finditer(r"\S+", text))
    for event in spoken.words:
        index = next((i for i, token in enumerate(tokens) if event.position < token.end()), None)
        if index is not None:
            starts.setdefault(index, event.start_ms)
    ordered = sorted(starts.items())
    timings: list[WordTiming] = []
    for place, (index, start_ms) in enumerate(ordered):
        next_index, limit_ms = ordered[place + 1] if place + 1 < len(ordered) else (len(tokens), total_ms)
        end_ms = _last_sound_ms(spoken.samples, start_ms, limit_ms)
        joined = [token.group() for token in tokens[index:next_index]]
        joined = joined[:1] + [word for word in joined[1:] if any(character.isalnum() for character in word)]
        timings.extend(_share(joined, start_ms / 1000, end_ms / 1000))
    return tuple(timings)


def _share(words: list[str], start_secs: float, end_secs: float) -> list[WordTiming]:
    """Divide the time of words that are spoken as one ("in the") by their length on paper."""
    letters = sum(map(len, words))
    timings: list[WordTiming] = []
    for word in words:
        following = start_secs + (end_secs - start_secs) * len(word) / letters
        letters -= len(word)
        timings.append(WordTiming(word, round(start_secs, 3), round(following, 3)))
        start_secs = following
    return timings


def _last_sound_ms(samples: npt.NDArray[np.int16], start_ms: int, limit_ms: int) -> int:
    """Where the last 10 ms with sound between the two places ends."""
    piece = samples[start_ms * ESPEAK_SAMPLE_RATE // 1000 : limit_ms * ESPEAK_SAMPLE_RATE // 1000]
    frames = piece.size // _FRAME
    if frames == 0:
        return limit_ms
    peaks = np.abs(piece[: frames * _FRAME].astype(np.int32)).reshape(frames, _FRAME).max(axis=1)
    loud = np.flatnonzero(peaks > _WORD_FLOOR)
    return min(limit_ms, start_ms + (int(loud[-1]) + 1) * 10) if loud.size else limit_ms
