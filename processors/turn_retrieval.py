"""Retrieval that has begun before the caller has finished.

Interim transcripts are good enough to search with: by the time the turn ends, the snippets are usually there
and cost no waiting. At most one search runs at a time; the newest text waits for it.
"""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from loguru import logger

from data.knowledge.snippet import Snippet
from data.records import RetrievalRecord, SnippetUse

FEWEST_WORDS = 3
"""Interims shorter than this say too little to search with."""
SIMILAR_ENOUGH = 0.8
"""Share of the final words that the searched words must hold for the early result to be used."""
TELLING_LETTERS = 4
"""Words from this length on may not be missing: the last one is often what the question is about."""


class SnippetSource(Protocol):
    """The agent's documents, already bound to the agent and its retrieval settings."""

    @property
    def embedding_model(self) -> str:
        """Name of the model behind the distances."""

    async def find(self, query: str) -> tuple[tuple[Snippet, ...], bool]:
        """Chunks for a query, best first, and whether the search ran out of time (then none)."""


@dataclass(frozen=True, slots=True)
class Found:
    """Snippets for a question, and the record of how they were found."""

    snippets: Sequence[Snippet]
    record: RetrievalRecord


class TurnRetrieval:
    """Searches for one call's turns.

    Args:
        source: Where to search.
    """

    def __init__(self, source: SnippetSource) -> None:
        self._source = source
        self._query = ""
        self._task: asyncio.Task[Found] | None = None
        self._next: str | None = None
        self._earlier: Found | None = None

    def hint(self, text: str) -> None:
        """The caller has said this much so far."""
        if len(_words(text)) < FEWEST_WORDS or _words(text) == _words(self._query):
            return
        if self._task is not None and not self._task.done():
            self._next = text
            return
        self._begin(text)

    async def find(self, question: str, *, is_final: bool = True) -> Found:
        """Snippets for the question; the record's latency is what this added to the turn.

        Args:
            question: All that the caller said.
            is_final: False while they may go on: the search is kept for when they have not.
        """
        began = time.perf_counter()
        if self._task is None or self._task.cancelled() or not _covers(self._query, question):
            self._drop()
            self._begin(question)
        assert self._task is not None
        found = await self._task
        if found.record.timed_out and self._earlier is not None:
            # What was found for most of the question beats nothing.
            found = self._earlier
        if is_final:
            self._drop()
            self._earlier = None
        record = found.record
        added = (time.perf_counter() - began) * 1000
        return Found(
            found.snippets,
            RetrievalRecord(
                record.query, record.embedding_model, round(added, 1), record.chunks, record.timed_out
            ),
        )

    def cancel(self) -> None:
        """The call is over or the turn came to nothing."""
        self._drop()
        self._earlier = None

    def _begin(self, text: str) -> None:
        self._query = text
        self._task = asyncio.get_running_loop().create_task(self._search(text), name="retrieval")
        self._task.add_done_callback(self._after)

    def _after(self, task: asyncio.Task[Found]) -> None:
        if task is not self._task or task.cancelled():
            return  # given up: what waits now waits for its successor
        text, self._next = self._next, None
        if text is not None:
            self._begin(text)

    def _drop(self) -> None:
        self._next = None
        task, self._task = self._task, None
        self._query = ""
        if task is not None and not task.done():
            task.cancel()

    async def _search(self, query: str) -> Found:
        try:
            snippets, timed_out = await self._source.find(query)
        except asyncio.CancelledError:
            raise
        except Exception:  # whatever ails the document store, the caller gets an answer without it
            logger.exception("Retrieval failed; answering without documents")
            snippets, timed_out = (), True
        uses = tuple(SnippetUse(s.document_id, s.chunk_id, round(s.vector_distance, 4)) for s in snippets)
        record = RetrievalRecord(query, self._source.embedding_model, 0.0, uses, timed_out=timed_out)
        found = Found(snippets, record)
        if not timed_out:
            self._earlier = found
        return found


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _covers(searched: str, question: str) -> bool:
    wanted = set(_words(question))
    missing = wanted - set(_words(searched))
    if not wanted or any(len(word) >= TELLING_LETTERS for word in missing):
        return False
    return len(missing) / len(wanted) <= 1 - SIMILAR_ENOUGH
