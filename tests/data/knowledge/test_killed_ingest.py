"""A process that is killed while it ingests leaves no half document; the same command again completes it."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.agent_config import AgentConfig
from data.database import Database
from data.knowledge.database_storage import knowledge_storage
from data.knowledge.faiss_store import FaissVectorStore
from data.knowledge.ingest import KnowledgeIngestor
from data.repositories.agent import AgentRepository
from data.workspaces import DEFAULT_WORKSPACE_ID
from tests.data.knowledge.killed_ingest import TEXT, FlatEmbedder

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("step", ["embedding", "publishing"])
async def test_no_half_document_ever_answers(sqlite_database: Database, tmp_path: Path, step: str) -> None:
    now = datetime.now(UTC)
    agent = AgentConfig(
        agent_id="agent_1",
        workspace_id=DEFAULT_WORKSPACE_ID,
        name="A",
        system_prompt="B",
        created_at=now,
        updated_at=now,
    )
    async with sqlite_database.session() as session:
        await AgentRepository(session).add(agent)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.data.knowledge.killed_ingest",
        str(tmp_path),
        agent.agent_id,
        step,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"here\n"
    process.kill()
    await process.wait()

    store = FaissVectorStore(tmp_path / "faiss", "flat")
    work = KnowledgeIngestor(knowledge_storage(sqlite_database), FlatEmbedder(), store)
    # What a server does before it takes its first call.
    await work.project(DEFAULT_WORKSPACE_ID, agent.agent_id)
    assert await store.count(agent.agent_id) == (0 if step == "embedding" else 300)
    again = await work.ingest(DEFAULT_WORKSPACE_ID, agent.agent_id, TEXT)
    assert again.is_new is (step == "embedding")
    assert await store.count(agent.agent_id) == 300
    await store.close()
