"""The form of an embedding model: chosen by what it costs and what it loses."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from data.knowledge import embedding_form
from data.knowledge.embedding_form import quickest_form
from data.knowledge.sentence_network import SentenceNetwork
from data.knowledge.sentence_transformer_model import MINILM, locate_model

TEXTS = ["When do you open on Sundays?", "Sundays: closed.", "The warranty is twelve years. " * 60]


def load() -> SentenceTransformer:
    return SentenceTransformer(locate_model(MINILM), device="cpu", local_files_only=True)


@pytest.fixture
def model() -> SentenceTransformer:
    return load()


@pytest.fixture(scope="module")
def reference() -> NDArray[np.float32]:
    vectors: NDArray[np.float32] = load().encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    return vectors


def take(monkeypatch: pytest.MonkeyPatch, *seconds: float) -> Iterator[float]:
    """Let the forms take so long: as it comes, bfloat16, traced; gives the times not asked for yet."""
    times = iter(seconds)
    monkeypatch.setattr(embedding_form, "_seconds", lambda _encode: next(times))
    return times


@pytest.mark.parametrize(
    ("seconds", "least_cosine", "most_cosine"),
    [
        ((1.0, 2.0, 3.0), 1.0 - 1e-6, 1.1),
        ((2.0, 3.0, 1.0), 1.0 - 1e-6, 1.1),
        ((3.0, 1.0, 2.0), 0.9997, 1.0 - 1e-6),
        ((3.0, 2.0, 1.0), 0.9997, 1.0 - 1e-6),
    ],
    ids=["as it comes", "traced float32", "bfloat16", "traced bfloat16"],
)
def test_whichever_is_quickest_the_vectors_are_the_same(
    model: SentenceTransformer,
    reference: NDArray[np.float32],
    monkeypatch: pytest.MonkeyPatch,
    seconds: tuple[float, ...],
    least_cosine: float,
    most_cosine: float,
) -> None:
    times = take(monkeypatch, *seconds)
    encode = quickest_form(model)
    assert next(times, None) is None, "a form could not be made"
    for texts, wanted in ((TEXTS, reference), (TEXTS[1:2], reference[1:2])):
        vectors = encode(texts)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
        assert least_cosine < (vectors * wanted).sum(axis=1).min() < most_cosine


def test_a_form_that_loses_too_much_is_not_used(
    model: SentenceTransformer, reference: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    take(monkeypatch, 3.0, 2.0, 1.0)
    monkeypatch.setattr(embedding_form, "LEAST_COSINE", 1.1)
    assert np.array_equal(quickest_form(model)(TEXTS), reference)


def test_a_model_that_cannot_be_traced_runs_as_it_comes(
    model: SentenceTransformer, reference: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    take(monkeypatch, 2.0, 3.0)

    def refuse(_network: SentenceNetwork) -> None:
        raise RuntimeError("this network looks at its own input")

    monkeypatch.setattr(SentenceNetwork, "traced_encode", refuse)
    assert np.array_equal(quickest_form(model)(TEXTS), reference)
