"""The embedded vector store, with real Chroma."""

import asyncio
import threading
from pathlib import Path

import numpy as np
import pytest

from config.errors import CapacityError, VendorError
from data.knowledge.bounded_executor import BoundedExecutor
from data.knowledge.chroma_store import ChromaVectorStore
from data.knowledge.embedder import Embeddings
from data.knowledge.sentence_transformer_model import MINILM
from data.knowledge.vector_store import VectorEntry


def unit(*coordinates: float) -> Embeddings:
    vector = np.array(coordinates, dtype=np.float32)
    normalised: Embeddings = vector / np.linalg.norm(vector)
    return normalised


def entry(name: str, embedding: Embeddings, document_id: str = "doc_1") -> VectorEntry:
    return VectorEntry(f"chunk_{name}", document_id, "Title", f"text {name}", 0, embedding)


EAST, NORTH, BETWEEN = unit(1, 0, 0), unit(0, 1, 0), unit(1, 1, 0)


async def test_the_nearest_come_first_with_their_cosine_distance(store: ChromaVectorStore) -> None:
    await store.upsert("agent_1", [entry("east", EAST), entry("north", NORTH), entry("between", BETWEEN)])
    found = await store.query("agent_1", EAST, top_k=2, deadline_seconds=5)
    assert [snippet.chunk_id for snippet in found] == ["chunk_east", "chunk_between"]
    assert found[0].vector_distance == pytest.approx(0, abs=1e-6)
    assert found[1].vector_distance == pytest.approx(1 - 2**-0.5, abs=1e-4)
    assert (found[0].document_id, found[0].title, found[0].text) == ("doc_1", "Title", "text east")


async def test_an_unknown_agent_has_nothing(store: ChromaVectorStore) -> None:
    assert await store.query("agent_none", EAST, top_k=3, deadline_seconds=5) == ()
    assert await store.count("agent_none") == 0
    assert await store.chunk_ids("agent_none") == frozenset()
    await store.delete_document("agent_none", "doc_1")
    await store.delete_agent("agent_none")


async def test_agents_see_only_their_own(store: ChromaVectorStore) -> None:
    await store.upsert("agent_1", [entry("one", EAST)])
    await store.upsert("agent_2", [entry("two", EAST)])
    for agent_id, chunk_id in (("agent_1", "chunk_one"), ("agent_2", "chunk_two")):
        found = await store.query(agent_id, EAST, top_k=10, deadline_seconds=5)
        assert [snippet.chunk_id for snippet in found] == [chunk_id]


async def test_the_same_chunk_twice_is_one(store: ChromaVectorStore) -> None:
    await store.upsert("agent_1", [entry("a", EAST)])
    await store.upsert("agent_1", [entry("a", NORTH)])
    assert await store.count("agent_1") == 1
    (found,) = await store.query("agent_1", NORTH, top_k=3, deadline_seconds=5)
    assert found.vector_distance == pytest.approx(0, abs=1e-6)


async def test_more_than_one_batch_is_written_and_deleted(store: ChromaVectorStore) -> None:
    many = [entry(str(number), unit(number + 1, 1, 0), f"doc_{number % 2}") for number in range(50)]
    await store.upsert("agent_1", many)
    assert await store.chunk_ids("agent_1") == {f"chunk_{number}" for number in range(50)}
    await store.delete_document("agent_1", "doc_0")
    assert await store.count("agent_1") == 25
    found = await store.query("agent_1", EAST, top_k=50, deadline_seconds=5)
    assert {snippet.document_id for snippet in found} == {"doc_1"}
    await store.delete_chunks("agent_1", ["chunk_1", "chunk_unknown"])
    assert await store.count("agent_1") == 24
    await store.delete_agent("agent_1")
    assert await store.count("agent_1") == 0


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    for _ in range(2):
        store = ChromaVectorStore(tmp_path, MINILM)
        await store.upsert("agent_1", [entry("a", EAST)])
        await store.close()
        await store.close()
    store = ChromaVectorStore(tmp_path, MINILM)
    assert await store.chunk_ids("agent_1") == {"chunk_a"}
    await store.close()


async def test_vectors_of_another_model_are_never_compared(tmp_path: Path) -> None:
    old = ChromaVectorStore(tmp_path, "old-model")
    await old.upsert("agent_1", [entry("old", unit(1, 0))])
    await old.close()
    new = ChromaVectorStore(tmp_path, "new-model")
    assert await new.query("agent_1", EAST, top_k=3, deadline_seconds=5) == ()
    assert await new.count("agent_1") == 0
    await new.upsert("agent_1", [entry("new", EAST)])
    assert await new.chunk_ids("agent_1") == {"chunk_new"}
    await new.close()


async def test_a_query_that_waits_too_long_gives_up(
    store: ChromaVectorStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.upsert("agent_1", [entry("a", EAST)])
    stalled, go_on = threading.Event(), threading.Event()

    def stall() -> None:
        stalled.set()
        go_on.wait(10)

    writing = asyncio.create_task(store._executor.run(stall))
    await asyncio.to_thread(stalled.wait, 10)
    with pytest.raises(TimeoutError):
        await store.query("agent_1", EAST, top_k=1, deadline_seconds=0.02)
    go_on.set()
    await writing
    assert len(await store.query("agent_1", EAST, top_k=1, deadline_seconds=5)) == 1


async def test_a_broken_store_is_a_vendor_error(store: ChromaVectorStore) -> None:
    await store.upsert("agent_1", [entry("a", EAST)])
    with pytest.raises(VendorError) as caught:
        await store.query("agent_1", unit(1, 0), top_k=1, deadline_seconds=5)
    assert caught.value.vendor == "chroma"


async def test_a_directory_that_cannot_be_made_is_a_vendor_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = ChromaVectorStore(tmp_path / "file", MINILM)
    with pytest.raises(VendorError):
        await store.warm()
    await store.close()


async def test_the_executor_refuses_what_it_cannot_hold() -> None:
    executor = BoundedExecutor("test", max_waiting=2)
    go_on = threading.Event()
    running = [asyncio.create_task(executor.run(lambda: go_on.wait(10))) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(CapacityError):
        await executor.run(lambda: None)
    go_on.set()
    assert await asyncio.gather(*running) == [True, True]
    assert await executor.run(lambda: 7) == 7
    await executor.close()
    with pytest.raises(CapacityError):
        await executor.run(lambda: None)
