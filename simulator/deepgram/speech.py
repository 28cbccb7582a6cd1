"""Text to encoded audio, as the speak endpoints deliver it."""

import re
from functools import lru_cache

from simulator.audio import samples_to_linear16
from simulator.deepgram.query import ENCODERS, SpeakQuery
from simulator.voice import synthesize

# 256 sentences of 4 s at 8 kHz µ-law are 8 MB.
_CACHED = 256
_SENTENCE_END = re.compile(r"[.!?]+[\"')\]]*(?=\s|$)")


@lru_cache(maxsize=_CACHED)
def encode_speech(text: str, voice: str, encoding: str, sample_rate: int, words_per_minute: int) -> bytes:
    """Synthesise and encode; blocks, thread-safe."""
    utterance = synthesize(text, voice=voice, sample_rate=sample_rate, words_per_minute=words_per_minute)
    if encoding == "linear16":
        return samples_to_linear16(utterance.samples)
    return ENCODERS[encoding](utterance.samples.copy())


def bytes_per_second(query: SpeakQuery) -> int:
    """Size of one second of the audio asked for."""
    return query.sample_rate * (2 if query.encoding == "linear16" else 1)


def split_ready(text: str, least_characters: int) -> tuple[str, str]:
    """Divide buffered text into whole sentences that may be spoken now and the rest.

    The first part is empty until whole sentences of `least_characters` together are there.
    """
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    if not ends or ends[-1] < least_characters:
        return "", text
    return text[: ends[-1]], text[ends[-1] :]
