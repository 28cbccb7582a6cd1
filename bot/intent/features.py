"""A turn as a vector for the fitted model: its meaning, its words, its phrases, and what the agent had said."""

import hashlib
import itertools
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.intent.agent_move import AgentMove
from bot.intent.phrases import Kind
from bot.intent.turn import Turn

EMBEDDING_SIZE = 384
"""Of all-MiniLM-L6-v2."""
WORD_BUCKETS = 512
"""Hashed single words and pairs of neighbours; few enough that the weights stay small."""
_KINDS = tuple(Kind)
_MOVES = tuple(AgentMove)
_FLAGS = 8
DENSE_SIZE = len(_KINDS) * 2 + len(_MOVES) + _FLAGS
SIZE = WORD_BUCKETS + DENSE_SIZE
"""Without the embedding."""

Vector = NDArray[np.float32]


def lexical_features(turn: Turn) -> Vector:
    """Words, phrases and context; length `SIZE`."""
    vector = np.zeros(SIZE, dtype=np.float32)
    tokens = ["<", *turn.spoken.tokens[:40], ">"]
    grams = [*tokens[1:-1], *(f"{left} {right}" for left, right in itertools.pairwise(tokens))]
    for gram in grams:
        vector[_bucket(gram)] += 1.0
    norm = float(np.linalg.norm(vector))
    if norm > 0:
        vector /= norm
    dense = vector[WORD_BUCKETS:]
    pieces = turn.cover.pieces
    for piece in pieces:
        if piece.kind is not None:
            dense[_KINDS.index(piece.kind)] = 1.0
    first = next((piece.kind for piece in pieces if piece.kind is not Kind.FILLER), None)
    if first is not None:
        dense[len(_KINDS) + _KINDS.index(first)] = 1.0
    dense[2 * len(_KINDS) + _MOVES.index(turn.agent.move)] = 1.0
    rest = len(turn.cover.rest)
    dense[-_FLAGS:] = (
        float(turn.spoken.asks),
        float(turn.asks_something),
        float(rest == 0),
        min(rest, 10) / 10,
        min(len(tokens) - 2, 20) / 20,
        float(turn.wants_more),
        float(turn.agent.is_yes_no_question),
        1.0,
    )
    return vector


def usable_embedding(embedding: NDArray[np.float32] | None) -> Vector | None:
    """The embedding as one float32 row of `EMBEDDING_SIZE`, or None if it is missing or of another size."""
    if embedding is None:
        return None
    row = np.asarray(embedding, dtype=np.float32).reshape(-1)
    return row if row.shape == (EMBEDDING_SIZE,) and bool(np.isfinite(row).all()) else None


@lru_cache(maxsize=4096)
def _bucket(gram: str) -> int:
    """A place for a word that is the same in every process, as `hash()` would not be."""
    return int.from_bytes(hashlib.blake2b(gram.encode(), digest_size=4).digest(), "big") % WORD_BUCKETS
