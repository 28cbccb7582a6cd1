"""Shows what documents are made of: chunks, and what is stored for each embedding model."""

from api.knowledge.responses import chunk_shown, index_shown
from api.knowledge.work import KnowledgeWork
from api.schemas.knowledge import ChunkPage, ChunkShown, ModelUsage, RagIndex, RagOverview
from config.errors import InvalidInputError, NotFoundError
from data.database import Database
from data.knowledge_records import UNEMBEDDED, ModelIndex
from data.repositories.knowledge import KnowledgeRepository
from data.repositories.knowledge_chunks import KnowledgeChunkRepository


class IndexService:
    """Chunks and indexes of one workspace.

    Args:
        database: Where they are.
        work: Makes them.
        workspace_id: Whose.
    """

    def __init__(self, database: Database, work: KnowledgeWork, workspace_id: str) -> None:
        self._database = database
        self._work = work
        self._workspace_id = workspace_id

    async def chunks(self, document_id: str, *, cursor: str | None, page_size: int) -> ChunkPage:
        """A page of a document's chunks, in their order.

        Raises:
            NotFoundError: `document_not_found`.
            InvalidInputError: `invalid_cursor`.
        """
        begin = _position(cursor)
        async with self._database.read() as session:
            await KnowledgeRepository(session).get(self._workspace_id, document_id)
            repository = KnowledgeChunkRepository(session)
            model = await self._shown_model(repository, document_id)
            found = await repository.list(document_id, embedding_model=model, begin=begin, limit=page_size + 1)
        has_more = len(found) > page_size
        return ChunkPage(
            chunks=[chunk_shown(chunk) for chunk in found[:page_size]],
            has_more=has_more,
            next_cursor=str(found[page_size].chunk.position) if has_more else None,
        )

    async def chunk(self, document_id: str, chunk_id: str) -> ChunkShown:
        """One chunk.

        Raises:
            NotFoundError: `document_not_found` or `chunk_not_found`.
        """
        async with self._database.read() as session:
            await KnowledgeRepository(session).get(self._workspace_id, document_id)
            found = await KnowledgeChunkRepository(session).by_ids([chunk_id])
        if not found or found[0].document_id != document_id:
            raise NotFoundError("There is no such chunk in this document.", code="chunk_not_found")
        return chunk_shown(found[0])

    async def indexes(self, document_id: str) -> list[RagIndex]:
        """What is stored of a document for each model; that of the server's own is first, there or not.

        Raises:
            NotFoundError: `document_not_found`.
        """
        stored = {index.embedding_model: index for index in await self._stored(document_id)}
        ours = self._work.embedding_model
        shown = [self._own_index(document_id, stored.get(ours))]
        others = (model for model in stored if model not in (ours, UNEMBEDDED))
        return shown + [index_shown(model, stored[model]) for model in others]

    async def own(self, document_id: str) -> RagIndex:
        """What is stored of a document for the server's own model.

        Raises:
            NotFoundError: `document_not_found`.
        """
        return (await self.indexes(document_id))[0]

    async def chunk_count(self, document_id: str) -> int:
        """How many chunks a document has.

        Raises:
            NotFoundError: `document_not_found`.
        """
        return max((index.chunk_count for index in await self._stored(document_id)), default=0)

    async def make(self, document_id: str) -> RagIndex:
        """Embed a document with the server's own model, if it is not; may still be under way.

        Raises:
            NotFoundError: `document_not_found`.
            CapacityError: Too many are being worked on.
        """
        stored = {index.embedding_model for index in await self._stored(document_id)}
        if self._work.embedding_model not in stored:
            await self._work.index(self._workspace_id, document_id)
        return await self.own(document_id)

    async def remove(self, document_id: str, wanted: str) -> RagIndex:
        """Drop the vectors of one model; agents no longer find the document by search if it is the server's own.

        They are made again when they are asked for, or at the next start.

        Raises:
            NotFoundError: `document_not_found` or `rag_index_not_found`.
        """
        index = next((one for one in await self.indexes(document_id) if one.id == wanted), None)
        if index is None or index.status != "succeeded":
            raise NotFoundError("There is no such index.", code="rag_index_not_found")
        async with self._database.session() as session:
            repository = KnowledgeChunkRepository(session)
            withdrawn = await repository.ids(document_id)
            await repository.forget_vectors(document_id, index.model)
            agents = await KnowledgeRepository(session).dependents(self._workspace_id, document_id)
        await self._work.agents_changed(
            self._workspace_id, [agent.agent_id for agent in agents], withdrawn=withdrawn
        )
        return index

    async def overview(self) -> RagOverview:
        """What the vectors of the workspace take."""
        async with self._database.read() as session:
            indexes = await KnowledgeChunkRepository(session).indexes(self._workspace_id)
        used: dict[str, int] = {}
        for index in (one for stored in indexes.values() for one in stored):
            if index.embedding_model != UNEMBEDDED:
                used[index.embedding_model] = used.get(index.embedding_model, 0) + index.used_bytes
        models = [ModelUsage(model=model, used_bytes=size) for model, size in sorted(used.items())]
        return RagOverview(total_used_bytes=sum(used.values()), total_max_bytes=_MAX_BYTES, models=models)

    def _own_index(self, document_id: str, stored: ModelIndex | None) -> RagIndex:
        return index_shown(
            self._work.embedding_model,
            stored,
            progress=self._work.progress(document_id),
            failure=self._work.failure(document_id),
        )

    async def _stored(self, document_id: str) -> tuple[ModelIndex, ...]:
        async with self._database.read() as session:
            await KnowledgeRepository(session).get(self._workspace_id, document_id)
            indexes = await KnowledgeChunkRepository(session).indexes(
                self._workspace_id, document_ids=[document_id]
            )
        return indexes.get(document_id, ())

    async def _shown_model(self, repository: KnowledgeChunkRepository, document_id: str) -> str:
        """The server's own model, else any that there are chunks of: their texts are the same."""
        indexes = await repository.indexes(self._workspace_id, document_ids=[document_id])
        models = [index.embedding_model for index in indexes.get(document_id, ())]
        ours = self._work.embedding_model
        return ours if ours in models or not models else models[0]


_MAX_BYTES = 2**40
"""Said where the shape wants a limit; the disk is the real one."""


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise InvalidInputError(
            "This cursor is not one of this list; start again without it.", param="cursor", code="invalid_cursor"
        )
    return int(cursor)
