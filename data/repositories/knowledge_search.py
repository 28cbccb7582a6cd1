"""Finds documents by the words in their chunks, in the database: no text leaves it but the passages shown."""

from collections.abc import Sequence

from sqlalchemy import Integer, Subquery, and_, case, distinct, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from data.knowledge_records import ANY_LETTER, ContentHit, ContentTerm, DocumentType
from data.models import KnowledgeChunkRow, KnowledgeDocumentRow


class KnowledgeSearchRepository:
    """Searches chunks, embedded or not.

    Args:
        session: One from `Database.read()`.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def hits(
        self, workspace_id: str, terms: Sequence[ContentTerm], *, types: Sequence[DocumentType] = ()
    ) -> tuple[ContentHit, ...]:
        """Every document of a workspace that has any of the terms, in no order.

        Args:
            workspace_id: Whose.
            terms: At least one.
            types: Only documents of these types; all without any.
        """
        matched = self._matched(workspace_id, terms)
        found = [func.max(matched.c[_name(index)]) for index in range(len(terms))]
        statement = (
            select(
                matched.c.document_id,
                func.max(matched.c.hits),
                func.count(distinct(matched.c.position)),
                *found,
            )
            .where(matched.c.hits > 0)
            .group_by(matched.c.document_id)
        )
        if types:
            wanted = select(KnowledgeDocumentRow.document_id).where(
                KnowledgeDocumentRow.workspace_id == workspace_id, KnowledgeDocumentRow.type.in_(types)
            )
            statement = statement.where(matched.c.document_id.in_(wanted))
        return tuple(
            ContentHit(document_id, best, passages, frozenset(index for index, has in enumerate(has_each) if has))
            for document_id, best, passages, *has_each in await self._session.execute(statement)
        )

    async def passages(
        self, workspace_id: str, terms: Sequence[ContentTerm], document_ids: Sequence[str]
    ) -> dict[str, str]:
        """By document, the first of the passages that have most of the terms."""
        matched = self._matched(workspace_id, terms, document_ids)
        place = func.row_number().over(
            partition_by=matched.c.document_id,
            order_by=(matched.c.hits.desc(), matched.c.position, matched.c.chunk_id),
        )
        ranked = select(matched.c.document_id, matched.c.chunk_id, place.label("place")).subquery()
        statement = (
            select(ranked.c.document_id, KnowledgeChunkRow.text)
            .join(KnowledgeChunkRow, KnowledgeChunkRow.chunk_id == ranked.c.chunk_id)
            .where(ranked.c.place == 1)
        )
        rows = await self._session.execute(statement)
        return {row.document_id: row.text for row in rows}

    def _matched(
        self, workspace_id: str, terms: Sequence[ContentTerm], document_ids: Sequence[str] | None = None
    ) -> Subquery:
        """Of each chunk, which terms it has (1 or 0) and how many."""
        has_each = [_has(term).label(_name(index)) for index, term in enumerate(terms)]
        statement = select(
            KnowledgeChunkRow.document_id, KnowledgeChunkRow.chunk_id, KnowledgeChunkRow.position, *has_each
        ).where(KnowledgeChunkRow.workspace_id == workspace_id)
        if document_ids is not None:
            statement = statement.where(KnowledgeChunkRow.document_id.in_(document_ids))
        # Otherwise SQLite compares again for each column that is made of these.
        each = statement.cte("compared").prefix_with("MATERIALIZED")
        hits: ColumnElement[int] = sum((each.c[column.name] for column in has_each), literal(0, Integer))
        return select(each, hits.label("hits")).subquery()


def _has(term: ContentTerm) -> ColumnElement[int]:
    has = _contains(term.spellings)
    return case((and_(_contains(term.pieces), has) if term.pieces else has, 1), else_=0)


def _contains(spellings: Sequence[str]) -> ColumnElement[bool]:
    """Whether a chunk has any of them, in any case."""
    cases: list[str] = []
    for one in spellings:
        # SQLite takes only the letters of ASCII for the same in both cases.
        cases += [one] if one.isascii() else [one, one.capitalize(), one.upper()]
    return or_(*(KnowledgeChunkRow.text.ilike(f"%{one.replace(ANY_LETTER, '_')}%") for one in cases))


def _name(index: int) -> str:
    return f"has_{index}"
