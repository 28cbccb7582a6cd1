"""What can be done with the documents of one workspace."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.audit_trail import AuditTrail
from api.knowledge.upload import Upload
from api.knowledge.work import KnowledgeWork
from config.errors import InvalidInputError
from data.audit import AuditAction, AuditTarget
from data.database import Database
from data.knowledge.prepared import PreparedDocument
from data.knowledge_records import DependentAgent, DocumentQuery, DocumentType, KnowledgeDocument
from data.pagination import Page
from data.repositories.agent import AgentRepository
from data.repositories.knowledge import KnowledgeRepository
from data.repositories.knowledge_attachments import KnowledgeAttachmentRepository
from data.repositories.knowledge_chunks import KnowledgeChunkRepository


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document, and who answers from it."""

    document: KnowledgeDocument
    agents: tuple[DependentAgent, ...]


class DocumentService:
    """Adds, shows, changes and removes documents.

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

    async def add_text(self, text: str, name: str | None, agent_id: str | None) -> KnowledgeDocument:
        """Add a text.

        Args:
            text: Markdown or plain text.
            name: Its title.
            agent_id: An agent that is to answer from it.

        Raises:
            InvalidInputError: It is empty or too large.
            NotFoundError: `agent_not_found`.
            CapacityError: Too many are being worked on.
        """
        await self._require_agent(agent_id)
        prepared = await self._work.intake.reader.read_text(text, name=name)
        return await self._add(prepared, DocumentType.TEXT, agent_id)

    async def add_url(self, url: str, name: str | None, agent_id: str | None) -> KnowledgeDocument:
        """Add a page; otherwise as `add_text`."""
        await self._require_agent(agent_id)
        return await self._add(await self._work.intake.fetch(url, name=name), DocumentType.URL, agent_id)

    async def add_file(self, upload: Upload, name: str | None, agent_id: str | None) -> KnowledgeDocument:
        """Add a file; otherwise as `add_text`."""
        await self._require_agent(agent_id)
        prepared = await self._work.intake.reader.read_file(
            upload.path, filename=upload.filename, media_type=upload.media_type, name=name
        )
        return await self._add(prepared, DocumentType.FILE, agent_id)

    async def get(self, document_id: str) -> KnowledgeDocument:
        """One document.

        Raises:
            NotFoundError: `document_not_found`.
        """
        async with self._database.read() as session:
            return await KnowledgeRepository(session).get(self._workspace_id, document_id)

    async def list(self, query: DocumentQuery) -> Page[ListedDocument]:
        """A page of documents, newest first.

        Raises:
            InvalidInputError: `invalid_cursor` or `invalid_page_size`.
        """
        async with self._database.read() as session:
            page = await KnowledgeRepository(session).list(self._workspace_id, query)
            agents = await KnowledgeAttachmentRepository(session).all_dependents(self._workspace_id)
        return Page(
            tuple(ListedDocument(document, agents.get(document.document_id, ())) for document in page.items),
            page.next_cursor,
        )

    async def dependents(self, document_id: str) -> tuple[DependentAgent, ...]:
        """The agents that answer from a document.

        Raises:
            NotFoundError: `document_not_found`.
        """
        async with self._database.read() as session:
            await KnowledgeRepository(session).get(self._workspace_id, document_id)
            return await KnowledgeAttachmentRepository(session).dependents(self._workspace_id, document_id)

    async def change(self, document_id: str, name: str | None, content: str | None) -> KnowledgeDocument:
        """Give a document another name, another text, or both; until the text is there, the old one answers.

        Raises:
            NotFoundError: `document_not_found`.
            InvalidInputError: The text is empty or too large, or another document has it.
        """
        document = await self.get(document_id)
        if content is not None:
            prepared = await self._work.intake.reader.read_text(content, name=name or document.name)
            document = await self._work.intake.ingestor.indexer.replace_content(
                self._workspace_id, document_id, prepared
            )
        async with self._database.session() as session:
            if name is not None and name != document.name:
                document = await KnowledgeRepository(session).rename(self._workspace_id, document_id, name)
            await self._note(session, AuditAction.DOCUMENT_UPDATED, document_id)
        return document

    async def delete(self, document_id: str, *, force: bool) -> None:
        """Remove a document; from this moment on nobody answers from it.

        Args:
            document_id: Which.
            force: Take it off the agents that have it; otherwise it stays while there are any.

        Raises:
            NotFoundError: `document_not_found`.
            InvalidInputError: `document_in_use`.
        """
        async with self._database.session() as session:
            documents = KnowledgeRepository(session)
            await documents.get(self._workspace_id, document_id)
            attachments = KnowledgeAttachmentRepository(session)
            agents = await attachments.dependents(self._workspace_id, document_id)
            if agents and not force:
                raise InvalidInputError(
                    f"{len(agents)} agents answer from this document, such as {agents[0].agent_id}: "
                    "detach it, or delete it with force=true.",
                    code="document_in_use",
                )
            chunk_ids = await KnowledgeChunkRepository(session).ids(document_id)
            detached = await attachments.detach_everywhere(self._workspace_id, document_id)
            await documents.delete(self._workspace_id, document_id)
            await self._note(session, AuditAction.DOCUMENT_DELETED, document_id)
        await self._work.agents_changed(self._workspace_id, detached, withdrawn=chunk_ids, gone=[document_id])

    async def _add(
        self, prepared: PreparedDocument, document_type: DocumentType, agent_id: str | None
    ) -> KnowledgeDocument:
        older = None if agent_id is None else await self._older(agent_id, prepared)
        if older is not None and [agent.agent_id for agent in older.agents] == [agent_id]:
            return await self._replace(older.document.document_id, prepared)
        document, is_new = await self._work.intake.ingestor.indexer.store(
            self._workspace_id, prepared, document_type=document_type
        )
        async with self._database.session() as session:
            attachments = KnowledgeAttachmentRepository(session)
            if agent_id is not None:
                await attachments.attach(self._workspace_id, agent_id, document)
            if agent_id is not None and older is not None:
                # Others answer from the older one too, and nobody has said that it changes for them.
                await attachments.detach(self._workspace_id, agent_id, older.document.document_id)
            if is_new:
                await self._note(session, AuditAction.DOCUMENT_CREATED, document.document_id)
        await self._work.index(self._workspace_id, document.document_id)
        return document

    async def _replace(self, document_id: str, prepared: PreparedDocument) -> KnowledgeDocument:
        document = await self._work.intake.ingestor.indexer.replace_content(
            self._workspace_id, document_id, prepared
        )
        async with self._database.session() as session:
            await self._note(session, AuditAction.DOCUMENT_UPDATED, document_id)
        return document

    async def _older(self, agent_id: str, prepared: PreparedDocument) -> ListedDocument | None:
        """What the agent has from the same file or address, with another content."""
        async with self._database.read() as session:
            documents = KnowledgeRepository(session)
            references = await documents.references(self._workspace_id, agent_id)
            for document in await documents.get_many(self._workspace_id, [one.id for one in references]):
                if _same_source(document, prepared) and document.content_hash != prepared.content_hash:
                    agents = await documents.dependents(self._workspace_id, document.document_id)
                    return ListedDocument(document, agents)
        return None

    async def _require_agent(self, agent_id: str | None) -> None:
        if agent_id is not None:
            async with self._database.read() as session:
                await AgentRepository(session).get(self._workspace_id, agent_id)

    async def _note(self, session: AsyncSession, action: AuditAction, document_id: str) -> None:
        await self._trail.note(session, action, AuditTarget.DOCUMENT, document_id)


def _same_source(document: KnowledgeDocument, prepared: PreparedDocument) -> bool:
    if prepared.url is not None:
        return document.url == prepared.url
    return prepared.filename is not None and document.filename == prepared.filename
