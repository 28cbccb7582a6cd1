"""The utterances' embeddings, by the same embedder and the same call as in a call."""

import asyncio
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.knowledge.sentence_transformer_embedder import SentenceTransformerEmbedder

MODEL = "sentence-transformers/all-MiniLM-L6-v2"


def embed_texts(texts: Sequence[str], model: str = MODEL) -> NDArray[np.float32]:
    """One row per text; blocking, some 10 ms each.

    Raises:
        ConfigurationError: The model cannot be loaded.
    """
    return asyncio.run(_embed(texts, model))


async def _embed(texts: Sequence[str], model: str) -> NDArray[np.float32]:
    embedder = SentenceTransformerEmbedder(model)
    try:
        rows = [await embedder.embed_query(text) for text in texts]
    finally:
        await embedder.close()
    return np.stack(rows).astype(np.float32)
