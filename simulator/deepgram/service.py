"""What all connections of one simulated Deepgram share."""

import asyncio
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from simulator.deepgram.options import DeepgramOptions
from simulator.deepgram.utterance_book import UtteranceBook
from simulator.faults import FaultSchedule, Jitter


@dataclass(slots=True)
class Counters:
    """What happened since the start; read by `GET /simulator/state`."""

    listen_connections: int = 0
    listen_open: int = 0
    speak_connections: int = 0
    speak_open: int = 0
    refused: int = 0
    audio_seconds_heard: float = 0.0
    interims: int = 0
    finals: int = 0
    unknown_utterances: int = 0
    characters_spoken: int = 0
    flushes: int = 0
    refused_flushes: int = 0
    clears: int = 0
    idle_closes: int = 0


class DeepgramService:
    """Options, utterance book, faults and counters of one simulator."""

    def __init__(self, options: DeepgramOptions) -> None:
        self.options = options
        self.book = UtteranceBook()
        self.faults = FaultSchedule(options.faults)
        self.jitter = Jitter(options.jitter_seconds, options.jitter_seed)
        self.counters = Counters()
        self._learning = asyncio.Lock()

    async def learn(self, texts: Iterable[str], voices: Iterable[str]) -> None:
        """Make texts recognisable in these voices; returns when they are.

        Raises:
            InvalidInputError: A voice is unknown, a text too long, or the book full.
        """
        pairs = [(text, voice) for text in texts for voice in voices]
        async with self._learning:
            await asyncio.to_thread(self._learn_all, pairs)

    def _learn_all(self, pairs: list[tuple[str, str]]) -> None:
        for text, voice in pairs:
            self.book.learn(text, voice=voice)

    def state(self) -> dict[str, float | int]:
        """Counters and the number of known utterances."""
        return {**asdict(self.counters), "known_utterances": len(self.book)}
