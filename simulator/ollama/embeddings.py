"""Embeddings that need no model: hashed bags of words, so that texts with common words are near each other."""

import hashlib
import math

from simulator.ollama.responder.words import content_terms, tokens


def embed(text: str, dimensions: int) -> list[float]:
    """The L2-normalised vector of a text; equal texts have equal vectors on every machine."""
    vector = [0.0] * dimensions
    for word in content_terms(text) or tokens(text) or [text]:
        digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
        place = int.from_bytes(digest[:4], "big") % dimensions
        vector[place] += 1.0 if digest[4] & 1 else -1.0
    length = math.sqrt(sum(value * value for value in vector))
    if length == 0.0:
        # Words that cancelled each other out; a vector of length zero has no direction.
        vector[0] = length = 1.0
    return [value / length for value in vector]
