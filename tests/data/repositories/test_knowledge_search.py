"""Documents are found by the words in their chunks, on both databases."""

from collections.abc import Sequence

import numpy as np

from data.database import Database
from data.ids import new_id
from data.knowledge.content_terms import content_terms, widened
from data.knowledge_records import ContentHit, DocumentType, KnowledgeChunk, KnowledgeDocument
from data.repositories import KnowledgeRepository
from data.repositories.knowledge_search import KnowledgeSearchRepository
from tests.data.values import NOW, OTHER, WS, add_other_workspace


async def _store(
    database: Database,
    *texts: str,
    workspace_id: str = WS,
    document_type: DocumentType = DocumentType.TEXT,
    models: Sequence[str] = ("mini",),
) -> str:
    document = KnowledgeDocument(new_id("doc"), workspace_id, "D", document_type, "".join(texts), "", 0, NOW, NOW)
    async with database.session() as session:
        repository = KnowledgeRepository(session)
        for model in models:
            chunks = [KnowledgeChunk(new_id("chunk"), place, "T", text) for place, text in enumerate(texts)]
            vectors = np.zeros((len(texts), 3), dtype=np.float32)
            if model == models[0]:
                await repository.add_document(document, chunks, vectors, model)
            else:
                await repository.add_embeddings(workspace_id, document.document_id, chunks, vectors, model)
    return document.document_id


async def _hits(database: Database, query: str, *types: DocumentType) -> list[ContentHit]:
    async with database.read() as session:
        return list(await KnowledgeSearchRepository(session).hits(WS, content_terms(query), types=types))


async def test_the_best_passage_and_all_passages_are_counted(database: Database) -> None:
    both = await _store(
        database, "A battery.", "The BATTERY has an inverter.", "Nothing.", models=("mini", "large")
    )
    one = await _store(database, "Inverters")
    await _store(database, "Something else")
    hits = {hit.document_id: hit for hit in await _hits(database, "battery inverter")}
    assert hits == {
        both: ContentHit(both, best=2, passages=2, found=frozenset({0, 1})),
        one: ContentHit(one, best=1, passages=1, found=frozenset({1})),
    }
    async with database.read() as session:
        terms = content_terms("battery inverter")
        passages = await KnowledgeSearchRepository(session).passages(WS, terms, [both, one])
    assert passages == {both: "The BATTERY has an inverter.", one: "Inverters"}


async def test_other_workspaces_and_types_are_left_out(database: Database) -> None:
    await add_other_workspace(database)
    await _store(database, "battery", workspace_id=OTHER)
    file = await _store(database, "battery", document_type=DocumentType.FILE)
    text = await _store(database, "the battery")
    assert {hit.document_id for hit in await _hits(database, "battery")} == {file, text}
    assert [hit.document_id for hit in await _hits(database, "battery", DocumentType.FILE)] == [file]
    assert await _hits(database, "battery", DocumentType.URL) == []


async def test_letters_beyond_ascii_are_found_in_any_case(database: Database) -> None:
    documents = [await _store(database, text) for text in ("Öffnungszeiten", "ÖFFNUNGSZEITEN", "öffnungszeiten")]
    for query in ("öffnungszeiten", "Öffnungszeiten"):
        assert {hit.document_id for hit in await _hits(database, query)} == set(documents)


async def test_what_means_something_to_a_database_is_a_text_like_any(database: Database) -> None:
    await _store(database, "plain")
    percent = await _store(database, "100% of it_all'; DROP TABLE agents; --")
    assert await _hits(database, "drop table") != []
    assert [hit.document_id for hit in await _hits(database, "it's' 100% __ \\ of")] == [percent]


async def test_eight_widened_words_are_one_statement(database: Database) -> None:
    meant = [f"word{letter}fourteenlong" for letter in "abcdefgh"]
    document = await _store(database, " ".join(meant))
    terms = tuple(map(widened, content_terms(" ".join(word.replace("four", "fuor") for word in meant))))
    async with database.read() as session:
        [hit] = await KnowledgeSearchRepository(session).hits(WS, terms)
    assert (hit.document_id, hit.best) == (document, 8)
