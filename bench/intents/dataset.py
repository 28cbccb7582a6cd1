"""The labelled utterances: what callers say, after what, and what it means by the rules of labelling.

A *wording family* is one way to say one thing in its variants; a family is either in the training half or in the
test half, never in both. Each blind set was written by somebody who had not looked at the rules; what the first
three showed was then mended, so of them only the last says how new wordings fare.
"""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.intents import IntentLabel
from config.errors import ConfigurationError

UTTERANCES = Path(__file__).with_name("utterances")


class Split(StrEnum):
    """Which file an utterance is in."""

    TRAIN = "train"
    TEST = "test"
    BLIND_1 = "blind_1"
    BLIND_2 = "blind_2"
    BLIND_3 = "blind_3"
    BLIND_4 = "blind_4"


class Kind(StrEnum):
    """Why an utterance was written."""

    PLAIN = "plain"
    RECOGNISER = "recogniser"
    """Hesitations, mishearings and odd punctuation, as speech-to-text gives them."""
    NEAR_GOODBYE = "near-goodbye"
    NEAR_YES = "near-yes"
    NEAR_NO = "near-no"
    NEAR_REPEAT = "near-repeat"
    NEAR_HUMAN = "near-human"
    NEAR_STOP = "near-stop"


class Utterance(BaseModel):
    """One labelled turn.

    Attributes:
        text: What speech-to-text heard.
        context: The agent's last sentence, or None.
        label: By the rules of labelling.
        family: The wording family.
        kind: Why it was written; near-X looks like X and is something else, or is X although it looks otherwise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    context: str | None
    label: IntentLabel
    family: str
    kind: Kind


def load_utterances(split: Split, folder: Path = UTTERANCES) -> tuple[Utterance, ...]:
    """Read one file.

    Raises:
        ConfigurationError: It is missing, or a line is not an utterance.
    """
    path = folder / f"{split}.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return tuple(Utterance.model_validate_json(line) for line in lines if line.strip())
    except (OSError, ValidationError) as error:
        raise ConfigurationError(f"The labelled utterances cannot be read: {path.name}: {error}") from error


def families(utterances: Sequence[Utterance]) -> frozenset[str]:
    """The wording families that occur."""
    return frozenset(utterance.family for utterance in utterances)
