"""Retrieval on the sample documents, its deadline, its failures, and many callers at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from config.errors import VendorError
from data.knowledge.chroma_store import ChromaVectorStore
from data.knowledge.chunking import chunk_text
from data.knowledge.documents import load_documents
from data.knowledge.embedder import Embedder, Embeddings
from data.knowledge.factory import Knowledge, assemble_knowledge
from data.knowledge.retriever import DEADLINE_SECONDS, STORE_SHARE, KnowledgeSearch, RetrievalOptions
from data.knowledge.sentence_transformer_embedder import SentenceTransformerEmbedder
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorEntry, VectorStore

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

    async def embed_queries(self, texts: Sequence[str]) -> tuple[Embeddings, ...]:
        return tuple([await self.embed_query(text) for text in texts])

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

    async def entries(self, agent_id: str) -> tuple[VectorEntry, ...]:
        return ()


class HangingStore(FixedStore):
    """Finds, but never says what is present."""

    asked = 0
    left = 0

    async def present(self, agent_id: str, chunk_ids: Sequence[str]) -> frozenset[str]:
        self.asked += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.left += 1
        return frozenset(chunk_ids)


def snippet(text: str, distance: float) -> Snippet:
    return Snippet("doc_1", f"chunk_{text}_{distance}", "Title", text, distance)


EVERYTHING = RetrievalOptions(min_similarity=0, top_k=10)


@pytest.fixture
async def knowledge(embedder: SentenceTransformerEmbedder, store: ChromaVectorStore) -> AsyncIterator[Knowledge]:
    """The real thing; the embedder stays open for other tests."""
    knowledge = assemble_knowledge(embedder, store)
    yield knowledge
    await knowledge.retriever.close()
    await knowledge.store.close()


def retriever_of(embedder: Embedder, store: VectorStore) -> KnowledgeSearch:
    """Of a store that is asked every time."""
    return assemble_knowledge(embedder, store, is_shared=True).retriever


async def fill(knowledge: Knowledge, agent_id: str, folder: Path) -> None:
    for document in load_documents(folder).documents:
        chunks = chunk_text(document.name, document.text)
        vectors = await knowledge.embedder.embed([chunk.text for chunk in chunks])
        await knowledge.store.upsert(
            agent_id,
            [
                VectorEntry(
                    f"{agent_id}:{document.filename}:{chunk.position}",
                    document.filename or "",
                    " > ".join(chunk.title_path),
                    chunk.text,
                    chunk.position,
                    vector,
                )
                for chunk, vector in zip(chunks, vectors, strict=True)
            ],
        )


async def test_the_sample_documents_answer_their_questions_with_default_settings(knowledge: Knowledge) -> None:
    await fill(knowledge, "agent_1", SAMPLES)
    missed = []
    for question, fact in QUESTIONS:
        result = await knowledge.retriever.retrieve("agent_1", question, deadline_seconds=5)
        assert len(result.snippets) <= 3
        similarities = [found.similarity for found in result.snippets]
        assert similarities == sorted(similarities, reverse=True)
        assert result.answerable == bool(result.snippets)
        if not any(fact in found.text for found in result.snippets):
            missed.append(question)
    assert len(missed) <= 1, missed


async def test_what_no_document_speaks_of_gives_nothing_but_its_likelihood(knowledge: Knowledge) -> None:
    await fill(knowledge, "agent_1", SAMPLES)
    for question in ("who won the football game last night", "can you recommend a restaurant"):
        result = await knowledge.retriever.retrieve("agent_1", question, deadline_seconds=5)
        assert result.snippets == ()
        assert not result.answerable
        assert 0 < result.similarity < 0.7
        assert not result.timed_out


async def test_a_follow_up_is_searched_with_what_came_before(knowledge: Knowledge) -> None:
    await fill(knowledge, "agent_1", SAMPLES)
    before = "How much is the home battery?"
    result = await knowledge.retriever.retrieve(
        "agent_1", "And how long does it take to put in?", EVERYTHING, previous=before, deadline_seconds=5
    )
    assert result.query == f"{before} And how long does it take to put in?"
    alone = await knowledge.retriever.retrieve(
        "agent_1", "Are you open on Sundays?", EVERYTHING, previous=before, deadline_seconds=5
    )
    assert alone.query == "Are you open on Sundays?"


async def test_a_matter_of_its_own_after_and_is_not_searched_with_what_came_before(knowledge: Knowledge) -> None:
    """The lesson: with each "and" the search grew by one more question, and found what the first had asked for."""
    await fill(knowledge, "agent_1", SAMPLES)
    previous = "Tell me everything about the warranty on the inverter."
    for question in ("And how much is the home battery?", "And are you open on Saturdays?"):
        result = await knowledge.retriever.retrieve(
            "agent_1", question, EVERYTHING, previous=previous, deadline_seconds=5
        )
        assert result.query == question
        previous = result.query


async def test_two_agents_never_share_an_answer(knowledge: Knowledge, tmp_path: Path) -> None:
    for agent, price in (("agent_1", "111"), ("agent_2", "222")):
        (tmp_path / agent).mkdir()
        (tmp_path / agent / "prices.md").write_text(f"# Prices\n\nThe battery costs {price} dollars.")
        await fill(knowledge, agent, tmp_path / agent)
    for agent, price in (("agent_1", "111"), ("agent_2", "222")):
        result = await knowledge.retriever.retrieve(
            agent, "what does the battery cost", EVERYTHING, deadline_seconds=5
        )
        assert [found.text for found in result.snippets] == [f"Prices\nThe battery costs {price} dollars."]
    result = await knowledge.retriever.retrieve("agent_3", "what does the battery cost", EVERYTHING)
    assert result.snippets == ()


async def test_what_was_deleted_is_gone_from_the_next_question(knowledge: Knowledge, tmp_path: Path) -> None:
    (tmp_path / "prices.md").write_text("# Prices\n\nThe battery costs 111 dollars.")
    (tmp_path / "roofs.md").write_text("# Roofs\n\nWe install on metal roofs.")
    await fill(knowledge, "agent_1", tmp_path)
    question = "what does the battery cost"
    result = await knowledge.retriever.retrieve("agent_1", question, EVERYTHING, deadline_seconds=5)
    assert len(result.snippets) == 2
    await knowledge.store.delete_document("agent_1", "prices.md")
    result = await knowledge.retriever.retrieve("agent_1", question, EVERYTHING, deadline_seconds=5)
    assert [found.document_id for found in result.snippets] == ["roofs.md"]


async def test_25_callers_at_once_are_answered_and_the_loop_stays_free(knowledge: Knowledge) -> None:
    await fill(knowledge, "agent_1", SAMPLES)
    await knowledge.retriever.retrieve("agent_1", "warm", deadline_seconds=5)
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
            knowledge.retriever.retrieve("agent_1", f"{question} at once", EVERYTHING, deadline_seconds=5)
            for question, _ in QUESTIONS[:25]
        )
    )
    done.set()
    await watching
    assert all(result.snippets for result in results)
    assert sorted(lateness)[int(len(lateness) * 0.9)] < 0.03


async def test_a_slow_embedder_gives_no_context_in_time() -> None:
    retriever = retriever_of(FixedEmbedder(delay_seconds=5), FixedStore((snippet("a", 0.1),)))
    result = await retriever.retrieve("agent_1", "question", EVERYTHING, deadline_seconds=0.02)
    assert result.timed_out
    assert result.snippets == ()
    assert 15 <= result.latency_ms < 500


async def test_the_store_gets_150_ms_of_a_calls_400_and_no_more_than_is_left() -> None:
    assert pytest.approx(0.15) == DEADLINE_SECONDS * STORE_SHARE
    store = FixedStore((), TimeoutError())
    result = await retriever_of(FixedEmbedder(), store).retrieve("agent_1", "question", deadline_seconds=10)
    assert result.timed_out
    assert store.deadlines == [10 * STORE_SHARE]
    late = FixedStore((), TimeoutError())
    await retriever_of(FixedEmbedder(delay_seconds=1.8), late).retrieve("agent_1", "question", deadline_seconds=2)
    assert all(seconds < 0.21 for seconds in late.deadlines)


async def test_what_one_reading_found_is_not_given_up_for_another_that_comes_too_late() -> None:
    class SlowSecond(FixedStore):
        async def query(
            self, agent_id: str, embedding: Embeddings, *, top_k: int, deadline_seconds: float
        ) -> tuple[Snippet, ...]:
            if self.deadlines:
                self._failure = TimeoutError()
            return await super().query(agent_id, embedding, top_k=top_k, deadline_seconds=deadline_seconds)

    store = SlowSecond((snippet("We are open on Sunday.", 0.9),))
    result = await retriever_of(FixedEmbedder(), store).retrieve(
        "agent_1",
        "And how much is delivery?",
        EVERYTHING,
        previous="What does the sofa cost?",
        deadline_seconds=10,
    )
    assert len(store.deadlines) == 2, "it is read in two ways"
    assert not result.timed_out
    assert [found.text for found in result.snippets] == ["We are open on Sunday."]


async def test_a_broken_store_gives_no_context_and_says_why() -> None:
    store = FixedStore((), VendorError("chroma", "down"))
    result = await retriever_of(FixedEmbedder(), store).retrieve("agent_1", "question")
    assert (result.snippets, result.timed_out, result.failure) == ((), False, "vendor_error")


async def test_a_store_that_hangs_over_what_is_present_gives_no_context_in_time() -> None:
    store = HangingStore((snippet("a", 0.1),))
    result = await retriever_of(FixedEmbedder(), store).retrieve(
        "agent_1", "question", EVERYTHING, deadline_seconds=0.02
    )
    assert result.timed_out
    assert result.snippets == ()
    assert result.latency_ms < 500
    assert store.asked == store.left == 1, "nobody waits for it any more"


async def test_without_an_index_the_store_alone_answers() -> None:
    found = (snippet("We are open until nine.", 0.2), snippet("Closed on Sunday.", 0.4))
    result = await retriever_of(FixedEmbedder(), FixedStore(found)).retrieve("agent_1", "question", EVERYTHING)
    assert [chosen.chunk_id for chosen in result.snippets] == [chunk.chunk_id for chunk in found]
    assert [chosen.vector_distance for chosen in result.snippets] == pytest.approx([0.2, 0.4], abs=1e-3)
    nearer = RetrievalOptions(min_similarity=0, max_distance=0.3)
    result = await retriever_of(FixedEmbedder(), FixedStore(found)).retrieve("agent_1", "question", nearer)
    assert len(result.snippets) == 1


@pytest.mark.parametrize("question", ["", "  \n", "Um, yes please."])
async def test_silence_and_assent_are_not_looked_up(question: str) -> None:
    store = FixedStore((snippet("a", 0.1),))
    result = await retriever_of(FixedEmbedder(), store).retrieve("agent_1", question, EVERYTHING)
    assert result.snippets == ()
    assert store.deadlines == []
