"""From files, folders and addresses to documents of an agent: reads, fetches, ingests, tells how far it is."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from config.errors import InvalidInputError
from data.knowledge.document_files import FoundFile, FoundFiles
from data.knowledge.extract.reader import DocumentReader
from data.knowledge.fetch import DocumentFetcher
from data.knowledge.ingest import IngestedDocument, KnowledgeIngestor
from data.knowledge.prepared import PreparedDocument
from data.knowledge.progress import ProgressListener
from data.knowledge_records import DocumentType


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """What became of one file or address.

    Attributes:
        source: Its name inside the folder, or its address.
        ingested: The document; None if it could not be used.
        problem: Why it could not.
    """

    source: str
    ingested: IngestedDocument | None = None
    problem: str = ""


class DocumentIntake:
    """Takes documents in for agents.

    Args:
        reader: Gets their text.
        fetcher: Gets pages of the web.
        ingestor: Stores and publishes them.
        max_bytes: Largest file.
    """

    def __init__(
        self, reader: DocumentReader, fetcher: DocumentFetcher, ingestor: KnowledgeIngestor, max_bytes: int
    ) -> None:
        self.reader = reader
        self.ingestor = ingestor
        self.max_bytes = max_bytes
        self._fetcher = fetcher

    async def files(
        self,
        workspace_id: str,
        agent_id: str,
        found: FoundFiles,
        *,
        on_progress: Callable[[str], ProgressListener | None] = lambda _: None,
    ) -> AsyncIterator[IntakeResult]:
        """Ingest files one after the other; what cannot be used is told, and the others are.

        Args:
            workspace_id: Whose agent.
            agent_id: Which.
            found: The files.
            on_progress: Gives, for each file's name, what is told how far it is.
        """
        for file in found.files:
            try:
                prepared = await self.read(file)
                ingested = await self.ingestor.ingest(
                    workspace_id, agent_id, prepared, on_progress=on_progress(file.filename)
                )
            except InvalidInputError as error:
                yield IntakeResult(file.filename, problem=error.message)
            else:
                yield IntakeResult(file.filename, ingested)

    async def url(
        self, workspace_id: str, agent_id: str, url: str, *, on_progress: ProgressListener | None = None
    ) -> IngestedDocument:
        """Ingest a page; what it held before is replaced.

        Raises:
            InvalidInputError: It cannot be fetched or read.
        """
        prepared = await self.fetch(url)
        return await self.ingestor.ingest(
            workspace_id, agent_id, prepared, document_type=DocumentType.URL, on_progress=on_progress
        )

    async def read(self, file: FoundFile) -> PreparedDocument:
        """Read a file.

        Raises:
            InvalidInputError: It is too large or cannot be read.
        """
        size = file.path.stat().st_size
        if size > self.max_bytes:
            raise InvalidInputError(
                f"{file.filename} has {size:,} bytes; a document may have {self.max_bytes:,} (MAX_DOCUMENT_MB).",
                code="document_too_large",
            )
        return await self.reader.read_file(file.path, filename=file.filename)

    async def fetch(self, url: str, *, name: str | None = None) -> PreparedDocument:
        """Fetch and read a page.

        Raises:
            InvalidInputError: It cannot be fetched or read.
        """
        async with self._fetcher.fetch(url) as fetched:
            return await self.reader.read_file(
                fetched.path,
                filename=fetched.filename or "The page",
                media_type=fetched.media_type,
                name=name,
                url=fetched.url,
            )
