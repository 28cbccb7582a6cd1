"""What the rest of the product knows about embeddings: text in, unit vectors out."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Embeddings = NDArray[np.float32]
"""Float32, shape (n, dimensions) for many texts or (dimensions,) for one; every vector has length 1."""


class Embedder(Protocol):
    """Turns texts into vectors whose cosine says how near their meanings are."""

    @property
    def model_name(self) -> str:
        """Name of the model; stored beside every vector, because vectors of two models never mix."""
        ...

    async def warm(self) -> None:
        """Load the model, so that the first caller does not wait for it.

        Raises:
            ConfigurationError: The model cannot be loaded.
        """
        ...

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        """Embed the chunks of documents, in order, giving way to queries.

        Raises:
            CapacityError: Too much is waiting.
            ConfigurationError: The model cannot be loaded.
        """
        ...

    async def embed_query(self, text: str) -> Embeddings:
        """Embed one question; the answer may come from a cache and must not be changed.

        Raises:
            CapacityError: Too much is waiting.
            ConfigurationError: The model cannot be loaded.
        """
        ...

    async def embed_queries(self, texts: Sequence[str]) -> tuple[Embeddings, ...]:
        """Embed a few forms of one question in one run of the model; otherwise as `embed_query`."""
        ...

    async def close(self) -> None:
        """Drop what waits and free the threads; safe to call twice."""
        ...
