"""One contract, and every vector store held to it: Chroma embedded, a Chroma server, FAISS."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from config.errors import VendorError
from data.knowledge.chroma_server_store import ChromaServerVectorStore
from data.knowledge.chroma_store import ChromaVectorStore
from data.knowledge.embedder import Embeddings
from data.knowledge.faiss_store import FaissVectorStore
from data.knowledge.vector_store import VectorEntry, VectorStore

MODEL = "contract"
AGENTS = ("agent_one", "agent_two")


def entry(name: str, *coordinates: float, document_id: str = "doc_1", position: int = 0) -> VectorEntry:
    vector = np.array(coordinates, dtype=np.float32)
    unit: Embeddings = vector / np.linalg.norm(vector)
    return VectorEntry(name, document_id, f"Title {name}", f"text {name} “ü”\nline", position, unit)


EAST, NORTH, BETWEEN = entry("east", 1, 0, 0), entry("north", 0, 1, 0, document_id="doc_2"), entry("both", 1, 1, 0)


def make(kind: str, folder: Path, server_url: str, model: str = MODEL) -> VectorStore:
    if kind == "chroma":
        return ChromaVectorStore(folder / "chroma", model)
    if kind == "faiss":
        return FaissVectorStore(folder / "faiss", model)
    return ChromaServerVectorStore(server_url, model)


@pytest.fixture(params=["chroma", "chroma server", "faiss"])
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
async def store(kind: str, tmp_path: Path, server_url: str) -> AsyncIterator[VectorStore]:
    store = make(kind, tmp_path, server_url)
    async with asyncio.timeout(30):
        while True:
            try:
                await store.warm()
                break
            except VendorError:
                await asyncio.sleep(0.1)
    for agent in AGENTS:
        await store.delete_agent(agent)
    yield store
    await store.close()
    await store.close()


async def test_the_nearest_come_first_whole_and_with_their_distance(store: VectorStore) -> None:
    await store.upsert("agent_one", [NORTH, EAST, BETWEEN])
    found = await store.query("agent_one", EAST.embedding, top_k=2, deadline_seconds=10)
    assert [snippet.chunk_id for snippet in found] == ["east", "both"]
    assert (found[0].document_id, found[0].title, found[0].text) == ("doc_1", EAST.title, EAST.text)
    assert [snippet.vector_distance for snippet in found] == pytest.approx([0, 1 - 2**-0.5], abs=1e-4)
    assert len(await store.query("agent_one", EAST.embedding, top_k=10, deadline_seconds=10)) == 3


async def test_an_agent_sees_only_its_own_and_an_unknown_one_nothing(store: VectorStore) -> None:
    await store.upsert("agent_one", [EAST])
    await store.upsert("agent_two", [NORTH])
    for agent, chunk_id in (("agent_one", "east"), ("agent_two", "north")):
        found = await store.query(agent, EAST.embedding, top_k=10, deadline_seconds=10)
        assert [snippet.chunk_id for snippet in found] == [chunk_id]
    assert await store.query("agent_none", EAST.embedding, top_k=10, deadline_seconds=10) == ()
    assert await store.entries("agent_none") == ()
    assert await store.count("agent_none") == 0
    await store.delete_chunks("agent_none", ["east"])
    await store.delete_document("agent_none", "doc_1")
    await store.delete_agent("agent_none")


async def test_a_known_chunk_is_replaced_and_everything_can_be_read(store: VectorStore) -> None:
    await store.upsert("agent_one", [EAST, NORTH])
    await store.upsert("agent_one", [entry("east", 0, 0, 1, position=7)])
    entries = {read.chunk_id: read for read in await store.entries("agent_one")}
    assert set(entries) == {"east", "north"} == set(await store.chunk_ids("agent_one"))
    assert entries["east"].position == 7
    assert entries["east"].embedding == pytest.approx([0, 0, 1], abs=1e-6)
    assert await store.present("agent_one", ["north", "west"]) == {"north"}
    assert await store.present("agent_one", []) == frozenset()


async def test_what_is_deleted_is_gone(store: VectorStore) -> None:
    await store.upsert("agent_one", [EAST, NORTH, BETWEEN])
    await store.delete_document("agent_one", "doc_1")
    found = await store.query("agent_one", EAST.embedding, top_k=10, deadline_seconds=10)
    assert [snippet.chunk_id for snippet in found] == ["north"]
    await store.delete_chunks("agent_one", ["north", "unknown"])
    assert await store.count("agent_one") == 0
    assert await store.query("agent_one", EAST.embedding, top_k=10, deadline_seconds=10) == ()
    await store.upsert("agent_one", [EAST])
    await store.delete_agent("agent_one")
    assert await store.chunk_ids("agent_one") == frozenset()


async def test_it_is_there_after_a_restart_but_not_for_another_model(
    kind: str, store: VectorStore, tmp_path: Path, server_url: str
) -> None:
    await store.upsert("agent_one", [EAST, NORTH])
    await store.close()
    for model, count in ((MODEL, 2), ("another", 0)):
        again = make(kind, tmp_path, server_url, model)
        assert await again.count("agent_one") == count
        await again.close()


async def test_two_models_stand_side_by_side_until_one_is_dropped(
    kind: str, store: VectorStore, tmp_path: Path, server_url: str
) -> None:
    other = make(kind, tmp_path, server_url, "another")
    await store.upsert("agent_one", [EAST, NORTH])
    flat = VectorEntry("flat", "doc_1", "T", "flat", 0, np.array([1, 0], dtype=np.float32))
    await other.upsert("agent_one", [flat])
    await other.upsert("agent_two", [flat])
    assert (await store.count("agent_one"), await other.count("agent_one")) == (2, 1)
    await other.delete_other_models("agent_one")
    assert await other.count("agent_one") == 1
    await other.close()
    # After a restart: what a store has opened, it may go on using.
    for model, count in ((MODEL, 0), ("another", 1)):
        again = make(kind, tmp_path, server_url, model)
        assert await again.count("agent_one") == count
        await again.close()
    await store.upsert("agent_two", [EAST])
    await store.delete_agent("agent_two")
    other = make(kind, tmp_path, server_url, "another")
    assert await other.count("agent_two") == 0
    await other.delete_agent("agent_one")
    await other.close()


async def test_faiss_is_saved_whole_or_not_at_all(tmp_path: Path) -> None:
    store = FaissVectorStore(tmp_path, MODEL)
    await store.upsert("agent_one", [EAST])
    await store.close()
    (file,) = list(tmp_path.glob("*.npz"))  # noqa: ASYNC240 - a test may wait for a disk
    (tmp_path / "left.tmp").write_bytes(file.read_bytes()[:40])
    store = FaissVectorStore(tmp_path, MODEL)
    assert await store.chunk_ids("agent_one") == {"east"}
    await store.close()
    file.write_bytes(file.read_bytes()[:200])
    store = FaissVectorStore(tmp_path, MODEL)
    with pytest.raises(VendorError, match="damaged"):
        await store.count("agent_one")
    await store.close()
