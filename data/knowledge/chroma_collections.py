"""Embedded Chroma, blocking: to be imported and used in one thread only, which `chroma_store` sees to.

Importing it imports chromadb, which takes half a second.
"""

from pathlib import Path

import chromadb
from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection
from chromadb.api.types import Where
from chromadb.config import Settings
from chromadb.errors import NotFoundError

from data.knowledge.chroma_rows import (
    COSINE,
    MODEL_KEY,
    Rows,
    collection_names,
    is_of_agent,
    is_of_model,
    to_entries,
    to_snippets,
)
from data.knowledge.embedder import Embeddings
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorEntry


class ChromaCollections:
    """The collections of one Chroma directory.

    Args:
        path: The directory; made if absent. One process at a time.
        embedding_model: A collection that was filled by another model counts as absent.
    """

    def __init__(self, path: Path, embedding_model: str) -> None:
        path.mkdir(parents=True, exist_ok=True)
        # Chroma's settings would read our `.env` too, and take what looks like its own.
        settings = Settings(_env_file=None, anonymized_telemetry=False)
        self._client = chromadb.PersistentClient(path, settings=settings)
        self._embedding_model = embedding_model
        self._open: dict[str, Collection] = {}

    def upsert(self, agent_id: str, rows: Rows) -> None:
        """Add or replace rows, making the collection if there is none of this model."""
        collection = self._find(agent_id)
        if collection is None:
            collection = self._make(agent_id)
        collection.upsert(ids=rows.ids, embeddings=rows.embeddings, documents=rows.texts, metadatas=rows.metadatas)

    def query(self, agent_id: str, embedding: Embeddings, top_k: int) -> tuple[Snippet, ...]:
        """The nearest chunks, nearest first."""
        collection = self._find(agent_id)
        if collection is None:
            return ()
        return to_snippets(
            collection.query(
                query_embeddings=[embedding.tolist()],
                n_results=top_k,
                include=["documents", "metadatas", "distances"],
            )
        )

    def entries(self, agent_id: str, offset: int, limit: int) -> tuple[VectorEntry, ...]:
        """A page of an agent's chunks; fewer than `limit` at the end."""
        collection = self._find(agent_id)
        if collection is None:
            return ()
        return to_entries(
            collection.get(limit=limit, offset=offset, include=["documents", "metadatas", "embeddings"])
        )

    def present(self, agent_id: str, chunk_ids: list[str]) -> list[str]:
        """Those of some chunk ids that are there."""
        collection = self._find(agent_id)
        return collection.get(ids=chunk_ids, include=[])["ids"] if collection is not None else []

    def chunk_ids(self, agent_id: str, document_id: str | None = None) -> list[str]:
        """The ids of an agent's chunks, or of one document's."""
        collection = self._find(agent_id)
        if collection is None:
            return []
        where: Where | None = {"document_id": document_id} if document_id else None
        return collection.get(where=where, include=[])["ids"]

    def count(self, agent_id: str) -> int:
        """How many chunks the agent has."""
        collection = self._find(agent_id)
        return collection.count() if collection is not None else 0

    def delete(self, agent_id: str, chunk_ids: list[str]) -> None:
        """Take chunks out; unknown ids are ignored."""
        collection = self._find(agent_id)
        if collection is not None:
            collection.delete(ids=chunk_ids)

    def drop(self, agent_id: str) -> None:
        """Drop whatever there is of the agent, of this model and of others."""
        self._open.pop(agent_id, None)
        for collection in self._of_agent(agent_id):
            self._delete(collection)

    def drop_other_models(self, agent_id: str) -> None:
        """Drop what there is of the agent with other models' vectors."""
        for collection in self._of_agent(agent_id):
            if not is_of_model(collection.metadata, self._embedding_model):
                self._delete(collection)

    def close(self) -> None:
        """Close the files; nothing else may be called after it."""
        self._open.clear()
        if isinstance(self._client, Client):
            self._client.close()

    def _find(self, agent_id: str) -> Collection | None:
        if agent_id in self._open:
            return self._open[agent_id]
        for name in collection_names(agent_id, self._embedding_model):
            try:
                collection = self._client.get_collection(name, embedding_function=None)
            except NotFoundError:
                continue
            if is_of_model(collection.metadata, self._embedding_model):
                self._open[agent_id] = collection
                return collection
        return None

    def _make(self, agent_id: str) -> Collection:
        taken = {collection.name for collection in self._of_agent(agent_id)}
        usual, beside = collection_names(agent_id, self._embedding_model)
        self._open[agent_id] = self._client.create_collection(
            beside if usual in taken else usual,
            configuration=COSINE,
            metadata={MODEL_KEY: self._embedding_model},
            embedding_function=None,
        )
        return self._open[agent_id]

    def _of_agent(self, agent_id: str) -> list[Collection]:
        return [found for found in self._client.list_collections() if is_of_agent(found.name, agent_id)]

    def _delete(self, collection: Collection) -> None:
        try:
            self._client.delete_collection(collection.name)
        except NotFoundError:
            return
