"""How fast documents become answers: chunking, embedding of chunks and passages, the vector store."""

import random
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import psutil

from bench.retrieval.question_set import Business
from bench.retrieval.retrieval_report import IngestionRow
from data.agent_config import AgentConfig
from data.database import Database
from data.knowledge.database_storage import knowledge_storage
from data.knowledge.documents import SourceDocument, make_document
from data.knowledge.factory import Knowledge
from data.knowledge.storage import OpenKnowledgeStorage
from data.repositories.agent import AgentRepository
from data.workspaces import DEFAULT_WORKSPACE_ID

PAGE_CHARACTERS = 3000
"""A full page of a book."""
PAGES_OF_A_DOCUMENT = 10
_SENTENCES_OF_A_SECTION = 12
_MEBIBYTE = 1024 * 1024
_AGENT = "agent_bench"


async def measure_ingestion(knowledge: Knowledge, businesses: Sequence[Business], pages: int) -> IngestionRow:
    """Ingest pages for one agent, into a database of its own.

    Args:
        knowledge: Empty.
        businesses: Whose sentences the pages are made of.
        pages: How many.
    """
    documents = _documents(businesses, pages)
    async with _storage() as open_storage:
        ingestor = knowledge.ingestor(open_storage)
        process = psutil.Process()
        before, began = process.memory_info().rss, time.perf_counter()
        cpu = time.process_time()
        chunks = 0
        for document in documents:
            chunks += (await ingestor.ingest(DEFAULT_WORKSPACE_ID, _AGENT, document)).chunk_count
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


@asynccontextmanager
async def _storage() -> AsyncIterator[OpenKnowledgeStorage]:
    """A database of its own with one agent; gone after the measurement."""
    with tempfile.TemporaryDirectory(prefix="bench-ingestion-") as folder:
        database = Database(f"sqlite:///{folder}/bench.db")
        await database.upgrade()
        now = datetime.now(UTC)
        agent = AgentConfig(
            agent_id=_AGENT,
            workspace_id=DEFAULT_WORKSPACE_ID,
            name="Bench",
            system_prompt="-",
            created_at=now,
            updated_at=now,
        )
        async with database.session() as session:
            await AgentRepository(session).add(agent)
        try:
            yield knowledge_storage(database)
        finally:
            await database.close()
