"""Searches that begin before the caller has finished."""

import asyncio

import pytest

from data.knowledge.retriever import RetrievalResult
from processors.turn_retrieval import TurnRetrieval
from tests.processors.values import snippet

QUESTION = "how much does the premium plan cost"


class Documents:
    """A `SnippetSource` whose searches end when a test lets them."""

    def __init__(self, *, held: bool = False) -> None:
        self.queries: list[str] = []
        self.previous: list[str | None] = []
        self.running = 0
        self.most_running = 0
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.error: Exception | None = None
        self.timed_out = False
        if not held:
            self.may_end.set()

    async def find(self, question: str, previous: str | None) -> RetrievalResult:
        self.queries.append(question)
        self.previous.append(previous)
        self.running += 1
        self.begun.set()
        self.most_running = max(self.most_running, self.running)
        try:
            await self.may_end.wait()
        finally:
            self.running -= 1
        if self.error is not None:
            raise self.error
        if self.timed_out:
            return RetrievalResult((), 1.0, question, timed_out=True)
        return RetrievalResult((snippet(question),), 1.0, question, similarity=0.9, embedding_model="minilm")


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_an_early_search_that_covers_the_question_is_used() -> None:
    documents = Documents()
    retrieval = TurnRetrieval(documents)
    retrieval.hint(QUESTION)
    await settle()
    found = await retrieval.find("How much does the premium plan cost?")
    assert documents.queries == [QUESTION]
    assert found.snippets == (snippet(QUESTION),)
    assert found.record.query == QUESTION
    assert found.record.embedding_model == "minilm"
    assert found.record.chunks[0].vector_distance == 0.25
    assert (found.record.similarity, found.record.answerable) == (0.9, True)
    assert found.record.latency_ms < 50


@pytest.mark.parametrize(
    ("searched", "question"),
    [
        (
            "I wanted to ask you what you charge me for the",
            "I wanted to ask you what you charge me for the installation",
        ),
        ("how much does the basic plan cost", QUESTION),
        ("what are your", "what are your opening hours"),
    ],
)
async def test_a_search_without_a_word_that_matters_is_not_used(searched: str, question: str) -> None:
    documents = Documents()
    retrieval = TurnRetrieval(documents)
    retrieval.hint(searched)
    await settle()
    found = await retrieval.find(question)
    assert found.record.query == question


async def test_a_search_that_came_to_nothing_is_begun_again_once_a_turn() -> None:
    documents = Documents()
    documents.timed_out = True
    retrieval = TurnRetrieval(documents)
    retrieval.hint(QUESTION)
    await settle()
    assert (await retrieval.find(QUESTION, is_final=False)).record.timed_out
    assert documents.queries == [QUESTION] * 2
    assert (await retrieval.find(QUESTION)).record.timed_out
    assert documents.queries == [QUESTION] * 2, "once"
    documents.timed_out = False
    retrieval.hint(QUESTION)
    assert (await retrieval.find(QUESTION)).snippets == (snippet(QUESTION),)
    assert documents.queries == [QUESTION] * 3


async def test_a_search_that_failed_early_costs_no_documents() -> None:
    documents = Documents()
    documents.error = RuntimeError("a connection that was kept too long")
    retrieval = TurnRetrieval(documents)
    retrieval.hint(QUESTION)
    await settle()
    documents.error = None
    assert (await retrieval.find(QUESTION)).snippets == (snippet(QUESTION),)


async def test_a_missing_little_word_does_not_cost_another_search() -> None:
    documents = Documents()
    retrieval = TurnRetrieval(documents)
    retrieval.hint("how much does the premium plan cost me")
    await settle()
    await retrieval.find("so how much does the premium plan cost me")
    assert len(documents.queries) == 1


async def test_without_a_hint_the_question_is_searched() -> None:
    documents = Documents()
    found = await TurnRetrieval(documents).find(QUESTION)
    assert documents.queries == [QUESTION]
    assert found.snippets


async def test_a_turn_costs_two_searches_at_most() -> None:
    documents = Documents()
    retrieval = TurnRetrieval(documents)
    for text in ("how much", "how much does the", "how much does the premium", QUESTION):
        retrieval.hint(text)
        await settle()
    assert documents.queries == ["how much does the"]
    found = await retrieval.find(QUESTION)
    assert documents.queries == ["how much does the", QUESTION]
    assert found.record.query == QUESTION
    assert documents.most_running == 1
    retrieval.hint("what are your opening hours")
    await settle()
    assert documents.queries[-1] == "what are your opening hours", "the next turn has its own two"


async def test_a_question_is_searched_as_one_that_came_after_the_one_before() -> None:
    documents = Documents()
    retrieval = TurnRetrieval(documents)
    await retrieval.find(QUESTION)
    await retrieval.find("and the basic one")
    await retrieval.find("and the large one")
    assert documents.previous == [None, QUESTION, "and the basic one"]


async def test_after_an_interrupted_turn_an_early_search_begins_again() -> None:
    documents = Documents(held=True)
    retrieval = TurnRetrieval(documents)
    retrieval.hint("what are your opening hours")
    await settle()
    retrieval.cancel()
    retrieval.hint(QUESTION)  # before the loop has told anybody that the first one is cancelled
    await settle()
    documents.may_end.set()
    await settle()
    assert documents.queries[-1] == QUESTION


async def test_a_failing_or_slow_store_gives_an_answer_without_documents() -> None:
    documents = Documents()
    documents.error = ConnectionError()
    found = await TurnRetrieval(documents).find(QUESTION)
    assert (found.snippets, found.record.timed_out) == ((), True)
    documents.error, documents.timed_out = None, True
    found = await TurnRetrieval(documents).find(QUESTION)
    assert (found.snippets, found.record.timed_out) == ((), True)


async def test_what_was_found_for_most_of_the_question_beats_a_search_that_came_too_late() -> None:
    documents = Documents()
    retrieval = TurnRetrieval(documents)
    retrieval.hint("how much is the Heron")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    documents.timed_out = True
    found = await retrieval.find("how much is the Heron installation")
    assert [s.text for s in found.snippets] == [snippet("how much is the Heron").text]
    assert (await retrieval.find("another turn altogether")).snippets == ()


async def test_each_turn_searches_anew() -> None:
    documents = Documents()
    retrieval = TurnRetrieval(documents)
    await retrieval.find(QUESTION)
    await retrieval.find(QUESTION)
    assert len(documents.queries) == 2


async def test_after_an_interrupted_search_the_next_one_is_whole() -> None:
    documents = Documents(held=True)
    retrieval = TurnRetrieval(documents)
    finding = asyncio.create_task(retrieval.find(QUESTION))
    await settle()
    finding.cancel()
    await asyncio.gather(finding, return_exceptions=True)
    assert documents.running == 0
    documents.may_end.set()
    found = await retrieval.find(QUESTION)
    assert found.snippets


async def test_cancelling_leaves_no_search_behind() -> None:
    documents = Documents(held=True)
    retrieval = TurnRetrieval(documents)
    retrieval.hint(QUESTION)
    retrieval.hint(QUESTION + " a year")
    await settle()
    retrieval.cancel()
    await settle()
    assert documents.running == 0
    assert documents.queries == [QUESTION]


async def test_a_search_for_words_that_may_go_on_is_kept_for_when_they_have_not() -> None:
    documents = Documents()
    retrieval = TurnRetrieval(documents)
    early = await retrieval.find(QUESTION, is_final=False)
    found = await retrieval.find(f"{QUESTION}?")
    assert documents.queries == [QUESTION]
    assert found.snippets == early.snippets
    await retrieval.find(QUESTION)
    assert documents.queries == [QUESTION, QUESTION]
