"""The quick conversation of measurements that are about storage: short words, and replies known in advance.

Every exchange is about another thing, so that what is stored can be compared word by word with what was said.
"""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

from bench.call_plan import VOICE
from simulator.twilio.caller import espeak
from simulator.twilio.speech import PreparedSpeech, prepare_speech

GREETING = "Hello there."
_THINGS = (
    "apples",
    "bicycles",
    "candles",
    "dolphins",
    "elephants",
    "feathers",
    "gardens",
    "hammers",
    "islands",
    "jackets",
    "kitchens",
    "ladders",
    "mountains",
    "notebooks",
    "oranges",
    "pillows",
    "rivers",
    "sandwiches",
    "tables",
    "umbrellas",
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One thing that a caller says, and the only reply to it."""

    question: str
    reply: str


EXCHANGES = tuple(Exchange(f"What about {thing}?", f"I like {thing}.") for thing in _THINGS)


def exchange(index: int) -> Exchange:
    """Any number of them; after the last the first comes again."""
    return EXCHANGES[index % len(EXCHANGES)]


def scripts() -> list[dict[str, str]]:
    """The replies, for the simulated Ollama."""
    return [{"match": rf"\b{thing}\b", "text": one.reply} for thing, one in zip(_THINGS, EXCHANGES, strict=True)]


async def prepare_talk() -> dict[str, PreparedSpeech]:
    """Every question as speech, by its text."""

    def speak(text: str) -> PreparedSpeech:
        return prepare_speech(text, espeak(text, VOICE))

    return {one.question: await asyncio.to_thread(speak, one.question) for one in EXCHANGES}


def write_agent(folder: Path) -> None:
    """Write the agent as an organization folder for `DATA_FILE`; blocking."""
    folder.mkdir(parents=True)
    config = {
        "name": "Small Talk",
        "system_prompt": "You chat about things.",
        "first_message": GREETING,
        "silence_threshold_sec": 0.3,
        "settings": {"rag": {"enabled": False}, "max_duration_seconds": 7200, "tags": ["bench"]},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
