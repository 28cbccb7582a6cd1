"""The vector store of a larger house: a Chroma server, which several call processes share.

Chroma's own asyncio client is used, because its blocking one has no timeout at all: a server that accepts
a connection and never answers would keep a thread for ever, while a coroutine can be cancelled.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config.errors import ConfigurationError, PhoneAgentError, VendorError
from data.knowledge.chroma_rows import (
    COSINE,
    MODEL_KEY,
    READ_PAGE,
    batches,
    collection_names,
    id_batches,
    is_of_agent,
    is_of_model,
    to_entries,
    to_snippets,
)
from data.knowledge.embedder import Embeddings
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorEntry

if TYPE_CHECKING:
    from chromadb.api import AsyncClientAPI
    from chromadb.api.models.AsyncCollection import AsyncCollection
    from chromadb.api.types import Where

REQUEST_TIMEOUT_SECONDS = 30.0
"""Everything but a call's query, which brings its own deadline."""


class ChromaServerVectorStore:
    """A `VectorStore` on a Chroma server.

    Args:
        url: `CHROMA_URL`, such as `http://chroma:8000`.
        embedding_model: See `ChromaVectorStore`.

    Raises:
        ConfigurationError: The URL is none.
    """

    def __init__(self, url: str, embedding_model: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigurationError("CHROMA_URL must look like http://host:8000.", param="CHROMA_URL")
        self._is_tls = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port or (443 if self._is_tls else 8000)
        self._embedding_model = embedding_model
        self._client: AsyncClientAPI | None = None
        self._not_found: type[Exception] = LookupError
        """Chroma's own error, once Chroma has been imported."""
        self._opening = asyncio.Lock()

    async def warm(self) -> None:
        """Import Chroma and reach the server."""
        async with self._answer_within(REQUEST_TIMEOUT_SECONDS):
            await self._connected()

    async def upsert(self, agent_id: str, entries: Sequence[VectorEntry]) -> None:
        """Add chunks in batches, making the collection if there is none of this model."""
        async with self._answer_within(REQUEST_TIMEOUT_SECONDS):
            collection = await self._find(agent_id)
            if collection is None:
                collection = await self._make(agent_id)
        for rows in batches(entries):
            async with self._answer_within(REQUEST_TIMEOUT_SECONDS):
                await collection.upsert(
                    ids=rows.ids, embeddings=rows.embeddings, documents=rows.texts, metadatas=rows.metadatas
                )

    async def query(
        self, agent_id: str, embedding: Embeddings, *, top_k: int, deadline_seconds: float
    ) -> tuple[Snippet, ...]:
        """See `VectorStore.query`."""
        async with self._answer_within(deadline_seconds):
            collection = await self._find(agent_id)
            if collection is None:
                return ()
            return to_snippets(
                await collection.query(
                    query_embeddings=[embedding.tolist()],
                    n_results=top_k,
                    include=["documents", "metadatas", "distances"],
                )
            )

    async def entries(self, agent_id: str) -> tuple[VectorEntry, ...]:
        """Everything in an agent's collection, in pages."""
        found: list[VectorEntry] = []
        while True:
            async with self._answer_within(REQUEST_TIMEOUT_SECONDS):
                collection = await self._find(agent_id)
                if collection is None:
                    return ()
                page = to_entries(
                    await collection.get(
                        limit=READ_PAGE, offset=len(found), include=["documents", "metadatas", "embeddings"]
                    )
                )
            found += page
            if len(page) < READ_PAGE:
                return tuple(found)

    async def present(self, agent_id: str, chunk_ids: Sequence[str]) -> frozenset[str]:
        """Those of some chunk ids that are in an agent's collection now."""
        if not chunk_ids:
            return frozenset()
        async with self._answer_within(REQUEST_TIMEOUT_SECONDS):
            collection = await self._find(agent_id)
            if collection is None:
                return frozenset()
            return frozenset((await collection.get(ids=list(chunk_ids), include=[]))["ids"])

    async def chunk_ids(self, agent_id: str) -> frozenset[str]:
        """The ids of everything in an agent's collection."""
        return frozenset(await self._ids(agent_id, None))

    async def count(self, agent_id: str) -> int:
        """How many chunks an agent's collection holds."""
        async with self._answer_within(REQUEST_TIMEOUT_SECONDS):
            collection = await self._find(agent_id)
            return await collection.count() if collection is not None else 0

    async def delete_chunks(self, agent_id: str, chunk_ids: Sequence[str]) -> None:
        """Take chunks out, in batches."""
        for part in id_batches(chunk_ids):
            async with self._answer_within(REQUEST_TIMEOUT_SECONDS):
                collection = await self._find(agent_id)
                if collection is not None:
                    await collection.delete(ids=part)

    async def delete_document(self, agent_id: str, document_id: str) -> None:
        """Take all chunks of a document out of an agent's collection."""
        await self.delete_chunks(agent_id, await self._ids(agent_id, document_id))

    async def delete_agent(self, agent_id: str) -> None:
        """Drop everything of an agent."""
        async with self._answer_within(REQUEST_TIMEOUT_SECONDS):
            for collection in await self._of_agent(agent_id):
                await self._delete(collection)

    async def delete_other_models(self, agent_id: str) -> None:
        """See `VectorStore.delete_other_models`."""
        async with self._answer_within(REQUEST_TIMEOUT_SECONDS):
            for collection in await self._of_agent(agent_id):
                if not is_of_model(collection.metadata, self._embedding_model):
                    await self._delete(collection)

    async def close(self) -> None:
        """Close the connections; safe to call twice."""
        client, self._client = self._client, None
        # The client has no public way to close its connections; its server part has one.
        server = getattr(client, "_server", None)
        if server is not None:
            await server.__aexit__(None, None, None)

    async def _connected(self) -> "AsyncClientAPI":
        async with self._opening:
            if self._client is None:
                # The import takes half a second and would stop the loop for that long.
                await asyncio.to_thread(import_module, "chromadb")
                import chromadb  # noqa: PLC0415
                from chromadb.config import Settings  # noqa: PLC0415
                from chromadb.errors import NotFoundError  # noqa: PLC0415

                self._not_found = NotFoundError
                self._client = await chromadb.AsyncHttpClient(
                    self._host,
                    self._port,
                    ssl=self._is_tls,
                    settings=Settings(_env_file=None, anonymized_telemetry=False),
                )
            return self._client

    async def _find(self, agent_id: str) -> "AsyncCollection | None":
        """The collection as it is now: another process may have dropped or remade it since."""
        client = await self._connected()
        for name in collection_names(agent_id, self._embedding_model):
            try:
                collection = await client.get_collection(name, embedding_function=None)
            except self._not_found:
                continue
            if is_of_model(collection.metadata, self._embedding_model):
                return collection
        return None

    async def _make(self, agent_id: str) -> "AsyncCollection":
        taken = {collection.name for collection in await self._of_agent(agent_id)}
        usual, beside = collection_names(agent_id, self._embedding_model)
        # Another process may make it at the same moment; both mean the same one.
        return await (await self._connected()).get_or_create_collection(
            beside if usual in taken else usual,
            configuration=COSINE,
            metadata={MODEL_KEY: self._embedding_model},
            embedding_function=None,
        )

    async def _of_agent(self, agent_id: str) -> "list[AsyncCollection]":
        client = await self._connected()
        return [found for found in await client.list_collections() if is_of_agent(found.name, agent_id)]

    async def _delete(self, collection: "AsyncCollection") -> None:
        try:
            await (await self._connected()).delete_collection(collection.name)
        except self._not_found:
            return

    async def _ids(self, agent_id: str, document_id: str | None) -> list[str]:
        async with self._answer_within(REQUEST_TIMEOUT_SECONDS):
            collection = await self._find(agent_id)
            if collection is None:
                return []
            where: Where | None = {"document_id": document_id} if document_id else None
            return (await collection.get(where=where, include=[]))["ids"]

    @asynccontextmanager
    async def _answer_within(self, seconds: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except (TimeoutError, PhoneAgentError):
            raise
        except Exception as error:
            # The client raises its own errors, httpx errors and ValueError, by where it failed.
            raise VendorError("chroma", f"The Chroma server failed: {type(error).__name__}.") from error
