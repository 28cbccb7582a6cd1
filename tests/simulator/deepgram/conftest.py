"""A learned book, and a running simulator with short latencies."""

from collections.abc import AsyncIterator

import pytest

from simulator.deepgram.app import create_app
from simulator.deepgram.options import DeepgramOptions
from simulator.deepgram.utterance_book import UtteranceBook
from simulator.hosting import serve_app
from tests.simulator.deepgram.phrases import PHRASES


@pytest.fixture(scope="session")
def book() -> UtteranceBook:
    learned = UtteranceBook()
    for phrase in PHRASES:
        learned.learn(phrase)
    return learned


@pytest.fixture
def options() -> DeepgramOptions:
    """Overridden by modules that need other behaviour."""
    return DeepgramOptions(
        stt_final_seconds=0.02,
        stt_interim_seconds=0.01,
        tts_first_byte_seconds=0.02,
        tts_realtime_factor=200.0,
        phrases=PHRASES,
    )


@pytest.fixture
async def url(options: DeepgramOptions) -> AsyncIterator[str]:
    async with serve_app(create_app(options)) as base:
        yield base
