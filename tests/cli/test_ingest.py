"""`ingest`, alone on its data and through a server; with vectors that cost nothing."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from rich.console import Console

from api.app import create_app
from api.knowledge.work import KnowledgeWork
from cli.ingest import ingest_into
from cli.ingest_local import LocalIngest
from cli.ingest_server import ServerIngest
from cli.ingest_target import IngestSource, IngestTarget
from config.errors import ConfigurationError, NotFoundError
from config.settings import Settings
from data.database import Database
from data.knowledge.factory import assemble_knowledge
from data.knowledge.faiss_store import FaissVectorStore
from data.knowledge.intake_factory import build_intake
from data.repositories.knowledge import KnowledgeRepository
from data.workspaces import DEFAULT_WORKSPACE_ID
from tests.api.knowledge.conftest import KnowingRuntime
from tests.api.serving import API_KEY
from tests.data.knowledge.killed_ingest import FlatEmbedder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An organization's folder with two documents, a broken one and a picture."""
    knowledge = tmp_path / "shop" / "knowledge"
    (knowledge / "more").mkdir(parents=True)
    (knowledge.parent / "config.json").write_text(json.dumps({"name": "Shop", "system_prompt": "Be kind."}))
    (knowledge / "prices.md").write_text("# Prices\n\nA lamp costs 12 dollars.")
    (knowledge / "more" / "faq.csv").write_text("question,answer\nWhy?,Because.\n")
    (knowledge / "empty.txt").write_text("")
    (knowledge / "picture.png").write_bytes(b"x")
    return knowledge.parent


@pytest.fixture(params=["local", "server"])
async def target(
    request: pytest.FixtureRequest, sqlite_database: Database, tmp_path: Path
) -> AsyncIterator[IngestTarget]:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'test.db'}", api_keys=(API_KEY,))
    knowledge = assemble_knowledge(FlatEmbedder(), FaissVectorStore(tmp_path / "faiss", "flat"))
    intake = build_intake(settings, sqlite_database, knowledge)
    if request.param == "local":
        yield LocalIngest(sqlite_database, intake)
    else:
        work = KnowledgeWork(sqlite_database, knowledge, intake)
        app: FastAPI = create_app(settings, runtime=KnowingRuntime(work))
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            headers = {"xi-api-key": API_KEY}
            async with httpx.AsyncClient(transport=transport, base_url="http://server", headers=headers) as client:
                yield ServerIngest(client)
        await work.close()
    await knowledge.close()


async def ingest(target: IngestTarget, path: Path, agent_id: str | None = None) -> tuple[int, str]:
    console = Console(record=True, width=200, file=(path.parent / "screen.txt").open("w"))
    code = await ingest_into(target, console, IngestSource.parse(str(path)), agent_id)
    return code, console.export_text()


async def names(database: Database, agent_id: str) -> list[str]:
    async with database.read() as session:
        documents = await KnowledgeRepository(session).documents_for_agent(DEFAULT_WORKSPACE_ID, agent_id)
    return sorted(document.filename or "" for document in documents)


async def test_an_organizations_folder_makes_an_agent_once(
    target: IngestTarget, folder: Path, sqlite_database: Database
) -> None:
    code, text = await ingest(target, folder)
    assert code == 1
    assert "Made the agent Shop" in text
    assert "left out   picture.png" in text
    assert "empty.txt is empty" in text
    assert "2 of 3 documents" in text
    agent_id = await target.agent(None)
    assert await names(sqlite_database, agent_id) == ["more/faq.csv", "prices.md"]
    (folder / "knowledge" / "empty.txt").unlink()
    code, text = await ingest(target, folder)
    assert (code, await target.agent(None)) == (0, agent_id)
    assert "Found the agent Shop" in text
    assert await names(sqlite_database, agent_id) == ["more/faq.csv", "prices.md"]


async def test_a_changed_file_takes_the_place_of_the_one_before(
    target: IngestTarget, folder: Path, sqlite_database: Database
) -> None:
    await ingest(target, folder)
    agent_id = await target.agent(None)
    file = folder / "knowledge" / "prices.md"
    file.write_text("# Prices\n\nA lamp costs 99 dollars.")
    assert (await ingest(target, file, agent_id))[0] == 0
    async with sqlite_database.read() as session:
        documents = await KnowledgeRepository(session).documents_for_agent(DEFAULT_WORKSPACE_ID, agent_id)
    texts = [document.text for document in documents if document.filename == "prices.md"]
    assert texts == ["# Prices\n\nA lamp costs 99 dollars."]


async def test_it_cannot_begin_without_an_agent_or_a_file(target: IngestTarget, folder: Path) -> None:
    with pytest.raises(ConfigurationError):
        await ingest(target, folder / "knowledge" / "prices.md")
    with pytest.raises(NotFoundError):
        await ingest(target, folder / "nowhere.md")


def test_what_is_typed_is_a_path_or_an_address() -> None:
    assert IngestSource.parse("HTTPS://x.test/a").url == "HTTPS://x.test/a"
    assert IngestSource.parse("docs/a.md").path == Path("docs/a.md")
