"""Finds documents of one workspace: by the words in them, or several by their ids."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.knowledge.document_service import ListedDocument
from data.database import Database
from data.knowledge.content_terms import Segment, content_terms, segments, widened
from data.knowledge_records import ContentHit, ContentTerm, DocumentType
from data.pagination import Cursor, Page, require_page_size
from data.repositories.knowledge import KnowledgeRepository
from data.repositories.knowledge_attachments import KnowledgeAttachmentRepository
from data.repositories.knowledge_search import KnowledgeSearchRepository

_ORDER = "relevance"


@dataclass(frozen=True, slots=True)
class ContentQuery:
    """What documents are searched for, and which page of what is found."""

    text: str
    types: tuple[DocumentType, ...] = ()
    cursor: str | None = None
    page_size: int = 30


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A document in which something was found.

    Attributes:
        listed: It, and who answers from it.
        passage: The passage that fits best, in its parts.
        score: Share of the words searched for that the passage has.
    """

    listed: ListedDocument
    passage: tuple[Segment, ...]
    score: float


class DocumentLookup:
    """Finds documents; changes nothing.

    Args:
        database: Where they are.
        workspace_id: Whose.
    """

    def __init__(self, database: Database, workspace_id: str) -> None:
        self._database = database
        self._workspace_id = workspace_id

    async def search(self, query: ContentQuery) -> Page[FoundDocument]:
        """A page of the documents that have any of the words, the best first.

        The best are those with a passage that has most of the words; of these, those with most passages that have
        any; of these, the newest.

        Raises:
            InvalidInputError: `invalid_cursor` or `invalid_page_size`.
        """
        require_page_size(query.page_size)
        after = None if query.cursor is None else Cursor.decode(query.cursor, order=_ORDER, timed=False)
        terms = content_terms(query.text)
        if not terms:
            return Page(())
        async with self._database.read() as session:
            terms, hits = await self._hits(session, terms, query.types)
            ranked = sorted(map(_place, hits), reverse=True)
            if after is not None:
                ranked = [place for place in ranked if place < (str(after.value), after.item_id)]
            shown = [document_id for _, document_id in ranked[: query.page_size]]
            items = await self._found(session, shown, terms, {hit.document_id: hit for hit in hits})
        has_more = len(ranked) > query.page_size
        cursor = Cursor(_ORDER, *ranked[query.page_size - 1]).encode() if has_more else None
        return Page(items, cursor)

    async def several(self, document_ids: Sequence[str]) -> dict[str, ListedDocument]:
        """Those of some documents that there are, by id."""
        async with self._database.read() as session:
            return await self._looked_up(session, document_ids)

    async def _hits(
        self, session: AsyncSession, terms: tuple[ContentTerm, ...], types: Sequence[DocumentType]
    ) -> tuple[tuple[ContentTerm, ...], tuple[ContentHit, ...]]:
        """What was found, and the terms that it was found with: what is nowhere is looked for less exactly."""
        repository = KnowledgeSearchRepository(session)
        hits = await repository.hits(self._workspace_id, terms, types=types)
        known = frozenset[int]().union(*(hit.found for hit in hits))
        wider = tuple(term if index in known else widened(term) for index, term in enumerate(terms))
        if wider == terms:
            return terms, hits
        return wider, await repository.hits(self._workspace_id, wider, types=types)

    async def _found(
        self,
        session: AsyncSession,
        document_ids: Sequence[str],
        terms: tuple[ContentTerm, ...],
        hits: dict[str, ContentHit],
    ) -> tuple[FoundDocument, ...]:
        documents = await self._looked_up(session, document_ids)
        passages = await KnowledgeSearchRepository(session).passages(self._workspace_id, terms, document_ids)
        return tuple(
            FoundDocument(documents[one], segments(passages[one], terms), round(hits[one].best / len(terms), 4))
            for one in document_ids
            # It may have been deleted since it was found.
            if one in documents and one in passages
        )

    async def _looked_up(self, session: AsyncSession, document_ids: Sequence[str]) -> dict[str, ListedDocument]:
        documents = await KnowledgeRepository(session).get_many(self._workspace_id, document_ids)
        agents = await KnowledgeAttachmentRepository(session).all_dependents(self._workspace_id)
        return {
            document.document_id: ListedDocument(document, agents.get(document.document_id, ()))
            for document in documents
        }


def _place(hit: ContentHit) -> tuple[str, str]:
    """Where a document stands among those found, as texts that a cursor can hold."""
    return f"{hit.best:02}:{hit.passages:06}", hit.document_id
