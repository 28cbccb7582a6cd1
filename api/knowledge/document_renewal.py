"""Gives documents of one workspace anew what they came from: the page of an address, or another file."""

from api.audit_trail import AuditTrail
from api.knowledge.upload import Upload
from api.knowledge.work import KnowledgeWork
from config.errors import InvalidInputError
from data.audit import AuditAction, AuditTarget
from data.database import Database
from data.knowledge_records import DocumentType, KnowledgeDocument
from data.repositories.knowledge import KnowledgeRepository


class DocumentRenewal:
    """Takes pages and files in again, in the place of what documents hold.

    Args:
        database: Where they are.
        work: Brings them to the agents.
        trail: Whose workspace it is, and who does it.
    """

    def __init__(self, database: Database, work: KnowledgeWork, trail: AuditTrail) -> None:
        self._database = database
        self._work = work
        self._trail = trail
        self._workspace_id = trail.workspace_id

    async def refresh(self, document_id: str) -> KnowledgeDocument:
        """Fetch a document's page again; until what it says now is there, the old text answers.

        Nothing changes if the page says what it said, is away, or can be read no more.

        Raises:
            NotFoundError: `document_not_found`.
            InvalidInputError: `document_without_url`; the page cannot be fetched or read; `document_exists`:
                another document says the same.
            CapacityError: Too much is being worked on.
        """
        document = await self._get(document_id)
        if document.type is not DocumentType.URL or document.url is None:
            raise InvalidInputError(
                "This document did not come from an address, so it cannot be fetched again.",
                param="document_id",
                code="document_without_url",
            )
        # Chunks without a heading stand under the document's name.
        prepared = await self._work.intake.fetch(document.url, name=document.name)
        renewed = await self._work.intake.ingestor.indexer.replace_content(
            self._workspace_id, document_id, prepared, keep_name=True
        )
        if renewed.content_hash != document.content_hash:
            async with self._database.session() as session:
                await self._trail.note(session, AuditAction.DOCUMENT_UPDATED, AuditTarget.DOCUMENT, document_id)
        return renewed

    async def require_file(self, document_id: str) -> None:
        """Make sure that a document came from a file, before another one is received for it.

        Raises:
            NotFoundError: `document_not_found`.
            InvalidInputError: `document_without_file`.
        """
        if (await self._get(document_id)).type is not DocumentType.FILE:
            raise InvalidInputError(
                "This document did not come from a file: change its text with PATCH, or refresh it.",
                param="document_id",
                code="document_without_file",
            )

    async def replace_file(self, document_id: str, upload: Upload, name: str | None) -> KnowledgeDocument:
        """Put another file in the place of a document's; until its text is there, the old one answers.

        Args:
            document_id: One that `require_file` has let pass.
            upload: The file.
            name: What the document is called from now on; the new file's own title otherwise.

        Raises:
            NotFoundError: `document_not_found`.
            InvalidInputError: The file cannot be read; `document_exists`: another document says the same.
            CapacityError: Too much is being worked on.
        """
        prepared = await self._work.intake.reader.read_file(
            upload.path, filename=upload.filename, media_type=upload.media_type, name=name
        )
        await self._work.intake.ingestor.indexer.replace_content(self._workspace_id, document_id, prepared)
        async with self._database.session() as session:
            # A file of the same text may still be another one.
            renewed = await KnowledgeRepository(session).describe_file(
                self._workspace_id,
                document_id,
                name=prepared.name,
                filename=prepared.filename,
                size_bytes=prepared.size_bytes,
            )
            await self._trail.note(session, AuditAction.DOCUMENT_UPDATED, AuditTarget.DOCUMENT, document_id)
        return renewed

    async def _get(self, document_id: str) -> KnowledgeDocument:
        async with self._database.read() as session:
            return await KnowledgeRepository(session).get(self._workspace_id, document_id)
