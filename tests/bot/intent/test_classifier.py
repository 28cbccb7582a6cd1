"""What a turn does to the call, by the rules of labelling in `docs/intents.md`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intent.classifier import IntentClassifier
from bot.intents import IntentLabel

MORE = "Is there anything else I can help you with?"
BOOK = "Shall I book Tuesday at ten?"
MIND = "Would you mind holding for a moment?"
PRICE = "The premium plan costs nineteen dollars."


@pytest.fixture(scope="module")
def classifier() -> IntentClassifier:
    return IntentClassifier()


@pytest.mark.parametrize(
    ("text", "context", "label"),
    [
        ("No, that's all.", MORE, "goodbye"),
        ("nope were good thanks", MORE, "goodbye"),
        ("Before I say goodbye, one question.", MORE, "other"),
        ("My husband said bye to the old system.", None, "other"),
        ("Not at all.", MIND, "yes"),
        ("No problem, go ahead.", BOOK, "yes"),
        ("Yeah no, that won't work.", BOOK, "no"),
        ("If it's before noon.", BOOK, "other"),
        ("Yes, but can you make it eleven?", BOOK, "other"),
        ("Sorry, what was that?", PRICE, "repeat"),
        ("come again", PRICE, "repeat"),
        ("Can I come again next week?", PRICE, "other"),
        ("Put me through to accounts, please.", None, "human"),
        ("I spoke with a representative yesterday.", None, "other"),
        ("Hold on.", PRICE, "stop"),
        ("What time do you stop taking orders?", None, "other"),
        ("How much is it?", None, "other"),
        ("", None, "other"),
        ("…", BOOK, "other"),
    ],
)
def test_a_turn_is_read_in_the_light_of_what_the_agent_said(
    classifier: IntentClassifier, text: str, context: str | None, label: str
) -> None:
    assert classifier.classify(text, context).label == label


@pytest.mark.parametrize(
    ("text", "context", "label"),
    [
        ("Goodbye. Actually, let me talk to a person.", MORE, "human"),
        ("Sorry, can you repeat that? Hold on.", PRICE, "repeat"),
        ("Hold on, no.", PRICE, "stop"),
        ("Yes. No, don't.", BOOK, "no"),
    ],
)
def test_where_two_apply_the_weightier_counts(
    classifier: IntentClassifier, text: str, context: str, label: str
) -> None:
    assert classifier.classify(text, context).label == label


@given(st.text(max_size=200), st.none() | st.text(max_size=100), st.booleans())
def test_anything_is_read_and_the_same_way_twice(text: str, context: str | None, embedded: bool) -> None:
    classifier = _shared()
    embedding = np.full(384, 384**-0.5, dtype=np.float32) if embedded else None
    intent = classifier.classify(text, context, embedding)
    assert 0.0 <= intent.score <= 1.0
    assert intent == classifier.classify(text, context, embedding)


@given(
    st.lists(
        st.sampled_from(
            ["yes", "no", "bye", "stop", "repeat", "human", "the", "is", "that", "what", "if", "not", "all"]
        ),
        max_size=12,
    )
)
def test_case_and_blanks_make_no_difference(words: list[str]) -> None:
    classifier = _shared()
    plain = classifier.classify(" ".join(words), BOOK)
    assert classifier.classify("  ".join(words).upper(), BOOK).label == plain.label


def test_embeddings_of_another_model_or_size_are_not_used(classifier: IntentClassifier) -> None:
    text = "I was wondering about the thing from the other day"
    plain = classifier.classify(text, None)
    assert classifier.classify(text, None, np.ones(768, dtype=np.float32)) == plain
    stranger = IntentClassifier(embedding_model="another-model")
    assert stranger.classify(text, None, np.ones(384, dtype=np.float32)) == plain


def test_every_label_is_one_of_seven() -> None:
    assert [label.value for label in IntentLabel] == ["human", "goodbye", "repeat", "stop", "no", "yes", "other"]


_CLASSIFIERS: list[IntentClassifier] = []


def _shared() -> IntentClassifier:
    if not _CLASSIFIERS:
        _CLASSIFIERS.append(IntentClassifier())
    return _CLASSIFIERS[0]
