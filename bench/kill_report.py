"""What a measurement of killed servers consists of, as it is stored and read again."""

from pydantic import BaseModel, ConfigDict

from bench.databases import DatabaseKind
from bench.machine import Machine
from bench.statistics import Spread
from bench.vendor_delays import VendorDelays


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KillOptions(_Frozen):
    """How to kill.

    Attributes:
        databases: On which databases, one after the other.
        kills: On each.
        stalled_kills: Further ones, of servers whose database has stalled a while before.
        calls: That a server holds when it is killed.
        longest_seconds: The instant is random within so many seconds of the calls' beginning.
        seed: Of the instants.
        waits_for_leases: Look at killed calls when their leases have run out; otherwise at once.
    """

    databases: tuple[DatabaseKind, ...] = tuple(DatabaseKind)
    kills: int = 50
    stalled_kills: int = 10
    calls: int = 2
    longest_seconds: float = 9.0
    seed: int = 1
    waits_for_leases: bool = True


class KilledCall(_Frozen):
    """One call whose server was killed.

    Attributes:
        stalled: The database had stalled a while before, and came back after the kill.
        at: Seconds from the beginning of the server's calls to the kill.
        finished: Turns that were finished by then, by what the caller heard.
        lost: Of these, not stored.
        beyond: Turns stored beside them: the caller's or agent's words of the unfinished exchange.
        since_finished_ms: From the last sound of the last finished reply to the kill; None without one.
        ended_as: The reason that is stored, once it is over.
        is_failed: It ended as it should: failed, because its process was lost. Where leases were not waited for:
            it has not ended.
    """

    stalled: bool
    at: float
    finished: int
    lost: int
    beyond: int
    since_finished_ms: float | None
    ended_as: str
    is_failed: bool


class Bystander(_Frozen):
    """The calls of a second process, which was not killed.

    Attributes:
        calls: One after the other, for as long as servers were killed and leases ran out.
        minutes: Of talk.
        questions: Asked in them.
        unanswered: Of these, without a reply.
        turns: That must be stored.
        lost: Of these, not stored.
        looks: Times that REST was asked for the running call.
        touched: Of these, and of the calls' ends, not as they should be.
        voice_to_voice: Of the answers.
        lateness_p99_ms: Of the caller's own clock.
    """

    calls: int
    minutes: float
    questions: int
    unanswered: int
    turns: int
    lost: int
    looks: int
    touched: int
    voice_to_voice: Spread | None
    lateness_p99_ms: float


class KillRow(_Frozen):
    """What came of it on one database."""

    database: DatabaseKind
    calls: tuple[KilledCall, ...]
    bystander: Bystander
    faults: tuple[str, ...]

    @property
    def is_in_order(self) -> bool:
        """Nothing lost, nobody touched, every killed call failed."""
        return (
            all(call.is_failed and not call.lost for call in self.calls)
            and not self.bystander.lost
            and not self.bystander.touched
        )


class KillReport(_Frozen):
    """A whole measurement, as it is stored."""

    command: str = "kill"
    machine: Machine
    options: KillOptions
    delays: VendorDelays | None
    chunks: int = 0
    rows: tuple[KillRow, ...]
