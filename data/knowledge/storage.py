"""What ingestion needs of the database: a few methods, in short units of work.

`KnowledgeRepository` fits the protocol as it is; `database_storage` opens it on a real database.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from data.agent_config import KnowledgeReference
from data.knowledge.embedder import Embeddings
from data.knowledge_records import DependentAgent, EmbeddedChunk, KnowledgeChunk, KnowledgeDocument


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

    async def replace_content(
        self,
        document: KnowledgeDocument,
        chunks: Sequence[KnowledgeChunk],
        embeddings: Embeddings,
        embedding_model: str,
    ) -> tuple[str, ...]:
        """Give a document another text and chunks at once; the ids of those it had."""
        ...

    async def put_chunks(
        self,
        document: KnowledgeDocument,
        chunks: Sequence[KnowledgeChunk],
        embeddings: Embeddings,
        embedding_model: str,
    ) -> bool:
        """Store the vectors of a document that had none; False if it has them, has changed, or is gone."""
        ...

    async def get(self, workspace_id: str, document_id: str) -> KnowledgeDocument:
        """One document; `NotFoundError` for an unknown one."""
        ...

    async def find_content(
        self, workspace_id: str, agent_id: str | None, content_hash: str
    ) -> KnowledgeDocument | None:
        """The document with this content that was added for an agent, or (None) for the workspace."""
        ...

    async def find_source(
        self, workspace_id: str, agent_id: str | None, *, filename: str | None, url: str | None
    ) -> KnowledgeDocument | None:
        """The newest document that was added from this file or address."""
        ...

    async def attach(self, workspace_id: str, agent_id: str, document: KnowledgeDocument) -> bool:
        """Let an agent answer from a document; False if it did already."""
        ...

    async def documents_for_agent(self, workspace_id: str, agent_id: str) -> tuple[KnowledgeDocument, ...]:
        """What an agent answers from; `NotFoundError` for an unknown agent."""
        ...

    async def references(self, workspace_id: str, agent_id: str) -> tuple[KnowledgeReference, ...]:
        """What an agent's settings name; `NotFoundError` for an unknown agent."""
        ...

    async def dependents(self, workspace_id: str, document_id: str) -> tuple[DependentAgent, ...]:
        """The agents that answer from a document."""
        ...

    async def get_many(self, workspace_id: str, document_ids: Sequence[str]) -> tuple[KnowledgeDocument, ...]:
        """Those of some documents that there are."""
        ...

    async def chunk_ids(
        self, workspace_id: str, document_ids: Sequence[str], embedding_model: str
    ) -> tuple[str, ...]:
        """The ids of some documents' chunks for one model, document by document, each in order."""
        ...

    async def without_model(
        self, workspace_id: str, document_ids: Sequence[str], embedding_model: str, *, pending: bool
    ) -> tuple[str, ...]:
        """Those of some documents that are not embedded with a model; `pending` are those without any, too."""
        ...

    async def chunks_by_id(self, chunk_ids: Sequence[str]) -> tuple[EmbeddedChunk, ...]:
        """Those of some chunks that there are, in no order."""
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
