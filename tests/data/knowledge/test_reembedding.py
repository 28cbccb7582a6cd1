"""A change of the embedding model: the former one answers until the documents are embedded anew, and no longer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from config.errors import ConfigurationError, VendorError
from config.settings import Settings
from data.agent_config import AgentConfig
from data.database import Database
from data.ids import new_id
from data.knowledge.chroma_store import ChromaVectorStore
from data.knowledge.database_storage import knowledge_storage
from data.knowledge.documents import make_document
from data.knowledge.embedder import Embeddings
from data.knowledge.factory import Knowledge, assemble_knowledge, build_former_knowledge
from data.knowledge.passage_cache import PassageCache
from data.knowledge.reembedding import AgentKey, Reembedding
from data.knowledge.retriever import RetrievalOptions, RetrievalResult
from data.repositories.agent import AgentRepository
from data.workspaces import DEFAULT_WORKSPACE_ID as WORKSPACE

BATTERY = make_document("# Prices\n\nThe battery costs 9,850 dollars.")
HOURS = make_document("# Hours\n\nThe workshop opens at eight.")
ROOFS = make_document("# Roofs\n\nWe install on metal roofs.")
EVERYTHING = RetrievalOptions(min_similarity=0, top_k=10)


class HeldEmbedder:
    """Vectors from a text's letters; documents wait while it is held, and fail as often as told."""

    def __init__(self, model_name: str, *, is_held: bool = False) -> None:
        self.model_name = model_name
        self.embedded: list[str] = []
        self.failures = 0
        self.can_load = True
        self.may_go_on = asyncio.Event()
        self.has_begun = asyncio.Event()
        if not is_held:
            self.may_go_on.set()

    async def warm(self) -> None:
        if not self.can_load:
            raise ConfigurationError("There is no such model.")

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        self.has_begun.set()
        await self.may_go_on.wait()
        if self.failures:
            self.failures -= 1
            raise VendorError("ollama", "away")
        self.embedded.extend(texts)
        return self._vectors(texts)

    async def embed_query(self, text: str) -> Embeddings:
        return (await self.embed_queries([text]))[0]

    async def embed_queries(self, texts: Sequence[str]) -> tuple[Embeddings, ...]:
        return tuple(self._vectors(texts))

    async def close(self) -> None:
        return

    def _vectors(self, texts: Sequence[str]) -> Embeddings:
        counts = [[text.lower().count(letter) + 0.01 for letter in "aeiost"] for text in texts]
        # Other models have other dimensions: what is mixed up fails.
        vectors = np.array(counts, dtype=np.float32)[:, : 4 if self.model_name == "new" else 6]
        unit: Embeddings = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    await database.upgrade()
    yield database
    await database.close()


async def add_agent(database: Database) -> AgentKey:
    now = datetime.now(UTC)
    agent_id = new_id("agent")
    async with database.session() as session:
        await AgentRepository(session).add(
            AgentConfig(
                agent_id=agent_id,
                workspace_id=WORKSPACE,
                name="A",
                system_prompt="Be kind.",
                created_at=now,
                updated_at=now,
            )
        )
    return AgentKey(WORKSPACE, agent_id)


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[HeldEmbedder], AbstractAsyncContextManager[Knowledge]]:
    """Opens knowledge in one folder, with whatever embedder is set."""

    @asynccontextmanager
    async def open_knowledge(embedder: HeldEmbedder) -> AsyncIterator[Knowledge]:
        knowledge = in_folder(tmp_path, embedder)
        yield knowledge
        await knowledge.retriever.close()
        await knowledge.close()

    return open_knowledge


Opened = Callable[[HeldEmbedder], AbstractAsyncContextManager[Knowledge]]


def in_folder(folder: Path, embedder: HeldEmbedder) -> Knowledge:
    cache = PassageCache(folder / "passages", embedder.model_name)
    return assemble_knowledge(embedder, ChromaVectorStore(folder / "chroma", embedder.model_name), cache)


async def ask(knowledge: Knowledge, agent: AgentKey, question: str = "what is a battery") -> RetrievalResult:
    return await knowledge.retriever.retrieve(agent.agent_id, question, EVERYTHING, deadline_seconds=10)


@pytest.fixture
async def agents(database: Database, opened: Opened) -> list[AgentKey]:
    """Two agents whose documents were embedded with the old model."""
    made = [await add_agent(database), await add_agent(database)]
    async with opened(HeldEmbedder("old")) as knowledge:
        ingestor = knowledge.ingestor(knowledge_storage(database))
        for agent in made:
            for source in (BATTERY, HOURS):
                await ingestor.ingest(WORKSPACE, agent.agent_id, source)
    return made


async def test_the_former_model_answers_until_all_is_embedded_anew(
    database: Database, agents: list[AgentKey], opened: Opened, tmp_path: Path
) -> None:
    new = HeldEmbedder("new", is_held=True)
    async with opened(new) as knowledge:
        reembedding = Reembedding(knowledge, knowledge_storage(database))
        await reembedding.begin(agents, lambda name: in_folder(tmp_path, HeldEmbedder(name)))
        await new.has_begun.wait()
        assert all(map(reembedding.holds, agents))
        assert "0 of 2 agents" in (reembedding.describe() or "")
        result = await ask(knowledge, agents[0])
        assert (result.embedding_model, len(result.snippets)) == ("old", 2)
        new.may_go_on.set()
        await reembedding.finished()
        assert reembedding.describe() is None
        result = await ask(knowledge, agents[0])
        assert (result.embedding_model, len(result.snippets)) == ("new", 2)
        assert {snippet.text.split()[0] for snippet in result.snippets} == {"Prices", "Hours"}
        async with knowledge_storage(database)(writing=False) as storage:
            assert await storage.embedding_models(WORKSPACE) == {"old", "new"}
        await reembedding.close()
    former = in_folder(tmp_path, HeldEmbedder("old"))
    assert await former.store.count(agents[0].agent_id) == 0
    await former.close()


async def test_documents_come_and_go_while_an_agent_waits(
    database: Database, agents: list[AgentKey], opened: Opened, tmp_path: Path
) -> None:
    new = HeldEmbedder("new", is_held=True)
    async with opened(new) as knowledge:
        first, last = agents
        reembedding = Reembedding(knowledge, knowledge_storage(database))
        await reembedding.begin(agents, lambda name: in_folder(tmp_path, HeldEmbedder(name)))
        await new.has_begun.wait()
        ingestor = knowledge.ingestor(knowledge_storage(database))
        async with knowledge_storage(database)(writing=False) as storage:
            documents = await storage.documents_for_agent(WORKSPACE, last.agent_id)
        await ingestor.remove(WORKSPACE, documents[0].document_id, agent_ids=[last.agent_id])
        result = await ask(knowledge, last)
        assert result.embedding_model == "old"
        assert {snippet.document_id for snippet in result.snippets} == {documents[1].document_id}
        new.may_go_on.set()
        added = (await ingestor.ingest(WORKSPACE, last.agent_id, ROOFS)).document.document_id
        result = await ask(knowledge, last, "what about metal roofs")
        assert added in {snippet.document_id for snippet in result.snippets}
        await reembedding.finished()
        result = await ask(knowledge, last, "what about metal roofs")
        assert result.embedding_model == "new"
        assert {snippet.document_id for snippet in result.snippets} == {documents[1].document_id, added}
        assert len((await ask(knowledge, first)).snippets) == 2


async def test_an_end_in_the_middle_costs_no_document_that_was_done(
    database: Database, agents: list[AgentKey], opened: Opened, tmp_path: Path
) -> None:
    def former(name: str) -> Knowledge:
        return in_folder(tmp_path, HeldEmbedder(name))

    async with opened(HeldEmbedder("new")) as knowledge:
        await knowledge.projector(knowledge_storage(database)).project(WORKSPACE, agents[0].agent_id)
    again = HeldEmbedder("new")
    async with opened(again) as knowledge:
        reembedding = Reembedding(knowledge, knowledge_storage(database))
        await reembedding.begin(agents, former)
        await reembedding.finished()
        chunks_of_one_agent = 2
        texts = [text for text in again.embedded if text.startswith("Prices\n")]
        assert len(texts) == chunks_of_one_agent // 2
        for agent in agents:
            assert (await ask(knowledge, agent)).embedding_model == "new"
    async with opened(HeldEmbedder("new")) as knowledge:
        nothing = Reembedding(knowledge, knowledge_storage(database))
        await nothing.begin(agents, former)
        assert nothing.describe() is None
        await nothing.finished()
        await nothing.close()


async def test_a_vendor_that_fails_is_tried_again_and_a_former_model_that_is_gone_is_done_without(
    database: Database, agents: list[AgentKey], opened: Opened, tmp_path: Path
) -> None:
    new, gone = HeldEmbedder("new"), HeldEmbedder("old")
    new.failures, gone.can_load = 2, False
    async with opened(new) as knowledge:
        reembedding = Reembedding(knowledge, knowledge_storage(database), pause_seconds=0.01)
        await reembedding.begin(agents, lambda _: in_folder(tmp_path, gone))
        await reembedding.finished()
        assert new.failures == 0
        result = await ask(knowledge, agents[1])
        assert (result.embedding_model, len(result.snippets)) == ("new", 2)


async def test_an_agent_that_is_deleted_meanwhile_leaves_nothing(
    database: Database, agents: list[AgentKey], opened: Opened, tmp_path: Path
) -> None:
    new = HeldEmbedder("new", is_held=True)
    async with opened(new) as knowledge:
        reembedding = Reembedding(knowledge, knowledge_storage(database))
        await reembedding.begin(agents, lambda name: in_folder(tmp_path, HeldEmbedder(name)))
        await new.has_begun.wait()
        async with database.session() as session:
            await AgentRepository(session).delete(WORKSPACE, agents[1].agent_id)
        await knowledge.ingestor(knowledge_storage(database)).remove_agent(agents[1].agent_id)
        new.may_go_on.set()
        await reembedding.finished()
        assert (await ask(knowledge, agents[1])).snippets == ()
    former = in_folder(tmp_path, HeldEmbedder("old"))
    assert await former.store.count(agents[1].agent_id) == 0
    await former.close()


@pytest.mark.parametrize(
    "name", ["ollama/nomic-embed-text", "openai/text-embedding-3-small", "sentence-transformers/all-MiniLM-L6-v2"]
)
async def test_a_former_model_is_found_by_the_name_beside_its_vectors(name: str, tmp_path: Path) -> None:
    former = build_former_knowledge(Settings(chroma_path=tmp_path / "chroma"), name)
    assert former.embedder.model_name == name
    await former.close()
