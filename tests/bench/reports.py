"""Reports as a measurement would make them, for what shows and stores them."""

from datetime import UTC, datetime

from bench.latency_report import LatencyOptions, LatencyReport, LatencyRow
from bench.machine import Machine
from bench.memory_report import Batch, MemoryOptions, MemoryReport
from bench.statistics import Spread
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
