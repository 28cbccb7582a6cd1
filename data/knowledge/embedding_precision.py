"""The arithmetic that an embedding model runs in: half the bits where the processor is quicker with them.

A sentence is so short that a run costs what reading the weights costs, and bfloat16 halves them. On processors
without instructions for it the same is slower, so both are timed once, when the model is loaded. Vectors of both
are the same for every purpose (a cosine of 0.9999 and more), so they may meet in one store.
"""

import copy
import time
from typing import TYPE_CHECKING

import numpy as np
from loguru import logger

from data.knowledge.embedder import Embeddings
from data.knowledge.embedding_worker import Encode

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import nn

LEAST_COSINE = 0.999
"""Between a sentence's two vectors; a model that loses more keeps all its bits."""
_TRIALS = 5
_SENTENCES = [
    "What time do you open on a Monday in winter?",
    "The smallest plan costs $9 a month and covers two devices; every further one is $2.50.",
]


def quickest_encode(model: "SentenceTransformer") -> Encode:
    """Choose the arithmetic, and give the function that embeds with it; blocking, for about 0.2 s."""
    full, half = _encode_with(model), _encode_with(_halved(model))
    alike = min(float(one @ other) for one, other in zip(full(_SENTENCES), half(_SENTENCES), strict=True))
    full_seconds, half_seconds = _seconds(full), _seconds(half)
    is_half = alike >= LEAST_COSINE and half_seconds < full_seconds
    logger.bind(
        precision="bfloat16" if is_half else "float32",
        bfloat16_ms=round(half_seconds * 1000, 2),
        float32_ms=round(full_seconds * 1000, 2),
    ).debug("The embedding model's arithmetic is chosen.")
    return half if is_half else full


def _halved(model: "SentenceTransformer") -> "SentenceTransformer":
    import torch  # noqa: PLC0415 - takes seconds, so it happens in the worker thread

    halved = copy.deepcopy(model)
    first = halved[0].to(torch.bfloat16)

    def in_full(_module: "nn.Module", _given: object, features: dict[str, object]) -> dict[str, object]:
        # What comes after the network (the mean over the words, the length of 1) needs all the bits.
        return {
            name: value.float() if isinstance(value, torch.Tensor) and value.dtype == torch.bfloat16 else value
            for name, value in features.items()
        }

    first.register_forward_hook(in_full)
    return halved


def _encode_with(model: "SentenceTransformer") -> Encode:
    def encode(texts: list[str]) -> Embeddings:
        vectors = model.encode(texts, batch_size=len(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    return encode


def _seconds(encode: Encode) -> float:
    """The best of a few runs with one sentence: what else the machine does can only make one slower."""
    best = float("inf")
    for _ in range(_TRIALS):
        began = time.perf_counter()
        encode(_SENTENCES[:1])
        best = min(best, time.perf_counter() - began)
    return best
