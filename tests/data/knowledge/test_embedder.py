"""The embedder: right vectors, questions before documents, bounds, and a loop that stays free."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from config.errors import CapacityError, ConfigurationError
from data.knowledge import sentence_transformer_embedder
from data.knowledge.embedder import Embeddings
from data.knowledge.embedding_worker import QUERY_BATCH, EmbeddingWorker
from data.knowledge.query_cache import QueryCache
from data.knowledge.sentence_transformer_embedder import SentenceTransformerEmbedder
from data.knowledge.sentence_transformer_model import MINILM, canonical_name, locate_model


class SlowModel:
    """A model that waits for `go` before each batch and remembers what it was given."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.started = threading.Event()
        self.go = threading.Event()

    def load(self) -> "SlowModel":
        return self

    def __call__(self, texts: list[str]) -> Embeddings:
        self.batches.append(texts)
        self.started.set()
        assert self.go.wait(10)
        return np.array([[float(len(text))] for text in texts], dtype=np.float32)


@pytest.fixture
def model() -> Iterator[SlowModel]:
    model = SlowModel()
    yield model
    model.go.set()


async def test_vectors_have_length_one_and_near_meanings_are_near(
    embedder: SentenceTransformerEmbedder,
) -> None:
    vectors = await embedder.embed(["The battery costs 9,850 dollars.", "We are closed on Sundays.", "Hello."])
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    question = await embedder.embed_query("How much is the battery?")
    assert question.shape == (384,)
    assert int(np.argmax(vectors @ question)) == 0


async def test_alone_or_in_a_batch_a_text_has_the_same_vector(embedder: SentenceTransformerEmbedder) -> None:
    texts = [f"question number {number} about {'solar ' * number}" for number in range(12)]
    together = await asyncio.gather(*(embedder.embed_query(text) for text in texts))
    one_by_one = await embedder.embed(texts)
    assert (np.stack(together) * one_by_one).sum(axis=1).min() > 0.9999


async def test_nothing_to_embed(embedder: SentenceTransformerEmbedder) -> None:
    assert len(await embedder.embed([])) == 0


async def test_a_question_is_embedded_once_whatever_its_spaces(embedder: SentenceTransformerEmbedder) -> None:
    first = await embedder.embed_query("what are your  opening hours")
    second = await embedder.embed_query(" what are your opening hours ")
    assert np.shares_memory(first, second)
    with pytest.raises(ValueError, match="read-only"):
        second[0] = 0


async def test_questions_of_every_usual_length_are_tried_before_the_first_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: set[tuple[int, int]] = set()

    def encode(texts: list[str]) -> Embeddings:
        tried.add((len(texts), len(texts[0].split())))
        return np.ones((len(texts), 2), dtype=np.float32)

    monkeypatch.setattr(sentence_transformer_embedder, "load_model", lambda _model: encode)
    embedder = SentenceTransformerEmbedder(MINILM)
    await embedder.warm()
    await embedder.close()
    assert {(1, words) for words in range(3, 20)} < tried, "the first run of every length is slower"
    assert {(2, words) for words in range(3, 20)} < tried, "also where a follow-up is searched in two forms"


async def test_embedding_leaves_the_loop_free() -> None:
    embedder = SentenceTransformerEmbedder(MINILM)
    lateness: list[float] = []
    done = asyncio.Event()

    async def probe() -> None:
        while not done.is_set():
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            lateness.append(time.perf_counter() - before - 0.001)

    await embedder.warm()
    watching = asyncio.create_task(probe())
    await asyncio.gather(
        embedder.embed(["A long document. " * 30] * 20), *(embedder.embed_query(f"ask {n}") for n in range(25))
    )
    done.set()
    await watching
    await embedder.close()
    # A batch on the loop would hold it for 40 ms or more each time; the odd late one is the machine's.
    assert sorted(lateness)[int(len(lateness) * 0.95)] < 0.03


async def test_questions_go_before_documents_and_together(model: SlowModel) -> None:
    worker = EmbeddingWorker(model.load)
    first = worker.submit_query("first")
    await asyncio.to_thread(model.started.wait, 10)
    futures = [worker.submit_documents(["document", "document 2"])]
    futures += [worker.submit_query(f"question {number}") for number in range(QUERY_BATCH + 1)]
    model.go.set()
    await asyncio.gather(*(asyncio.wrap_future(future) for future in (first, *futures)))
    assert [len(batch) for batch in model.batches] == [1, QUERY_BATCH, 1, 2]
    assert model.batches[-1] == ["document", "document 2"]
    assert futures[1].result()[0, 0] == len("question 0")
    worker.close()


async def test_a_question_nobody_waits_for_is_never_embedded(model: SlowModel) -> None:
    worker = EmbeddingWorker(model.load)
    first = worker.submit_query("first")
    await asyncio.to_thread(model.started.wait, 10)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await asyncio.wrap_future(worker.submit_query("given up"))
    model.go.set()
    await asyncio.wrap_future(first)
    await asyncio.wrap_future(worker.submit_query("last"))
    assert model.batches == [["first"], ["last"]]
    worker.close()


async def test_too_many_questions_are_refused_and_the_waiting_ones_served(model: SlowModel) -> None:
    worker = EmbeddingWorker(model.load, max_waiting=2)
    running = worker.submit_query("running")
    await asyncio.to_thread(model.started.wait, 10)
    waiting = [worker.submit_query("waiting"), worker.submit_query("waiting too")]
    with pytest.raises(CapacityError):
        worker.submit_query("too many")
    model.go.set()
    await asyncio.gather(*(asyncio.wrap_future(future) for future in (running, *waiting)))
    worker.close()


async def test_closing_ends_what_waits_and_refuses_more(model: SlowModel) -> None:
    worker = EmbeddingWorker(model.load)
    running = worker.submit_query("running")
    await asyncio.to_thread(model.started.wait, 10)
    waiting = worker.submit_query("waiting")
    model.go.set()
    await asyncio.to_thread(worker.close)
    assert running.done()
    assert waiting.done()
    with pytest.raises(CapacityError):
        worker.submit_query("late")
    worker.close()


async def test_a_failing_model_fails_its_batch_and_not_the_next() -> None:
    def encode(texts: list[str]) -> Embeddings:
        if "bad" in texts:
            raise RuntimeError("no vector for that")
        return np.ones((len(texts), 2), dtype=np.float32)

    worker = EmbeddingWorker(lambda: encode)
    with pytest.raises(RuntimeError, match="no vector"):
        await asyncio.wrap_future(worker.submit_query("bad"))
    assert (await asyncio.wrap_future(worker.submit_query("good"))).shape == (1, 2)
    worker.close()


async def test_a_directory_without_a_model_is_named_as_a_setting(tmp_path: Path) -> None:
    embedder = SentenceTransformerEmbedder(str(tmp_path))
    with pytest.raises(ConfigurationError, match="EMBED_MODEL"):
        await embedder.warm()
    await embedder.close()


def test_minilm_is_found_in_its_package_under_both_names() -> None:
    assert canonical_name("all-MiniLM-L6-v2") == MINILM
    assert (Path(locate_model(MINILM)) / "model.safetensors").is_file()
    assert locate_model("all-MiniLM-L6-v2") == locate_model(MINILM)
    assert locate_model("someone/else") == "someone/else"


def test_the_cache_forgets_what_was_unused_for_longest() -> None:
    cache = QueryCache(2)
    cache.put("a", np.zeros(1, dtype=np.float32))
    cache.put("b", np.zeros(1, dtype=np.float32))
    assert cache.get("a") is not None
    cache.put("c", np.zeros(1, dtype=np.float32))
    assert len(cache) == 2
    assert cache.get("b") is None
    assert cache.get("a") is not None
