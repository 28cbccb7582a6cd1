"""How fast documents become answers: chunking, embedding of chunks and passages, the vector store."""

import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import numpy as np
import psutil

from bench.retrieval.question_set import Business
from bench.retrieval.retrieval_report import IngestionRow
from config.errors import NotFoundError
from data.knowledge.documents import SourceDocument, make_document
from data.knowledge.embedder import Embeddings
from data.knowledge.factory import Knowledge
from data.knowledge.storage import KnowledgeStorage
from data.knowledge_records import EmbeddedChunk, KnowledgeChunk, KnowledgeDocument

PAGE_CHARACTERS = 3000
"""A full page of a book."""
PAGES_OF_A_DOCUMENT = 10
_SENTENCES_OF_A_SECTION = 12
_MEBIBYTE = 1024 * 1024


async def measure_ingestion(knowledge: Knowledge, businesses: Sequence[Business], pages: int) -> IngestionRow:
    """Ingest pages for one agent, with a database that costs nothing.

    Args:
        knowledge: Empty.
        businesses: Whose sentences the pages are made of.
        pages: How many.
    """
    documents = _documents(businesses, pages)
    storage = MemoryStorage()
    ingestor = knowledge.ingestor(storage.open)
    process = psutil.Process()
    before, began = process.memory_info().rss, time.perf_counter()
    cpu = time.process_time()
    chunks = 0
    for document in documents:
        chunks += (await ingestor.ingest("bench", "pages", document)).chunk_count
    seconds = time.perf_counter() - began
    return IngestionRow(
        pages=pages,
        chunks=chunks,
        seconds=round(seconds, 1),
        cpu_seconds=round(time.process_time() - cpu, 1),
        memory_mib=round((process.memory_info().rss - before) / _MEBIBYTE, 1),
    )


def _documents(businesses: Sequence[Business], pages: int) -> list[SourceDocument]:
    choice = random.Random(13)
    sentences = sorted(
        {
            sentence.strip()
            for business in businesses
            for document in business.documents
            for sentence in document.text.replace("\n", " ").split(". ")
            if sentence.strip()
        }
    )
    documents = []
    for first in range(0, pages, PAGES_OF_A_DOCUMENT):
        length = min(PAGES_OF_A_DOCUMENT, pages - first) * PAGE_CHARACTERS
        parts: list[str] = []
        while sum(map(len, parts)) < length:
            body = ". ".join(choice.choices(sentences, k=_SENTENCES_OF_A_SECTION))
            parts.append(f"## Section {first}.{len(parts)}\n\n{body}.\n\n")
        documents.append(make_document("".join(parts)[:length], name=f"Pages from {first + 1}"))
    return documents


class MemoryStorage:
    """A `KnowledgeStorage` in memory, for one agent; the bench has no database."""

    def __init__(self) -> None:
        self._documents: dict[str, KnowledgeDocument] = {}
        self._chunks: dict[str, list[EmbeddedChunk]] = {}

    def open(self, *, writing: bool) -> AbstractAsyncContextManager[KnowledgeStorage]:
        """See `OpenKnowledgeStorage`."""
        return self._opened()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[KnowledgeStorage]:
        yield self

    async def add_document(
        self,
        document: KnowledgeDocument,
        chunks: Sequence[KnowledgeChunk],
        embeddings: Embeddings,
        embedding_model: str,
    ) -> KnowledgeDocument:
        """See `KnowledgeStorage.add_document`."""
        self._documents[document.document_id] = document
        await self.add_embeddings(document.workspace_id, document.document_id, chunks, embeddings, embedding_model)
        return document

    async def add_embeddings(
        self,
        workspace_id: str,
        document_id: str,
        chunks: Sequence[KnowledgeChunk],
        embeddings: Embeddings,
        embedding_model: str,
    ) -> bool:
        """See `KnowledgeStorage.add_embeddings`."""
        self._chunks.setdefault(document_id, []).extend(
            EmbeddedChunk(document_id, chunk, embedding_model, np.asarray(vector))
            for chunk, vector in zip(chunks, embeddings, strict=True)
        )
        return True

    async def embedding_models(self, workspace_id: str) -> frozenset[str]:
        """See `KnowledgeStorage.embedding_models`."""
        return frozenset(chunk.embedding_model for chunks in self._chunks.values() for chunk in chunks)

    async def documents_for_agent(self, workspace_id: str, agent_id: str) -> tuple[KnowledgeDocument, ...]:
        """Every document."""
        return tuple(self._documents.values())

    async def chunks(
        self, workspace_id: str, document_id: str, *, embedding_model: str | None = None
    ) -> tuple[EmbeddedChunk, ...]:
        """See `KnowledgeStorage.chunks`."""
        if document_id not in self._documents:
            raise NotFoundError("There is no such document.", code="document_not_found")
        return tuple(
            chunk
            for chunk in self._chunks[document_id]
            if embedding_model is None or chunk.embedding_model == embedding_model
        )

    async def delete(self, workspace_id: str, document_id: str) -> None:
        """See `KnowledgeStorage.delete`."""
        self._documents.pop(document_id, None)
        self._chunks.pop(document_id, None)
