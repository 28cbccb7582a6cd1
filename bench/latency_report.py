"""What a measurement of latency consists of, as it is stored and read again."""

from pydantic import BaseModel, ConfigDict

from bench.machine import Machine
from bench.statistics import Spread
from bench.trust import Trust
from bench.vendor_delays import VendorDelays


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LatencyOptions(_Frozen):
    """How to measure.

    Attributes:
        calls: Numbers of calls at once, one row each.
        questions: Answered in peace in every call; the long one that is interrupted, and the goodbye, come on top.
        least_turns: Callers call again until so many replies were to be timed in a row.
        stagger_seconds: Between the starts of two callers.
        idle_seconds: How long the idle server is watched.
    """

    calls: tuple[int, ...] = (1, 10, 25)
    questions: int = 4
    least_turns: int = 60
    stagger_seconds: float = 0.4
    idle_seconds: float = 10.0

    def call_count(self, at_once: int) -> int:
        """How many calls a row makes: every caller the same number."""
        turns_a_round = at_once * (self.questions + 2)
        return at_once * max(1, -(-self.least_turns // turns_a_round))


class LatencyRow(Trust):
    """The figures at one number of calls; times in milliseconds.

    Attributes:
        calls: At once.
        made: Calls that were made.
        in_good_order: Calls in which everything was answered, rightly, and which the agent hung up.
        replies: Utterances that wanted a reply.
        missing_replies: Of these, not answered at all.
        wrong_replies: Of these with a known answer, not heard or answered otherwise; by the stored transcript, and
            None without one.
        searches_timed_out: Replies that were made without documents because the search took too long.
        premature_replies: The agent began, or went on, to speak while the caller still did.
        interruptions: Times that a caller spoke into a reply that was being heard.
        interruptions_heeded: Of these, answered by a `clear`.
        underruns: Holes in the agent's speech.
        talking_minutes: Of all calls together, from the media stream's start to the call's end.
        cpu_seconds_per_call_minute: Of the server, without what it needs idle; None if its process is unknown.
        cores: That the server needed on average, all included.
        machine_busy: Share of the whole machine that was at work, or wanted to be, 0 to 1.
        rss_mib: Most memory of the server.
        stages: The server's own account of its turns, by stage.
        faults: The first few things that went wrong.
    """

    calls: int
    made: int
    in_good_order: int
    replies: int
    missing_replies: int
    wrong_replies: int | None
    searches_timed_out: int
    premature_replies: int
    interruptions: int
    interruptions_heeded: int
    voice_to_voice: Spread | None
    overhead: Spread | None
    interruption: Spread | None
    yielding: Spread | None
    greeting: Spread | None
    underruns: int
    longest_underrun_ms: float
    talking_minutes: float
    cpu_seconds_per_call_minute: float | None
    cores: float | None
    machine_busy: float
    rss_mib: float | None
    stages: dict[str, Spread]
    faults: tuple[str, ...]


class LatencyReport(_Frozen):
    """A whole measurement, as it is stored.

    Attributes:
        command: `latency` for the product, `stock` for pipecat's stock bot under the same load.
        chunks: Of documents that the agent knows.
    """

    command: str = "latency"
    machine: Machine
    options: LatencyOptions
    delays: VendorDelays | None
    chunks: int
    idle_cores: float | None
    rows: tuple[LatencyRow, ...]
