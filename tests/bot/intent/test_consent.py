"""What counts as a yes when something is written upon it."""

import pytest

from bot.intents import IntentClassifier, reads_as_consent
from bot.spoken_answers import ConfirmationAnswer

QUESTION = "Shall I book an appointment for Dana Smith on Tuesday, 24 November at 10 in the morning?"
CLASSIFIER = IntentClassifier()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Yes, please.", "yes"),
        ("That would be wonderful, thank you.", "yes"),
        ("you bet", "yes"),
        ("Tuesday at ten is fine.", "yes"),
        ("No.", "no"),
        ("Yes, but make it eleven.", "no"),
        ("Yes, on Wednesday.", "no"),
        ("I'd rather not.", "no"),
        ("Hold on.", "other"),
        ("How long does it take?", "other"),
        ("Maybe.", "other"),
        ("If my wife agrees, yes.", "other"),
        ("", "other"),
    ],
)
def test_consent_is_a_clear_yes_to_what_was_asked(text: str, answer: str) -> None:
    assert reads_as_consent(text, QUESTION, CLASSIFIER) == ConfirmationAnswer(answer)
