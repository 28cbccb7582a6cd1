"""Making what a telephone line delivers, and reading what was understood."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from simulator.audio import samples_to_ulaw, ulaw_to_samples
from simulator.deepgram.transcriber import Event, Transcriber, TranscriberOptions, Transcript
from simulator.deepgram.utterance_book import UtteranceBook
from simulator.voice import synthesize

Samples = npt.NDArray[np.int16]


def line(
    parts: Sequence[str | float],
    *,
    rate: int = 8000,
    gain_db: float = 0.0,
    snr_db: float | None = None,
    codec: bool = True,
    seed: int = 0,
    voice: str = "en-us",
) -> Samples:
    """Texts and pauses (seconds) as audio, with white noise relative to the speech, through µ-law."""
    random = np.random.default_rng(seed)
    pieces: list[npt.NDArray[np.float64]] = [np.zeros(int(rate * (0.6 + random.uniform(0, 0.02))))]
    for part in parts:
        if isinstance(part, str):
            spoken = synthesize(part, sample_rate=rate, voice=voice).samples.astype(np.float64)
            pieces.append(spoken * 10 ** (gain_db / 20))
        else:
            pieces.append(np.zeros(int(rate * part)))
    signal = np.concatenate(pieces)
    if snr_db is not None:
        power = float((signal[signal != 0] ** 2).mean())
        signal = signal + random.normal(0, np.sqrt(power) * 10 ** (-snr_db / 20), signal.size)
    samples = np.clip(signal, -32768, 32767).astype(np.int16)
    return ulaw_to_samples(samples_to_ulaw(samples)) if codec else samples


def transcribe(
    book: UtteranceBook, samples: Samples, rate: int, options: TranscriberOptions | None = None, chunk: float = 0.1
) -> list[Event]:
    """All events of a stream that is fed in chunks and ended."""
    transcriber = Transcriber(book, rate, options or TranscriberOptions())
    events: list[Event] = []
    step = int(rate * chunk)
    for at in range(0, len(samples), step):
        events.extend(transcriber.push(samples[at : at + step]))
    return [*events, *transcriber.finish()]


def finals(events: Sequence[Event]) -> list[str]:
    """Texts of the final results that have words."""
    return [
        " ".join(word.text for word in event.words)
        for event in events
        if isinstance(event, Transcript) and event.is_final and event.words
    ]


def said(events: Sequence[Event]) -> str:
    """The finals of a stream, joined."""
    return " ".join(finals(events))
