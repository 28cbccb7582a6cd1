"""One thread that runs the embedding model, and decides what it runs next.

A model on one core embeds one thing at a time, so order matters more than anything: callers' questions go
first and are batched when several wait (eight together cost about three times one), and documents go in
pairs between them, so that an ingestion of a thousand pages delays a caller by one pair at most.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from config.errors import CapacityError
from data.knowledge.embedder import Embeddings

Encode = Callable[[list[str]], Embeddings]
"""Blocking: texts → float32 (n, dimensions), each row of length 1."""

QUERY_BATCH = 8
DOCUMENT_BATCH = 2
"""Whole chunks of a document in one run."""
DOCUMENT_BATCH_CHARACTERS = 1200
DOCUMENT_BATCH_PASSAGES = 12
"""Short passages go together until they are as much work as two chunks."""


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    texts: list[str]
    future: "Future[Embeddings]" = field(default_factory=Future)


def document_batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Texts in order, in groups that delay a waiting question by about the same time."""
    batch: list[str] = []
    for text in texts:
        longest = max(len(text), *(len(other) for other in batch)) if batch else 0
        # A run costs what its longest text costs, times their number.
        if batch and (
            len(batch) >= DOCUMENT_BATCH_PASSAGES
            or (len(batch) >= DOCUMENT_BATCH and longest * (len(batch) + 1) > DOCUMENT_BATCH_CHARACTERS)
        ):
            yield batch
            batch = []
        batch.append(text)
    if batch:
        yield batch


class EmbeddingWorker:
    """Owns the model and its thread.

    Args:
        load: Loads the model and gives its encode function; called in the thread, at the first job, and
            again at the next one if it failed.
        max_waiting: Most jobs that may wait.
    """

    def __init__(self, load: Callable[[], Encode], *, max_waiting: int = 256) -> None:
        self._load = load
        self._encode: Encode | None = None
        self._max_waiting = max_waiting
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="embedding")
        self._lock = threading.Lock()
        self._queries: deque[_Job] = deque()
        self._documents: deque[_Job] = deque()
        self._is_draining = False
        self._is_closed = False

    def submit_query(self, *texts: str) -> "Future[Embeddings]":
        """Queue one question, or a few forms of it; the result has shape (len(texts), dimensions).

        Cancelling the future before the model has begun takes the question out of the queue.

        Raises:
            CapacityError: Too much is waiting, or the worker is closed.
        """
        return self._submit(self._queries, list(texts))

    def submit_documents(self, texts: list[str]) -> "Future[Embeddings]":
        """Queue texts of a document, a group as `document_batches` makes them, behind every waiting question.

        Raises:
            CapacityError: Too much is waiting, or the worker is closed.
        """
        assert len(texts) <= DOCUMENT_BATCH_PASSAGES
        return self._submit(self._documents, texts)

    def close(self) -> None:
        """Drop what waits and wait for what runs; blocking, safe to call twice."""
        with self._lock:
            self._is_closed = True
            waiting = [*self._queries, *self._documents]
            self._queries.clear()
            self._documents.clear()
        for job in waiting:
            job.future.cancel()
        self._executor.shutdown(wait=True)

    def _submit(self, queue: "deque[_Job]", texts: list[str]) -> "Future[Embeddings]":
        job = _Job(texts)
        with self._lock:
            if self._is_closed:
                raise CapacityError("The embedding model is shut down.")
            if len(self._queries) + len(self._documents) >= self._max_waiting:
                raise CapacityError("Too many texts are waiting for the embedding model.")
            queue.append(job)
            if not self._is_draining:
                self._executor.submit(self._drain)
                self._is_draining = True
        return job.future

    def _drain(self) -> None:
        while jobs := self._next_jobs():
            live = [job for job in jobs if job.future.set_running_or_notify_cancel()]
            if not live:
                continue
            try:
                if self._encode is None:
                    self._encode = self._load()
                vectors = self._encode([text for job in live for text in job.texts])
            except Exception as error:
                # Not swallowed: every waiter gets it, and raises it.
                for job in live:
                    job.future.set_exception(error)
                continue
            begin = 0
            for job in live:
                end = begin + len(job.texts)
                # A copy, because a view in the cache would keep the whole batch alive.
                job.future.set_result(vectors[begin:end].copy())
                begin = end

    def _next_jobs(self) -> list[_Job]:
        with self._lock:
            if self._queries:
                return [self._queries.popleft() for _ in range(min(QUERY_BATCH, len(self._queries)))]
            if self._documents:
                return [self._documents.popleft()]
            self._is_draining = False
            return []
