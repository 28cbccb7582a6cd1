"""What ingestion needs of the database: a few methods, in short units of work.

`KnowledgeRepository` fits the protocol as it is; `database_storage` opens it on a real database.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from data.knowledge.embedder import Embeddings
from data.knowledge_records import EmbeddedChunk, KnowledgeChunk, KnowledgeDocument


class KnowledgeStorage(Protocol):
    """Documents and chunks within one unit of work; see `data.repositories.knowledge`."""

    async def add_document(
        self,
        document: KnowledgeDocument,
        chunks: Sequence[KnowledgeChunk],
        embeddings: Embeddings,
        embedding_model: str,
    ) -> KnowledgeDocument:
        """Store a document whole, or give the one that the agent has with the same content."""
        ...

    async def add_embeddings(
        self,
        workspace_id: str,
        document_id: str,
        chunks: Sequence[KnowledgeChunk],
        embeddings: Embeddings,
        embedding_model: str,
    ) -> bool:
        """Store a document's chunks once more for another model; False if it has them already."""
        ...

    async def embedding_models(self, workspace_id: str) -> frozenset[str]:
        """The models of which a workspace's documents have vectors."""
        ...

    async def documents_for_agent(self, workspace_id: str, agent_id: str) -> tuple[KnowledgeDocument, ...]:
        """What an agent answers from; `NotFoundError` for an unknown agent."""
        ...

    async def chunks(
        self, workspace_id: str, document_id: str, *, embedding_model: str | None = None
    ) -> tuple[EmbeddedChunk, ...]:
        """A document's chunks with their vectors; `NotFoundError` for an unknown document."""
        ...

    async def delete(self, workspace_id: str, document_id: str) -> None:
        """Remove a document with its chunks; `NotFoundError` for an unknown document."""
        ...


class OpenKnowledgeStorage(Protocol):
    """Opens a unit of work: committed on a clean exit, rolled back on an error."""

    def __call__(self, *, writing: bool) -> AbstractAsyncContextManager[KnowledgeStorage]:
        """Open one; it is closed again before anything is embedded or sent to the vector store."""
        ...
