"""Reports as a measurement would make them, for what shows and stores them."""

from datetime import UTC, datetime

from bench.answers.answers_report import AnswersOptions, AnswersReport, AnswersRow, CacheUse, Lookups
from bench.databases import DatabaseKind
from bench.kill_report import Bystander, KilledCall, KillOptions, KillReport, KillRow
from bench.latency_report import LatencyOptions, LatencyReport, LatencyRow
from bench.limits.capacity_report import CapacityOptions, CapacityReport
from bench.limits.soak_report import Holdings, MemorySample, SoakOptions, SoakReport
from bench.machine import Machine
from bench.memory_report import Batch, MemoryOptions, MemoryReport
from bench.stall_report import FeedResult, Phase, StallOptions, StallReport, StallRow
from bench.statistics import Spread
from bench.turns.barge_in_report import BargeInOutcome, BargeInReport
from bench.turns.measurement import ReportFrame
from bench.turns.noise_report import Effect, NoiseOutcome, NoiseReport
from bench.turns.pauses_report import PauseOutcome, PausesReport
from bench.turns.turn_report import TurnOptions
from bench.vendor_delays import VendorDelays

MACHINE = Machine(
    cpu="A processor",
    cores=2,
    memory_gib=8.0,
    system="Linux 6.1",
    python="CPython 3.11.7",
    libraries={"pipecat-ai": "1.14.0"},
    measured_at=datetime(2026, 5, 4, 12, 30, tzinfo=UTC),
    load_before=0.1,
    commit="0123456789ab",
)


def latency_row(calls: int, *, lateness_p99_ms: float = 2.0) -> LatencyRow:
    """A row; times grow with the calls."""
    spread = Spread.of([700.0 + calls, 750.0 + calls])
    return LatencyRow(
        calls=calls,
        made=calls,
        in_good_order=calls,
        replies=2,
        missing_replies=0,
        wrong_replies=0,
        searches_timed_out=0,
        premature_replies=0,
        interruptions=calls,
        interruptions_heeded=calls,
        voice_to_voice=spread,
        overhead=spread,
        interruption=spread,
        yielding=spread,
        greeting=None,
        underruns=1,
        longest_underrun_ms=40.0,
        talking_minutes=1.5,
        cpu_seconds_per_call_minute=0.75,
        cores=0.2,
        machine_busy=0.5,
        rss_mib=300.0,
        lateness_p50_ms=0.5,
        lateness_p99_ms=lateness_p99_ms,
        stages={"stt_ms": spread} if spread else {},
        faults=(),
    )


def stock_report(*rows: LatencyRow) -> LatencyReport:
    """The same of the stock bot, which keeps nothing that could be checked."""
    kept_nothing = [row.model_copy(update={"wrong_replies": None, "stages": {}}) for row in rows]
    return latency_report(*kept_nothing).model_copy(update={"command": "stock", "chunks": 0})


def latency_report(*rows: LatencyRow) -> LatencyReport:
    """A whole report."""
    return LatencyReport(
        machine=MACHINE,
        options=LatencyOptions(),
        delays=VendorDelays(),
        chunks=200,
        idle_cores=0.01,
        rows=rows or (latency_row(1), latency_row(10)),
    )


def memory_report() -> MemoryReport:
    """A report of twelve calls, each of which left half a MiB after the tenth, and of two batches."""
    return MemoryReport(
        machine=MACHINE,
        options=MemoryOptions(sequential=14, concurrent=10, batches=2),
        delays=VendorDelays(),
        chunks=200,
        ready=290.0,
        sequential=(*(300.0,) * 10, 300.0, 300.5, 301.0, 301.5),
        batches=(Batch(before=302.0, peak=312.0, after=304.0), Batch(before=304.0, peak=312.0, after=304.5)),
        faults=(),
    )


def kill_report(*, lost: int = 0, is_failed: bool = True) -> KillReport:
    """A report of one killed call, beside a living one."""
    killed = KilledCall(
        stalled=False,
        at=3.5,
        finished=3,
        lost=lost,
        beyond=1,
        since_finished_ms=700.0,
        ended_as="lost",
        is_failed=is_failed,
    )
    stalled = killed.model_copy(update={"stalled": True, "lost": 0, "is_failed": True})
    bystander = Bystander(
        calls=1,
        minutes=1.5,
        questions=20,
        unanswered=0,
        turns=41,
        lost=0,
        looks=10,
        touched=0,
        voice_to_voice=Spread.of([612.0]),
        lateness_p99_ms=2.0,
    )
    row = KillRow(database=DatabaseKind.SQLITE, calls=(killed, stalled), bystander=bystander, faults=())
    return KillReport(machine=MACHINE, options=KillOptions(calls=1), delays=VendorDelays(), rows=(row,))


def stall_report(*, stored: int = 500, unanswered: int = 0) -> StallReport:
    """A report of five hundred turns and two questions."""
    feed = FeedResult(
        put=500,
        longest_put_ms=0.2,
        lateness=Spread.of([1.0, 2.0]),
        latest=(1.0, 2.0, 1.0, 1.0, 1.0),
        dropped=0,
        quarantined=0,
        spool=(0, 90, 190, 40, 0),
        left=0,
        drained_seconds=0.5,
    )
    phases = (
        Phase(name="before", questions=1, voice_to_voice=Spread.of([700.0])),
        Phase(name="stalled", questions=1 + unanswered, voice_to_voice=Spread.of([710.0])),
        Phase(name="after", questions=0, voice_to_voice=None),
    )
    row = StallRow(
        database=DatabaseKind.POSTGRESQL,
        feed=feed,
        stored=stored,
        phases=phases,
        turns=5,
        lost=0,
        lateness_p99_ms=2.0,
        at=((0.5, 700.0), (1.5, 710.0)),
        faults=(),
    )
    options = StallOptions(before_seconds=1, stall_seconds=2, after_seconds=2)
    return StallReport(machine=MACHINE, options=options, delays=VendorDelays(), rows=(row,))


def good_row(calls: int) -> LatencyRow:
    """A row within all bounds of good order."""
    times = Spread.of([100.0, 120.0])
    return latency_row(calls).model_copy(update={"underruns": 0, "overhead": times, "interruption": times})


def capacity_report(*rows: LatencyRow) -> CapacityReport:
    """A report of a server that needs 300 MiB without calls."""
    return CapacityReport(
        machine=MACHINE,
        options=CapacityOptions(),
        delays=VendorDelays(),
        chunks=200,
        idle_cores=0.01,
        ready_mib=300.0,
        rows=rows or (good_row(25),),
    )


def soak_report() -> SoakReport:
    """A report of a hundred calls that left a socket, on a server that does not count its tasks."""
    before = Holdings(rss_mib=390.0, tasks=None, sockets=3, open_files=2, descriptors=40, threads=9, files=5)
    return SoakReport(
        machine=MACHINE,
        options=SoakOptions(calls=100, callers=10),
        delays=VendorDelays(),
        chunks=200,
        made=100,
        in_good_order=100,
        seconds=60.0,
        before=before,
        after=before.model_copy(update={"rss_mib": 403.0, "sockets": 4}),
        samples=tuple(
            MemorySample(calls=calls, rss_mib=mib) for calls, mib in ((5, 395.0), (10, 400.0), (95, 404.0))
        ),
        greeting=Spread.of([100.0]),
        voice_to_voice=Spread.of([700.0]),
        underruns=0,
        lateness_p50_ms=0.5,
        lateness_p99_ms=2.0,
        faults=(),
    )


_FRAME = ReportFrame(
    machine=MACHINE,
    options=TurnOptions(cases=2, callers=1, a_call=2),
    delays=VendorDelays(),
    chunks=200,
    calls=1,
    seconds=20.0,
    lateness_p50_ms=0.5,
    lateness_p99_ms=2.0,
    machine_stolen=0.01,
    faults=(),
)


def barge_in_report() -> BargeInReport:
    """One interruption that was acted on, one that was not."""
    acted = BargeInOutcome(
        text="Stop.",
        voice="en-us",
        level_dbfs=-18.0,
        noise_dbfs=None,
        acted_on=True,
        answered=True,
        spoken_into=False,
        clear_ms=60.0,
        yield_ms=80.0,
    )
    ignored = acted.model_copy(
        update={"acted_on": False, "level_dbfs": -28.0, "noise_dbfs": -58.0, "clear_ms": None, "yield_ms": None}
    )
    return BargeInReport(**_FRAME, outcomes=(acted, ignored))


def noise_report() -> NoiseReport:
    """A cough that paused the agent, music that stopped it, and a burst that did nothing."""
    pause = NoiseOutcome(
        kind="cough",
        sound="cough 0",
        level_dbfs=-18.0,
        noise_dbfs=None,
        seconds=0.5,
        effect=Effect.FALSE_PAUSE,
        gap_ms=400.0,
    )
    stop = pause.model_copy(update={"kind": "music", "effect": Effect.FALSE_STOP, "gap_ms": None})
    nothing = pause.model_copy(update={"kind": "burst", "effect": Effect.NONE, "gap_ms": None})
    return NoiseReport(**_FRAME, outcomes=(pause, stop, nothing))


def pauses_report() -> PausesReport:
    """A turn that was cut short, and one that was not."""
    whole = PauseOutcome(
        kind="digits",
        text="One two",
        voice="en-us",
        level_dbfs=-18.0,
        noise_dbfs=None,
        pause_ms=400,
        cut_short=False,
        answered=True,
        reply_ms=800.0,
    )
    cut = whole.model_copy(update={"kind": "um", "cut_short": True, "pause_ms": 900, "reply_ms": None})
    return PausesReport(**_FRAME, outcomes=(whole, cut))


def answers_row(use: CacheUse, *, hits: int = 0, misses: int = 0) -> AnswersRow:
    """A row of four calls in good order, in which two questions were asked twice."""
    figures = latency_row(2).model_copy(
        update={
            "made": 4,
            "in_good_order": 4,
            "replies": 4,
            "voice_to_voice": Spread.of([480.0, 490.0, 690.0, 700.0]),
            "stages": {"llm_first_token_ms": Spread.of([1.0, 1.0, 208.0, 210.0])},
        }
    )
    asked_again = Spread.of([480.0, 490.0])
    return AnswersRow(use=use, figures=figures, asked_again=asked_again, lookups=Lookups(hits=hits, misses=misses))


def answers_report(*rows: AnswersRow) -> AnswersReport:
    """A report with a row of every setting, all in order."""
    in_order = (
        answers_row(CacheUse.OFF),
        answers_row(CacheUse.ON, hits=2, misses=2),
        answers_row(CacheUse.NUMBERS, misses=4),
    )
    return AnswersReport(
        machine=MACHINE,
        options=AnswersOptions(questions=2, times=2, callers=2),
        delays=VendorDelays(),
        chunks=200,
        rows=rows or in_order,
    )
