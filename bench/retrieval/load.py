"""How long a question takes among many chunks, and that two agents never share an answer."""

import asyncio
import itertools
import random
import time
from collections.abc import Sequence

from bench.retrieval.house import store_chunks
from bench.retrieval.laboratory import Passage
from bench.retrieval.question_set import Business
from bench.retrieval.retrieval_report import IsolationRow, LatencyOfRetrieval, RetrievalBenchOptions
from bench.statistics import Spread, nearest_rank
from data.knowledge.factory import Knowledge
from data.knowledge.retriever import RetrievalOptions

_PROBE_SECONDS = 0.005
_EVERYTHING = RetrievalOptions(min_similarity=0.0)
_PATIENCE_SECONDS = 30.0


async def fill(knowledge: Knowledge, agent_id: str, chunks: Sequence[Passage], count: int, seed: int) -> None:
    """Give an agent `count` chunks: the given ones over and over, each with words of its own."""
    choice = random.Random(seed)
    words = sorted({word for chunk in chunks for word in chunk.text.split()})
    many = [
        Passage(chunk.title, f"{chunk.text}\nRemark {number}: {' '.join(choice.choices(words, k=12))}.")
        for number, chunk in zip(range(count), itertools.cycle(chunks), strict=False)
    ]
    await store_chunks(knowledge, agent_id, many)
    await knowledge.retriever.retrieve(agent_id, "Is everything ready?", deadline_seconds=_PATIENCE_SECONDS)


async def measure_latency(
    knowledge: Knowledge, agent_id: str, questions: Sequence[str], callers: int, options: RetrievalBenchOptions
) -> LatencyOfRetrieval:
    """Ask; one caller without a pause, several each at their own pace."""
    times: list[float] = []
    late: list[float] = []
    timed_out = 0
    done = asyncio.Event()
    asked = iter([f"{question} {number}" for number, question in enumerate(questions)])

    async def caller(number: int) -> None:
        nonlocal timed_out
        pace = random.Random(number)
        for question in asked:
            if callers > 1:
                await asyncio.sleep(pace.expovariate(1 / options.pause_seconds))
            result = await knowledge.retriever.retrieve(agent_id, question, _EVERYTHING)
            times.append(result.latency_ms)
            timed_out += result.timed_out

    async def probe() -> None:
        while not done.is_set():
            before = time.perf_counter()
            await asyncio.sleep(_PROBE_SECONDS)
            late.append((time.perf_counter() - before - _PROBE_SECONDS) * 1000)

    watching = asyncio.create_task(probe())
    cpu = time.process_time()
    await asyncio.gather(*(caller(number) for number in range(callers)))
    cpu = time.process_time() - cpu
    done.set()
    await watching
    spread = Spread.of(times)
    assert spread is not None
    return LatencyOfRetrieval(
        callers=callers,
        chunks=options.chunks,
        milliseconds=spread,
        timed_out=timed_out,
        cpu_ms_per_query=round(cpu * 1000 / len(times), 1),
        loop_late_p99_ms=round(nearest_rank(sorted(late), 99), 1),
    )


async def measure_isolation(
    knowledge: Knowledge, businesses: tuple[Business, Business], chunks: Sequence[Sequence[Passage]], queries: int
) -> IsolationRow:
    """Ask two agents random questions about both, and count what came from the other one."""
    choice = random.Random(11)
    agents = [f"isolation_{business.key}" for business in businesses]
    for agent_id, own in zip(agents, chunks, strict=True):
        await store_chunks(knowledge, agent_id, own)
    asked = [question.text for business in businesses for question in business.questions]
    words = sorted({word for own in chunks for chunk in own for word in chunk.text.split()})
    answered = foreign = 0
    for number in range(queries):
        agent_id = choice.choice(agents)
        text = choice.choice(asked) if number % 2 else " ".join(choice.choices(words, k=choice.randint(1, 8)))
        result = await knowledge.retriever.retrieve(
            agent_id, text, _EVERYTHING, previous=choice.choice(asked), deadline_seconds=_PATIENCE_SECONDS
        )
        answered += bool(result.snippets)
        foreign += any(snippet.document_id != agent_id for snippet in result.snippets)
    return IsolationRow(queries=queries, answered=answered, foreign=foreign)
