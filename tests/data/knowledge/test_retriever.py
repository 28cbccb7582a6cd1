"""Retrieval on the sample documents, its deadline, its failures, and many callers at once."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from config.errors import VendorError
from data.knowledge.chroma_store import ChromaVectorStore
from data.knowledge.chunking import chunk_text
from data.knowledge.documents import load_documents
from data.knowledge.embedder import Embeddings
from data.knowledge.retriever import Retriever
from data.knowledge.sentence_transformer_embedder import SentenceTransformerEmbedder
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorEntry

SAMPLES = Path(__file__).parents[3] / "data" / "samples"

QUESTIONS = [
    ("how much does the home battery cost", "9,850"),
    ("what is the price of the Heron plan", "20,400"),
    ("how many panels are in the osprey", "26 panels"),
    ("are you open on Sundays", "closed on Sundays"),
    ("do you install in Eugene", "Eugene"),
    ("do you work in Clark county Washington", "Clark"),
    ("how long is the warranty on the panels", "25 years"),
    ("what happens if I cancel the contract after two weeks", "450 dollars"),
    ("how long does it all take from start to finish", "9 weeks"),
    ("what interest rate is the loan", "5.4 percent"),
    ("do you offer a lease", "do not offer a lease"),
    ("can you install on a slate roof", "slate"),
    ("will my house have power in a blackout", "2 seconds"),
    ("how often should I clean the panels", "August"),
    ("is there a discount for nurses", "600 dollars"),
    ("how much is the electric car charger", "1,350"),
    ("what credit score do I need", "650"),
    ("how much is the state rebate in Oregon", "1,800"),
    ("does the warranty cover hail", "2 inches"),
    ("what does the monthly maintenance plan cost", "19 dollars"),
    ("where is your showroom", "Larch"),
    ("how long does a home visit take", "45 minutes"),
    ("what's the name of the app", "Skylight"),
    ("can I sell power back to the grid", "net metering"),
    ("what if I sell my house does the warranty transfer", "new owner"),
    ("do you share my data", "never sell"),
]


class FixedEmbedder:
    """Gives every question the same vector, after a while."""

    model_name = "fixed"

    def __init__(self, delay_seconds: float = 0) -> None:
        self._delay_seconds = delay_seconds

    async def warm(self) -> None:
        return

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        return np.ones((len(texts), 1), dtype=np.float32)

    async def embed_query(self, text: str) -> Embeddings:
        await asyncio.sleep(self._delay_seconds)
        return np.ones(1, dtype=np.float32)

    async def close(self) -> None:
        return


class FixedStore(ChromaVectorStore):
    """Answers every query with the same snippets, or fails."""

    def __init__(self, found: tuple[Snippet, ...], failure: Exception | None = None) -> None:
        self._found = found
        self._failure = failure
        self.deadlines: list[float] = []

    async def query(
        self, agent_id: str, embedding: Embeddings, *, top_k: int, deadline_seconds: float
    ) -> tuple[Snippet, ...]:
        self.deadlines.append(deadline_seconds)
        if self._failure:
            raise self._failure
        return self._found[:top_k]


def snippet(text: str, distance: float) -> Snippet:
    return Snippet("doc_1", f"chunk_{text}_{distance}", "Title", text, distance)


async def fill(
    agent_id: str, folder: Path, embedder: SentenceTransformerEmbedder, store: ChromaVectorStore
) -> None:
    for document in load_documents(folder).documents:
        chunks = chunk_text(document.name, document.text)
        vectors = await embedder.embed([chunk.text for chunk in chunks])
        await store.upsert(
            agent_id,
            [
                VectorEntry(
                    f"{document.filename}:{chunk.position}",
                    document.filename or "",
                    " > ".join(chunk.title_path),
                    chunk.text,
                    chunk.position,
                    vector,
                )
                for chunk, vector in zip(chunks, vectors, strict=True)
            ],
        )


async def test_the_sample_documents_answer_their_questions(
    embedder: SentenceTransformerEmbedder, store: ChromaVectorStore
) -> None:
    await fill("agent_1", SAMPLES, embedder, store)
    retriever = Retriever(embedder, store)
    missed = []
    for question, fact in QUESTIONS:
        result = await retriever.retrieve("agent_1", question, top_k=3, max_distance=0.85, deadline_seconds=5)
        assert len(result.snippets) <= 3
        distances = [found.vector_distance for found in result.snippets]
        assert distances == sorted(distances)
        if not any(fact in found.text for found in result.snippets):
            missed.append(question)
    assert not missed


async def test_what_is_far_from_every_document_gives_nothing(
    embedder: SentenceTransformerEmbedder, store: ChromaVectorStore
) -> None:
    await fill("agent_1", SAMPLES, embedder, store)
    for question in ("who won the football game last night", "what's the weather tomorrow", "yes please"):
        result = await Retriever(embedder, store).retrieve(
            "agent_1", question, top_k=3, max_distance=0.85, deadline_seconds=5
        )
        assert result.snippets == ()
        assert not result.timed_out


async def test_two_agents_never_share_an_answer(
    embedder: SentenceTransformerEmbedder, store: ChromaVectorStore, tmp_path: Path
) -> None:
    for agent, price in (("agent_1", "111"), ("agent_2", "222")):
        (tmp_path / agent).mkdir()
        (tmp_path / agent / "prices.md").write_text(f"# Prices\n\nThe battery costs {price} dollars.")
        await fill(agent, tmp_path / agent, embedder, store)
    retriever = Retriever(embedder, store)
    for agent, price in (("agent_1", "111"), ("agent_2", "222")):
        result = await retriever.retrieve(
            agent, "what does the battery cost", top_k=10, max_distance=2, deadline_seconds=5
        )
        assert [found.text for found in result.snippets] == [f"Prices\nThe battery costs {price} dollars."]
    result = await retriever.retrieve("agent_3", "what does the battery cost", top_k=10, max_distance=2)
    assert result.snippets == ()


async def test_25_callers_at_once_are_answered_and_the_loop_stays_free(
    embedder: SentenceTransformerEmbedder, store: ChromaVectorStore
) -> None:
    await fill("agent_1", SAMPLES, embedder, store)
    retriever = Retriever(embedder, store)
    await embedder.warm()
    lateness: list[float] = []
    done = asyncio.Event()

    async def probe() -> None:
        while not done.is_set():
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            lateness.append(time.perf_counter() - before - 0.005)

    watching = asyncio.create_task(probe())
    results = await asyncio.gather(
        *(
            retriever.retrieve("agent_1", f"{question} at once", top_k=3, max_distance=0.85, deadline_seconds=5)
            for question, _ in QUESTIONS[:25]
        )
    )
    done.set()
    await watching
    assert sum(bool(result.snippets) for result in results) >= 23
    assert sorted(lateness)[int(len(lateness) * 0.9)] < 0.03


async def test_a_slow_embedder_gives_no_context_in_time() -> None:
    retriever = Retriever(FixedEmbedder(delay_seconds=5), FixedStore((snippet("a", 0.1),)))
    result = await retriever.retrieve("agent_1", "question", top_k=3, max_distance=1, deadline_seconds=0.02)
    assert result.timed_out
    assert result.snippets == ()
    assert 15 <= result.latency_ms < 500


async def test_the_store_gets_what_is_left_of_the_deadline() -> None:
    store = FixedStore((), TimeoutError())
    result = await Retriever(FixedEmbedder(delay_seconds=0.02), store).retrieve(
        "agent_1", "question", top_k=3, max_distance=1, deadline_seconds=1
    )
    assert result.timed_out
    assert 0.5 < store.deadlines[0] < 0.981


async def test_a_broken_store_gives_no_context_and_says_why() -> None:
    store = FixedStore((), VendorError("chroma", "down"))
    result = await Retriever(FixedEmbedder(), store).retrieve("agent_1", "question", top_k=3, max_distance=1)
    assert (result.snippets, result.timed_out, result.failure) == ((), False, "vendor_error")


async def test_duplicates_do_not_take_the_places_of_others() -> None:
    found = (
        snippet("We are open.", 0.1),
        snippet("we are  open", 0.1),
        snippet("Closed on Sunday.", 0.2),
        snippet("Far.", 0.9),
    )
    result = await Retriever(FixedEmbedder(), FixedStore(found)).retrieve(
        "agent_1", "question", top_k=2, max_distance=0.5
    )
    assert [chosen.text for chosen in result.snippets] == ["We are open.", "Closed on Sunday."]


@pytest.mark.parametrize("question", ["", "  \n"])
async def test_silence_is_not_looked_up(question: str) -> None:
    store = FixedStore((snippet("a", 0.1),))
    result = await Retriever(FixedEmbedder(), store).retrieve("agent_1", question, top_k=3, max_distance=1)
    assert result.snippets == ()
    assert store.deadlines == []
