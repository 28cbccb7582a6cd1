"""Real interruptions, as data: who breaks in, with which words, how loud, and how far into the reply."""

from dataclasses import dataclass

from bench.turns.replies import TERSE, TOPIC_COUNT, topic_words
from bench.turns.speech import LEVELS_DBFS, VOICES, Speech

_OPENINGS = (
    "Wait, tell me {}.",
    "Sorry, please tell me {} instead.",
    "Actually, I want to know {}.",
    "Tell me {} now.",
    "No, I meant {}.",
    "What I really need is {}.",
    "Hold on, tell me {}.",
    "Let me hear {} first.",
)
_FIRST_AFTER_MS = 900
_AFTER_STEP_MS = 170
_AFTER_STEPS = 11
_EVERY_TERSE = 5


@dataclass(frozen=True, slots=True)
class Interruption:
    """One attempt to get the word.

    Attributes:
        speech: The words.
        after_ms: How long the agent has been speaking when they begin.
        topic: What is asked for; None where nothing is asked for yet.
    """

    speech: Speech
    after_ms: int
    topic: int | None


def interruptions(count: int) -> tuple[Interruption, ...]:
    """So many different ones; every run tries the same.

    No two in a row ask for the same, so that a new reply can be told from the old one.
    """
    return tuple(_interruption(index) for index in range(count))


def _interruption(index: int) -> Interruption:
    # The counts of words, voices and levels share no pattern with one another, by these steps.
    voice = VOICES[(index + index // 7) % len(VOICES)]
    level = LEVELS_DBFS[(index * 5 + index // 6) % len(LEVELS_DBFS)]
    after_ms = _FIRST_AFTER_MS + index * 7 % _AFTER_STEPS * _AFTER_STEP_MS
    if index % _EVERY_TERSE == _EVERY_TERSE - 1:
        words = TERSE[index // _EVERY_TERSE % len(TERSE)]
        return Interruption(Speech((words,), voice, level), after_ms, None)
    topic = (index + 1) % TOPIC_COUNT
    words = _OPENINGS[(index + index // TOPIC_COUNT) % len(_OPENINGS)].format(topic_words(topic))
    return Interruption(Speech((words,), voice, level), after_ms, topic)
