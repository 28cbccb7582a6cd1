"""What a measurement of retrieval consists of, as it is stored and read again."""

from pydantic import BaseModel, ConfigDict

from bench.machine import Machine
from bench.statistics import Spread


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RetrievalBenchOptions(_Frozen):
    """How to measure.

    Attributes:
        chunks: In each agent of the latency and isolation measurements.
        queries: For each row of the latency table.
        callers: At once, in the second row.
        pause_seconds: Mean time between two questions of one caller.
        isolation_queries: Random questions to two agents.
        pages: Ingested, of 3,000 characters.
        model_admits: Assumed share of unanswerable questions, beside quoted documents, to which the language model
            says of its own accord that it does not know.
        model_denies: Assumed share of answerable ones to which it says so although the answer is quoted.
    """

    chunks: int = 10_000
    queries: int = 300
    callers: int = 25
    pause_seconds: float = 5.0
    isolation_queries: int = 1000
    pages: int = 500
    model_admits: float = 0.5
    model_denies: float = 0.02


class QuestionCounts(_Frozen):
    """Questions of one part."""

    businesses: tuple[str, ...]
    answerable: dict[str, int]
    unanswerable: dict[str, int]


class MethodRow(_Frozen):
    """One way to retrieve, on the test part.

    Attributes:
        hit_at_3_by_kind: By kind of question.
        separation: Area under the curve of answerable against unanswerable questions.
        rejected: Share of unanswerable questions rejected where the shares `LOST_SHARES` of answerable ones are
            lost.
    """

    name: str
    hit_at_1: float
    hit_at_3: float
    reciprocal_rank: float
    hit_at_3_by_kind: dict[str, float]
    separation: float
    rejected: tuple[float, ...]


class DefaultRow(_Frozen):
    """What an agent with default settings gives its model, on the test part, through the retriever itself.

    Attributes:
        hit_at_3: Answerable questions with the answer among the quoted chunks.
        lost: Share of answerable questions with nothing quoted.
        rejected: Share of unanswerable questions with nothing quoted.
        lost_with_model, rejected_with_model: With the model's own "I don't know" counted, as assumed in the
            options.
    """

    hit_at_3: float
    reciprocal_rank: float
    lost: float
    rejected: float
    lost_with_model: float
    rejected_with_model: float


class LatencyOfRetrieval(_Frozen):
    """Queries of some callers to one agent with many chunks."""

    callers: int
    chunks: int
    milliseconds: Spread
    timed_out: int
    cpu_ms_per_query: float
    loop_late_p99_ms: float


class IsolationRow(_Frozen):
    """Random questions to two agents in one store."""

    queries: int
    answered: int
    foreign: int


class IngestionRow(_Frozen):
    """Documents becoming answers; `memory_mib` is how much the process has grown by it."""

    pages: int
    chunks: int
    seconds: float
    cpu_seconds: float
    memory_mib: float


class RetrievalReport(_Frozen):
    """A whole measurement, as it is stored."""

    command: str = "retrieval"
    machine: Machine
    model: str
    options: RetrievalBenchOptions
    counts: dict[str, QuestionCounts]
    methods: tuple[MethodRow, ...]
    default: DefaultRow
    latency: tuple[LatencyOfRetrieval, ...]
    isolation: IsolationRow
    ingestion: IngestionRow
