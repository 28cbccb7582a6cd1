"""The form in which an embedding model runs: compiled where it can be, in half the bits where that is quicker.

A sentence is so short that a run costs what reading the weights costs, and bfloat16 halves them; on processors
without instructions for it the same is slower. A traced network is one call into C++: as Python it would give up
the interpreter two hundred times a sentence, and wait to get it back each time while calls are served. So each
form is made, held against the original, and timed once, when the model is loaded. Vectors of all forms are alike
for every purpose (a cosine of 0.9999 and more), so they may meet in one store.
"""

import time
from typing import TYPE_CHECKING

import numpy as np
from loguru import logger

from data.knowledge.embedder import Embeddings
from data.knowledge.embedding_worker import Encode

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

LEAST_COSINE = 0.999
"""Between a text's vectors in two forms; a form that loses more is not used."""
_TRIALS = 5
_SENTENCE = "What time do you open on a Monday in winter?"
_PROBES = [
    [_SENTENCE],
    ["The smallest plan costs $9 a month and covers two devices; every further one is $2.50.", "Sundays: closed."],
    [f"{_SENTENCE} {'And how about the other days of the week, and holidays? ' * 30}"],
]
"""Alone, side by side, and longer than any model reads: a form has to be right for all of them."""


def quickest_form(model: "SentenceTransformer") -> Encode:
    """Choose the form, and give the function that embeds with it; blocking, for about a second.

    The model may be used up by it: where another form is better, only its tokenizer is left in it.
    """
    plain = _as_it_comes(model)
    trials = _Trials(plain)
    try:
        from data.knowledge.sentence_network import SentenceNetwork  # noqa: PLC0415 - imports torch

        half = SentenceNetwork(model, half=True)
        is_half = trials.offer("bfloat16", half.encode())
        network = half if is_half else SentenceNetwork(model, half=False)
        trials.offer("traced bfloat16" if is_half else "traced float32", network.traced_encode())
    except Exception as error:  # whatever a model does that cannot be traced, it runs as it did
        logger.opt(exception=error).debug("The embedding model cannot be traced.")
    if trials.best is not plain:
        model.to("meta")
    logger.bind(form=trials.name, milliseconds=round(trials.seconds * 1000, 2)).debug(
        "The embedding model's form is chosen."
    )
    return trials.best


class _Trials:
    """The best form so far."""

    def __init__(self, plain: Encode) -> None:
        self._wanted = [plain(texts) for texts in _PROBES]
        self.name, self.best, self.seconds = "as it comes", plain, _seconds(plain)

    def offer(self, name: str, form: Encode) -> bool:
        """Try a form; True where it is the best now."""
        alike = min(
            float((wanted * form(texts)).sum(axis=1).min())
            for wanted, texts in zip(self._wanted, _PROBES, strict=True)
        )
        seconds = _seconds(form)
        is_better = alike >= LEAST_COSINE and seconds < self.seconds
        if is_better:
            self.name, self.best, self.seconds = name, form, seconds
        return is_better


def _as_it_comes(model: "SentenceTransformer") -> Encode:
    def encode(texts: list[str]) -> Embeddings:
        vectors = model.encode(texts, batch_size=len(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    return encode


def _seconds(encode: Encode) -> float:
    """The best of a few runs with one sentence: what else the machine does can only make one slower."""
    best = float("inf")
    for _ in range(_TRIALS):
        began = time.perf_counter()
        encode([_SENTENCE])
        best = min(best, time.perf_counter() - began)
    return best
