"""The vector store on a real Chroma server on loopback, and on servers that are none."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from config.errors import ConfigurationError, VendorError
from data.knowledge.chroma_server_store import ChromaServerVectorStore
from data.knowledge.embedder import Embeddings
from data.knowledge.vector_store import VectorEntry
from tests.data.knowledge.conftest import free_port

VECTORS: Embeddings = np.eye(30, dtype=np.float32)
ENTRIES = [
    VectorEntry(f"chunk_{number}", f"doc_{number % 2}", "Title", f"text {number}", number, VECTORS[number])
    for number in range(30)
]


async def connected(url: str, model: str = "model") -> ChromaServerVectorStore:
    store = ChromaServerVectorStore(url, model)
    async with asyncio.timeout(30):
        while True:
            try:
                await store.warm()
            except VendorError:
                await asyncio.sleep(0.1)
            else:
                return store


@pytest.fixture
async def server_store(server_url: str) -> AsyncIterator[ChromaServerVectorStore]:
    store = await connected(server_url)
    for agent_id in ("agent_1", "agent_2"):
        await store.delete_agent(agent_id)
    yield store
    await store.close()
    await store.close()


async def test_it_stores_finds_and_deletes_like_the_embedded_one(server_store: ChromaServerVectorStore) -> None:
    await server_store.upsert("agent_1", ENTRIES)
    await server_store.upsert("agent_1", ENTRIES[:1])
    assert await server_store.count("agent_1") == 30
    found = await server_store.query("agent_1", VECTORS[3], top_k=2, deadline_seconds=5)
    assert found[0].chunk_id == "chunk_3"
    assert found[0].text == "text 3"
    assert found[0].vector_distance == pytest.approx(0, abs=1e-6)
    assert found[1].vector_distance == pytest.approx(1, abs=1e-6)
    await server_store.delete_document("agent_1", "doc_1")
    await server_store.delete_chunks("agent_1", ["chunk_0"])
    assert await server_store.chunk_ids("agent_1") == {f"chunk_{number}" for number in range(2, 30, 2)}


async def test_agents_see_only_their_own(server_store: ChromaServerVectorStore) -> None:
    await server_store.upsert("agent_1", ENTRIES[:1])
    await server_store.upsert("agent_2", ENTRIES[1:2])
    found = await server_store.query("agent_2", VECTORS[0], top_k=10, deadline_seconds=5)
    assert [snippet.chunk_id for snippet in found] == ["chunk_1"]
    assert await server_store.query("agent_3", VECTORS[0], top_k=10, deadline_seconds=5) == ()


async def test_vectors_of_another_model_are_never_compared(
    server_store: ChromaServerVectorStore, server_url: str
) -> None:
    await server_store.upsert("agent_1", ENTRIES[:1])
    other = await connected(server_url, "other")
    assert await other.count("agent_1") == 0
    await other.upsert("agent_1", ENTRIES[1:2])
    assert await other.chunk_ids("agent_1") == {"chunk_1"}
    await other.close()


async def test_a_server_that_never_answers_costs_a_query_its_deadline() -> None:
    done = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    listener = await asyncio.start_server(hold, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    store = ChromaServerVectorStore(f"http://127.0.0.1:{port}", "model")
    with pytest.raises(TimeoutError):
        await store.query("agent_1", VECTORS[0], top_k=1, deadline_seconds=0.2)
    await store.close()
    done.set()
    listener.close()
    await listener.wait_closed()


async def test_no_server_at_all_is_a_vendor_error() -> None:
    store = ChromaServerVectorStore(f"http://127.0.0.1:{free_port()}", "model")
    with pytest.raises(VendorError) as caught:
        await store.query("agent_1", VECTORS[0], top_k=1, deadline_seconds=10)
    assert caught.value.vendor == "chroma"
    await store.close()


@pytest.mark.parametrize("url", ["chroma:8000", "ftp://chroma", "http://"])
def test_what_is_no_url_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigurationError):
        ChromaServerVectorStore(url, "model")
