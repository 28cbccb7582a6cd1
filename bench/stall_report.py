"""What a measurement of a stalled database consists of, as it is stored and read again."""

from pydantic import BaseModel, ConfigDict

from bench.databases import DatabaseKind
from bench.machine import Machine
from bench.statistics import Spread
from bench.vendor_delays import VendorDelays


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StallOptions(_Frozen):
    """How to stall.

    Attributes:
        databases: On which databases, one after the other.
        rate: Turns a second that the server's writer is given.
        before_seconds: Of writing before the database stalls.
        stall_seconds: How long it stalls.
        after_seconds: Of writing after it.
        callers: Who talk all the while.
    """

    databases: tuple[DatabaseKind, ...] = tuple(DatabaseKind)
    rate: int = 100
    before_seconds: float = 20.0
    stall_seconds: float = 20.0
    after_seconds: float = 20.0
    callers: int = 6

    @property
    def seconds(self) -> float:
        """Of writing."""
        return self.before_seconds + self.stall_seconds + self.after_seconds


class FeedResult(_Frozen):
    """What the one who fed the writer saw.

    Attributes:
        put: Turns given to the writer.
        longest_put_ms: The longest time that giving one took.
        lateness: Of the giver, in milliseconds: how long the server's event loop was busy with something else.
        latest: The largest lateness of every second, in milliseconds.
        dropped: By the writer's own count, at the end.
        quarantined: By its count.
        spool: Entries on the disk, once a second, from the first turn on.
        left: Entries that still waited when the giver gave up.
        drained_seconds: From the last turn given until everything was stored.
    """

    put: int
    longest_put_ms: float
    lateness: Spread | None
    latest: tuple[float, ...]
    dropped: int
    quarantined: int
    spool: tuple[int, ...]
    left: int
    drained_seconds: float


class Phase(_Frozen):
    """A stretch of the measurement, as callers lived through it.

    Attributes:
        name: `before`, `stalled` or `after`.
        questions: Asked in it.
        voice_to_voice: Of their answers.
    """

    name: str
    questions: int
    voice_to_voice: Spread | None

    @property
    def unanswered(self) -> int:
        """Questions without a reply."""
        return self.questions - (self.voice_to_voice.count if self.voice_to_voice else 0)


class StallRow(_Frozen):
    """What came of it on one database.

    Attributes:
        stored: Of the turns given to the writer, found in the database, word for word.
        phases: The calls' answers.
        turns: Of the calls, that must be stored.
        lost: Of these, not stored.
        lateness_p99_ms: Of the callers' own clock.
        at: Seconds at which each question's answer was timed, with the answer's milliseconds.
    """

    database: DatabaseKind
    feed: FeedResult
    stored: int
    phases: tuple[Phase, ...]
    turns: int
    lost: int
    lateness_p99_ms: float
    at: tuple[tuple[float, float], ...]
    faults: tuple[str, ...]

    def caught_up_after(self, options: StallOptions) -> int | None:
        """Whole seconds from the end of the stall until the disk was empty; None if that was never seen."""
        end = round(options.before_seconds + options.stall_seconds)
        return next((second for second, waiting in enumerate(self.feed.spool[end:]) if not waiting), None)

    @property
    def is_in_order(self) -> bool:
        """Nothing lost, every question answered."""
        return (
            self.stored == self.feed.put
            and not self.lost
            and not self.feed.dropped
            and not any(phase.unanswered for phase in self.phases)
        )


class StallReport(_Frozen):
    """A whole measurement, as it is stored."""

    command: str = "stall"
    machine: Machine
    options: StallOptions
    delays: VendorDelays | None
    chunks: int = 0
    rows: tuple[StallRow, ...]
