"""Callers who pause before they are done, as data: in mid-sentence, with an "um", between dictated digits."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bench.turns.replies import SHORT_REPLY
from bench.turns.speech import LEVELS_DBFS, VOICES, Speech

PAUSES_MS = (400, 500, 600, 700, 800, 900)
UM = "um"
"""Spoken, but unknown to the recogniser: Deepgram leaves fillers out unless it is asked for them."""
_BEFORE_UM_MS = 200


class HesitationKind(StrEnum):
    """Why the caller pauses."""

    MID_SENTENCE = "mid-sentence"
    UM = "um"
    DIGITS = "digits"


_SENTENCES: Mapping[HesitationKind, tuple[tuple[str, ...], ...]] = {
    HesitationKind.MID_SENTENCE: (
        ("I would like to know", "how long delivery of the camera takes."),
        ("I am calling about", "the kettle that I bought last month."),
        ("Can you tell me", "how much the mattress weighs?"),
        ("I want to return the printer because", "it is much too loud."),
        ("I bought a guitar last week and", "one of the strings is broken."),
        ("If I order it today", "on which day does it come?"),
        ("The problem is that", "I have lost the receipt."),
        ("We wanted to order two", "bookcases for the office."),
        ("I was wondering whether", "you deliver on Saturdays."),
        ("Please send the treadmill", "to my sister in Portland."),
    ),
    HesitationKind.UM: (
        ("I need a", UM, "a new keyboard for my desk."),
        ("I would like to", UM, "return the backpack."),
        ("What is the price of", UM, "the air conditioner?"),
        ("I think it was the", UM, "the large washing machine."),
        ("Could you tell me about", UM, "the student discount?"),
    ),
    HesitationKind.DIGITS: (
        ("My number is four one five", "five five five", "zero one four two."),
        ("The order number is seven three", "nine nine six", "two eight four."),
        ("The serial number is eight eight five", "two zero three", "six one seven."),
        ("You can reach me at two one two", "five five five", "eight eight one one."),
        ("My postcode is nine four one", "zero five two."),
    ),
}


@dataclass(frozen=True, slots=True)
class Hesitation:
    """One turn with a pause in it.

    Attributes:
        pause_ms: The longest.
    """

    kind: HesitationKind
    speech: Speech
    pause_ms: int


def hesitations(count: int) -> tuple[Hesitation, ...]:
    """So many different ones, all kinds in turn; every run says the same."""
    kinds = tuple(HesitationKind)
    return tuple(_hesitation(kinds[index % len(kinds)], index // len(kinds)) for index in range(count))


def dictated_replies() -> Mapping[str, str]:
    """What the model is told to say to each, by its last words."""
    return {parts[-1].rstrip(".?"): SHORT_REPLY for sentences in _SENTENCES.values() for parts in sentences}


def understood(cases: tuple[Hesitation, ...]) -> list[Speech]:
    """What the recogniser has to know: every part by itself, and no fillers."""
    return [
        Speech((part,), case.speech.voice, case.speech.level_dbfs)
        for case in cases
        for part in case.speech.parts
        if part != UM
    ]


def _hesitation(kind: HesitationKind, variant: int) -> Hesitation:
    sentences = _SENTENCES[kind]
    parts = sentences[variant % len(sentences)]
    # Every pause meets every voice and every level.
    round_number, place = divmod(variant, len(PAUSES_MS))
    pause_ms = PAUSES_MS[place]
    pauses = tuple(_BEFORE_UM_MS if part == UM else pause_ms for part in parts[1:])
    voice = VOICES[(round_number + place) % len(VOICES)]
    level = LEVELS_DBFS[(round_number - place) % len(LEVELS_DBFS)]
    return Hesitation(kind, Speech(parts, voice, level, pauses), pause_ms)
