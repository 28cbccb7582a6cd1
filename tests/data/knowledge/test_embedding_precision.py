"""The arithmetic of an embedding model: chosen by what it costs and what it loses."""

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from data.knowledge import embedding_precision
from data.knowledge.embedding_precision import quickest_encode
from data.knowledge.sentence_transformer_model import MINILM, locate_model

TEXTS = ["When do you open on Sundays?", "Sundays: closed.", "The warranty is twelve years."]


@pytest.fixture(scope="module")
def model() -> SentenceTransformer:
    return SentenceTransformer(locate_model(MINILM), device="cpu", local_files_only=True)


def reference(model: SentenceTransformer) -> np.ndarray:
    return model.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)


@pytest.mark.parametrize("half_is_quicker", [True, False])
def test_whichever_is_quicker_the_vectors_are_the_same(
    model: SentenceTransformer, monkeypatch: pytest.MonkeyPatch, half_is_quicker: bool
) -> None:
    times = iter([2.0, 1.0] if half_is_quicker else [1.0, 2.0])
    monkeypatch.setattr(embedding_precision, "_seconds", lambda _encode: next(times))
    vectors = quickest_encode(model)(TEXTS)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert (vectors * reference(model)).sum(axis=1).min() > 0.9998
    assert np.array_equal(vectors, reference(model)) is not half_is_quicker


def test_a_model_that_loses_by_it_keeps_all_its_bits(
    model: SentenceTransformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([2.0, 1.0])
    monkeypatch.setattr(embedding_precision, "_seconds", lambda _encode: next(times))
    monkeypatch.setattr(embedding_precision, "LEAST_COSINE", 1.1)
    assert np.array_equal(quickest_encode(model)(TEXTS), reference(model))
