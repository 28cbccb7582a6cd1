"""From a caller's question to the few chunks that the model is given, within a deadline."""

import asyncio
import time
from dataclasses import dataclass

from loguru import logger

from config.errors import CapacityError, ConfigurationError, VendorError
from data.knowledge.embedder import Embedder
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorStore

DEADLINE_SECONDS = 0.15
"""A caller hears every millisecond of retrieval; later than this an answer without documents is better."""

_SPARE_CANDIDATES = 4
"""Asked for beyond `top_k`, to fill the places of duplicates."""


@dataclass(frozen=True, slots=True)
class RetrievalResult:
    """What a lookup gave, and how it went.

    Attributes:
        snippets: Nearest first; empty when nothing was near enough, too late, or failed.
        latency_ms: From the call to the result.
        timed_out: True when the deadline passed.
        failure: The error code when the embedder or the store failed; None otherwise.
    """

    snippets: tuple[Snippet, ...]
    latency_ms: float
    timed_out: bool = False
    failure: str | None = None


class Retriever:
    """Looks questions up in one agent's documents; never raises for a slow or broken store.

    Args:
        embedder: Makes the question's vector.
        store: Finds the nearest chunks.
    """

    def __init__(self, embedder: Embedder, store: VectorStore) -> None:
        self._embedder = embedder
        self._store = store

    @property
    def embedding_model(self) -> str:
        """Name of the model behind the distances."""
        return self._embedder.model_name

    async def retrieve(
        self,
        agent_id: str,
        query: str,
        *,
        top_k: int,
        max_distance: float,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> RetrievalResult:
        """Find the chunks nearest to a question.

        Args:
            agent_id: Whose documents; no others are ever looked at.
            query: The caller's words.
            top_k: Most snippets.
            max_distance: Largest cosine distance (0 to 2) of a snippet.
            deadline_seconds: For everything together.

        Returns:
            Snippets without duplicates. After the deadline, or when the embedder or the store fails, none
            and the reason.
        """
        started = time.perf_counter()
        snippets: tuple[Snippet, ...] = ()
        timed_out, failure = False, None
        if query.strip():
            try:
                async with asyncio.timeout(deadline_seconds):
                    vector = await self._embedder.embed_query(query)
                    found = await self._store.query(
                        agent_id,
                        vector,
                        top_k=top_k + _SPARE_CANDIDATES,
                        deadline_seconds=deadline_seconds - (time.perf_counter() - started),
                    )
                snippets = _select(found, top_k, max_distance)
            except TimeoutError:
                timed_out = True
            except (CapacityError, ConfigurationError, VendorError) as error:
                failure = error.code
        latency_ms = (time.perf_counter() - started) * 1000
        if timed_out or failure:
            # A call goes on without documents; this line is how an operator learns of it.
            logger.bind(
                agent_id=agent_id, latency_ms=round(latency_ms, 1), failure=failure or "timed_out"
            ).warning("Retrieval gave no context.")
        return RetrievalResult(snippets, latency_ms, timed_out, failure)


def _select(found: tuple[Snippet, ...], top_k: int, max_distance: float) -> tuple[Snippet, ...]:
    """The nearest that are near enough, each text once (a document may be attached under two names)."""
    selected: dict[str, Snippet] = {}
    for snippet in found:
        if snippet.vector_distance <= max_distance:
            selected.setdefault(_letters(snippet.text), snippet)
    return tuple(selected.values())[:top_k]


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
