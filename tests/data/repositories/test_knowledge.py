"""Knowledge documents in storage, on both databases."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import func, select

from config.errors import InvalidInputError, NotFoundError
from data.agent_config import AgentSettings, KnowledgeReference
from data.database import Database
from data.ids import new_id
from data.knowledge_records import (
    UNEMBEDDED,
    DocumentQuery,
    DocumentType,
    KnowledgeChunk,
    KnowledgeDocument,
    ModelIndex,
)
from data.models import KnowledgeChunkRow
from data.repositories import AgentRepository, KnowledgeRepository
from data.repositories.knowledge_attachments import KnowledgeAttachmentRepository
from data.repositories.knowledge_chunks import KnowledgeChunkRepository, unembedded
from tests.data.values import NOW, OTHER, WS, add_other_workspace, agent, later

VECTORS = np.array([[0.6, 0.8, 0.0], [0.0, 0.0, 1.0]], dtype=np.float32)


def document(
    content_hash: str = "h1", *, agent_id: str | None = None, workspace_id: str = WS, age: float = 0
) -> KnowledgeDocument:
    return KnowledgeDocument(
        document_id=new_id("doc"),
        workspace_id=workspace_id,
        name="Prices",
        type=DocumentType.FILE,
        content_hash=content_hash,
        text="All prices.",
        size_bytes=11,
        created_at=later(-age),
        updated_at=NOW,
        agent_id=agent_id,
        filename="prices.md",
    )


def chunks() -> list[KnowledgeChunk]:
    return [KnowledgeChunk(new_id("chunk"), index, "Prices", f"Price {index}") for index in range(2)]


async def test_a_document_comes_back_with_its_chunks(database: Database) -> None:
    stored, parts = document(), chunks()
    async with database.session() as session:
        assert await KnowledgeRepository(session).add_document(stored, parts, VECTORS, "mini") == stored
    async with database.read() as session:
        knowledge = KnowledgeRepository(session)
        assert await knowledge.get(WS, stored.document_id) == stored
        kept = await knowledge.chunks(WS, stored.document_id)
        assert await knowledge.chunks(WS, stored.document_id, embedding_model="large") == ()
    assert [item.chunk for item in kept] == parts
    assert np.array_equal(np.stack([item.embedding for item in kept]), VECTORS)
    assert {(item.embedding_model, item.document_id) for item in kept} == {("mini", stored.document_id)}


async def test_the_same_content_is_the_same_document(database: Database) -> None:
    stored = document(agent_id="agent_1")

    async def add(new: KnowledgeDocument) -> str:
        async with database.session() as session:
            knowledge = KnowledgeRepository(session)
            return (await knowledge.add_document(new, chunks(), VECTORS, "mini")).document_id

    again = [document(agent_id="agent_1") for _ in range(3)]
    assert len(set(await asyncio.gather(*map(add, [stored, *again])))) == 1
    assert len({await add(document(agent_id="agent_2")), await add(document()), await add(document())}) == 2
    async with database.read() as session:
        count = await session.scalar(select(func.count()).select_from(KnowledgeChunkRow))
    assert count == 6


async def test_vectors_of_another_model_stand_beside_the_first_once(database: Database) -> None:
    stored = document()
    large = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    async with database.session() as session:
        await KnowledgeRepository(session).add_document(stored, chunks(), VECTORS, "mini")

    async def add() -> bool:
        async with database.session() as session:
            return await KnowledgeRepository(session).add_embeddings(
                WS, stored.document_id, chunks(), large, "large"
            )

    assert sorted(await asyncio.gather(add(), add())) == [False, True]
    async with database.read() as session:
        knowledge = KnowledgeRepository(session)
        assert await knowledge.embedding_models(WS) == {"mini", "large"}
        assert await knowledge.embedding_models(OTHER) == frozenset()
        kept = await knowledge.chunks(WS, stored.document_id, embedding_model="large")
    assert np.array_equal(np.stack([item.embedding for item in kept]), large)
    async with database.session() as session:
        with pytest.raises(NotFoundError):
            await KnowledgeRepository(session).add_embeddings(WS, "doc_none", chunks(), large, "large")
        with pytest.raises(InvalidInputError):
            await KnowledgeRepository(session).add_embeddings(WS, stored.document_id, chunks(), large[:1], "x")


async def test_nothing_is_stored_when_vectors_are_missing(database: Database) -> None:
    async with database.session() as session:
        with pytest.raises(InvalidInputError) as error:
            await KnowledgeRepository(session).add_document(document(), chunks(), VECTORS[:1], "mini")
    assert error.value.code == "embedding_mismatch"
    async with database.read() as session:
        assert (await KnowledgeRepository(session).list(WS, DocumentQuery())).items == ()


async def test_what_an_agent_answers_from(database: Database) -> None:
    shared, own, unrelated = document("h1", age=9), document("h2", agent_id="agent_1"), document("h3")
    settings = AgentSettings(knowledge_base=(KnowledgeReference(id=shared.document_id),))
    async with database.session() as session:
        await AgentRepository(session).add(agent(agent_id="agent_1", settings=settings))
        knowledge = KnowledgeRepository(session)
        for item in (shared, own, unrelated):
            await knowledge.add_document(item, chunks(), VECTORS, "mini")
        assert await knowledge.attach(WS, "agent_1", own)
        assert not await knowledge.attach(WS, "agent_1", own)
        assert await knowledge.documents_for_agent(WS, "agent_1") == (shared, own)
        with pytest.raises(NotFoundError) as error:
            await knowledge.documents_for_agent(WS, "agent_2")
    assert error.value.code == "agent_not_found"


async def test_deleting_takes_the_chunks_along(database: Database) -> None:
    stored = document()
    async with database.session() as session:
        await KnowledgeRepository(session).add_document(stored, chunks(), VECTORS, "mini")
    async with database.session() as session:
        await KnowledgeRepository(session).delete(WS, stored.document_id)
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(KnowledgeChunkRow)) == 0
        with pytest.raises(NotFoundError) as error:
            await KnowledgeRepository(session).get(WS, stored.document_id)
    assert error.value.code == "document_not_found"


async def test_lists(database: Database) -> None:
    async with database.session() as session:
        knowledge = KnowledgeRepository(session)
        for index in range(3):
            await knowledge.add_document(document(f"h{index}", age=index), [], VECTORS[:0], "mini")
        first = await knowledge.list(WS, DocumentQuery(page_size=2))
        rest = await knowledge.list(WS, DocumentQuery(page_size=2, cursor=first.next_cursor))
        assert [item.content_hash for item in (*first.items, *rest.items)] == ["h0", "h1", "h2"]
        assert len((await knowledge.list(WS, DocumentQuery(search="PRIC"))).items) == 3
        assert (await knowledge.list(WS, DocumentQuery(types=(DocumentType.URL,)))).items == ()


async def test_no_workspace_reaches_into_another(database: Database) -> None:
    await add_other_workspace(database)
    stored = document()
    foreign = agent(
        workspace_id=OTHER,
        settings=AgentSettings(knowledge_base=(KnowledgeReference(id=stored.document_id),)),
    )
    async with database.session() as session:
        await AgentRepository(session).add(foreign)
        knowledge = KnowledgeRepository(session)
        await knowledge.add_document(stored, chunks(), VECTORS, "mini")
        assert (await knowledge.list(OTHER, DocumentQuery())).items == ()
        assert await knowledge.documents_for_agent(OTHER, foreign.agent_id) == ()
        for attempt in (
            knowledge.get(OTHER, stored.document_id),
            knowledge.chunks(OTHER, stored.document_id),
            knowledge.delete(OTHER, stored.document_id),
            knowledge.documents_for_agent(WS, foreign.agent_id),
        ):
            with pytest.raises(NotFoundError):
                await attempt
        other = await knowledge.add_document(document(workspace_id=OTHER), chunks(), VECTORS, "mini")
        assert other.document_id != stored.document_id


async def test_another_content_takes_the_place_of_the_one_before(database: Database) -> None:
    stored, other, parts = document("h1"), document("h2"), chunks()
    changed = replace(stored, content_hash="h3", text="New.", size_bytes=4, name="N", updated_at=later(5))
    async with database.session() as session:
        knowledge = KnowledgeRepository(session)
        await knowledge.add_document(stored, parts, VECTORS, "mini")
        await knowledge.add_document(other, chunks(), VECTORS, "mini")
        new = chunks()[:1]
        outdated = await knowledge.replace_content(changed, new, VECTORS[:1], "mini")
        assert set(outdated) == {chunk.chunk_id for chunk in parts}
        assert await knowledge.get(WS, stored.document_id) == changed
        assert [item.chunk for item in await knowledge.chunks(WS, stored.document_id)] == new
        with pytest.raises(InvalidInputError) as error:
            await knowledge.replace_content(replace(changed, content_hash="h2"), new, VECTORS[:1], "mini")
    assert error.value.code == "document_exists"


async def test_chunks_are_embedded_later_unless_the_document_has_changed(database: Database) -> None:
    stored, parts = document("h1"), chunks()
    async with database.session() as session:
        knowledge = KnowledgeRepository(session)
        await knowledge.add_document(stored, parts, unembedded(2), UNEMBEDDED)
        assert await knowledge.without_model(WS, [stored.document_id, "doc_none"], "mini", pending=True) == (
            stored.document_id,
        )
        assert not await knowledge.put_chunks(replace(stored, content_hash="h2"), parts, VECTORS, "mini")
        assert await knowledge.put_chunks(stored, parts, VECTORS, "mini")
        assert await knowledge.without_model(WS, [stored.document_id], "mini", pending=True) == ()
        assert await knowledge.without_model(WS, [stored.document_id], "large", pending=False) != ()
        assert await knowledge.chunk_ids(WS, [stored.document_id], "mini") == tuple(
            part.chunk_id for part in parts
        )
        indexes = await KnowledgeChunkRepository(session).indexes(WS)
    assert indexes == {stored.document_id: (ModelIndex("mini", 2, 24),)}


async def test_agents_and_documents_find_each_other(database: Database) -> None:
    one, two = document("h1"), document("h2")
    async with database.session() as session:
        knowledge, attachments = KnowledgeRepository(session), KnowledgeAttachmentRepository(session)
        agents = AgentRepository(session)
        for name in ("agent_1", "agent_2", "agent_3"):
            await agents.add(agent(agent_id=name))
        for item in (one, two):
            await knowledge.add_document(item, chunks(), VECTORS, "mini")
        for name in ("agent_1", "agent_3"):
            await knowledge.attach(WS, name, one)
        before = (await agents.get(WS, "agent_1")).updated_at
        assert [found.agent_id for found in await knowledge.dependents(WS, one.document_id)] == [
            "agent_1",
            "agent_3",
        ]
        assert await knowledge.dependents(OTHER, one.document_id) == ()
        assert await attachments.unknown(WS, [two.document_id, "doc_none"]) == ("doc_none",)
        assert await attachments.detach_everywhere(WS, one.document_id) == ("agent_1", "agent_3")
        assert await knowledge.dependents(WS, one.document_id) == ()
        session.expire_all()
        assert (await agents.get(WS, "agent_1")).updated_at > before


async def test_a_document_is_said_to_be_of_another_file(database: Database) -> None:
    stored = document()
    async with database.session() as session:
        await KnowledgeRepository(session).add_document(stored, chunks(), VECTORS, "mini")
    async with database.session() as session:
        repository = KnowledgeRepository(session)
        same = await repository.describe_file(
            WS, stored.document_id, name="Prices", filename="prices.md", size_bytes=11
        )
        assert same == stored
        other = await repository.describe_file(WS, stored.document_id, name="P", filename="p.md", size_bytes=12)
        assert (other.name, other.filename, other.size_bytes) == ("P", "p.md", 12)
        assert other.updated_at > stored.updated_at
        with pytest.raises(NotFoundError):
            await repository.describe_file(OTHER, stored.document_id, name="P", filename=None, size_bytes=1)
    async with database.read() as session:
        assert await KnowledgeRepository(session).get(WS, stored.document_id) == other
