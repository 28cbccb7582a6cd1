"""Retrieval that has begun before the caller has finished.

Interim transcripts are good enough to search with: by the time the turn ends, the snippets are usually there
and cost no waiting. One search early and one at the end is the most that a turn costs, as long as none fails: each
runs the embedding model once.
"""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from loguru import logger

from data.knowledge.retriever import RetrievalResult
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

    async def find(self, question: str, previous: str | None) -> RetrievalResult:
        """Snippets for a question that came after another one."""


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
        self._said = ""
        self._task: asyncio.Task[Found] | None = None
        self._hinted = False
        self._again = False
        self._earlier: Found | None = None
        self._previous: str | None = None

    def hint(self, text: str) -> None:
        """The caller has said this much so far; the first time in a turn that it is enough, a search begins."""
        if self._hinted or len(_words(text)) < FEWEST_WORDS:
            return
        self._hinted = True
        self._begin(text)

    async def find(self, question: str, *, is_final: bool = True) -> Found:
        """Snippets for the question; the record's latency is what this added to the turn.

        Args:
            question: All that the caller said.
            is_final: False while they may go on: the search is kept for when they have not.
        """
        began = time.perf_counter()
        if self._task is None or self._task.cancelled() or not _covers(self._said, question):
            self._drop()
            self._begin(question)
        elif not self._again and _came_to_nothing(self._task):
            # Whatever was the matter may have passed by now.
            self._again = True
            self._begin(question)
        assert self._task is not None
        found = await self._task
        if found.record.timed_out and self._earlier is not None:
            # What was found for most of the question beats nothing.
            found = self._earlier
        if is_final:
            self.cancel()
            # A follow-up to a follow-up is about what that one was about.
            self._previous = found.record.query or question
        added = (time.perf_counter() - began) * 1000
        return Found(found.snippets, replace(found.record, latency_ms=round(added, 1)))

    def cancel(self) -> None:
        """The call is over or the turn came to nothing."""
        self._drop()
        self._hinted = self._again = False
        self._earlier = None

    def _begin(self, text: str) -> None:
        self._said = text
        self._task = asyncio.get_running_loop().create_task(self._search(text), name="retrieval")

    def _drop(self) -> None:
        task, self._task = self._task, None
        self._said = ""
        if task is not None and not task.done():
            task.cancel()

    async def _search(self, text: str) -> Found:
        try:
            result = await self._source.find(text, self._previous)
        except asyncio.CancelledError:
            raise
        except Exception:  # whatever ails the document store, the caller gets an answer without it
            logger.exception("Retrieval failed; answering without documents")
            result = RetrievalResult((), 0.0, text, timed_out=True)
        missing = result.timed_out or result.failure is not None
        record = RetrievalRecord(
            query=result.query,
            embedding_model=result.embedding_model,
            latency_ms=0.0,
            chunks=tuple(
                SnippetUse(s.document_id, s.chunk_id, round(s.vector_distance, 4), round(s.similarity, 4))
                for s in result.snippets
            ),
            timed_out=missing,
            similarity=None if missing else round(result.similarity, 4),
            answerable=None if missing else result.answerable,
        )
        found = Found(result.snippets, record)
        if not missing:
            self._earlier = found
        return found


def _came_to_nothing(search: "asyncio.Task[Found]") -> bool:
    return search.done() and search.result().record.timed_out


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _covers(searched: str, question: str) -> bool:
    wanted = set(_words(question))
    missing = wanted - set(_words(searched))
    if not wanted or any(len(word) >= TELLING_LETTERS for word in missing):
        return False
    return len(missing) / len(wanted) <= 1 - SIMILAR_ENOUGH
