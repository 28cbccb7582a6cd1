"""From calls to the figures of a row, in the words of the design."""

from collections.abc import Iterable, Sequence

from bench.call_plan import Manner
from bench.latency_report import LatencyRow
from bench.load_cost import LoadCost
from bench.statistics import Spread
from bench.stored_call import STAGES, StoredCall, wrong_replies
from bench.talking_call import Spoken, TalkedCall
from bench.vendor_delays import VendorDelays
from simulator.twilio.lateness import Lateness
from simulator.twilio.measures import TurnMeasures

_MOST_FAULTS_TOLD = 20


def latency_row(
    at_once: int,
    calls: Sequence[TalkedCall],
    stored: Sequence[StoredCall] | None,
    cost: LoadCost,
    *,
    idle_cores: float,
    delays: VendorDelays | None,
) -> LatencyRow:
    """The figures of some calls.

    Args:
        at_once: How many ran at the same time.
        calls: As the callers saw them.
        stored: The same calls, as the server stored them; None where it keeps nothing to check replies by.
        cost: Of the stretch in which they ran.
        idle_cores: What the server needs without a call.
        delays: The vendors' own time, for the overhead; None leaves it out.
    """
    spoken = [said for call in calls for said in call.spoken]
    to_answer = [said for said in spoken if said.utterance.manner is not Manner.GOODBYE]
    interruptions = _interruptions(spoken)
    wrong = [wrong_replies(call.plan.utterances, kept) for call, kept in zip(calls, stored or (), strict=False)]
    faults = _all_faults(calls, stored, wrong)
    premature = _premature(spoken)
    voice_to_voice = [said.measures.voice_to_voice_ms for said in spoken if said.measures is not None]
    underruns = [underrun.gap_ms for call in calls for underrun in call.measures.underruns]
    minutes = sum(call.seconds for call in calls) / 60
    lateness = Lateness.of_all(call.lateness for call in calls)
    return LatencyRow(
        calls=at_once,
        made=len(calls),
        in_good_order=sum(not of_call for of_call in faults),
        replies=len(to_answer),
        missing_replies=sum(said.measures is None or said.measures.reply_at is None for said in to_answer),
        wrong_replies=sum(len(problems) for problems in wrong) if stored is not None else None,
        searches_timed_out=sum(turn.timed_out for call in stored or () for turn in call.transcript),
        premature_replies=len(premature),
        interruptions=len(interruptions),
        interruptions_heeded=sum(turn.clear_at is not None for turn in interruptions),
        voice_to_voice=Spread.of(voice_to_voice),
        overhead=Spread.of(_less(voice_to_voice, delays.floor_ms)) if delays is not None else None,
        interruption=Spread.of(turn.interruption_ms for turn in interruptions),
        yielding=Spread.of(turn.yield_ms for turn in interruptions),
        greeting=Spread.of(call.measures.greeting_ms for call in calls),
        underruns=len(underruns),
        longest_underrun_ms=round(max(underruns, default=0.0), 1),
        talking_minutes=round(minutes, 2),
        cpu_seconds_per_call_minute=_cpu_seconds_per_minute(cost, idle_cores, minutes),
        cores=round(cost.cpu_seconds / cost.seconds, 3) if cost.cpu_seconds is not None else None,
        machine_busy=cost.machine_busy,
        machine_stolen=cost.machine_stolen,
        rss_mib=round(cost.peak_rss_mib, 1) if cost.peak_rss_mib is not None else None,
        lateness_p50_ms=round(lateness.percentile_ms(50), 2),
        lateness_p99_ms=round(lateness.percentile_ms(99), 2),
        stages=_stages(stored or ()),
        faults=(*[fault for of_call in faults for fault in of_call], *premature)[:_MOST_FAULTS_TOLD],
    )


def _interruptions(spoken: Iterable[Spoken]) -> list[TurnMeasures]:
    """Of the replies that were to be interrupted, those that were not over by then."""
    return [
        said.measures
        for said in spoken
        if said.utterance.manner is Manner.INTERRUPTING
        and said.measures is not None
        and said.measures.agent_was_speaking
    ]


def _less(values: Iterable[float | None], floor: float) -> list[float]:
    return [value - floor for value in values if value is not None]


def _cpu_seconds_per_minute(cost: LoadCost, idle_cores: float, minutes: float) -> float | None:
    if cost.cpu_seconds is None or minutes <= 0:
        return None
    return round(max(0.0, cost.cpu_seconds - idle_cores * cost.seconds) / minutes, 3)


def _all_faults(
    calls: Sequence[TalkedCall], stored: Sequence[StoredCall] | None, wrong: Sequence[Sequence[str]]
) -> list[list[str]]:
    """What went wrong in each call."""
    if stored is None:
        return [[f"call {call.plan.index}: {fault}" for fault in call.faults] for call in calls]
    return [_faults(call, kept, problems) for call, kept, problems in zip(calls, stored, wrong, strict=True)]


def _faults(call: TalkedCall, stored: StoredCall, wrong: Sequence[str]) -> list[str]:
    unfinished = [] if stored.status in ("completed", "done") else [f"stored as {stored.status}"]
    return [f"call {call.plan.index}: {fault}" for fault in (*call.faults, *unfinished, *wrong)]


def _premature(spoken: Iterable[Spoken]) -> list[str]:
    return [
        f"the agent spoke into: {said.utterance.question.text}"
        for said in spoken
        if said.measures is not None and said.measures.premature_reply
    ]


def _stages(stored: Iterable[StoredCall]) -> dict[str, Spread]:
    turns = [turn for call in stored for turn in call.stages]
    spreads = {stage: Spread.of(turn.get(stage) for turn in turns) for stage in STAGES}
    return {stage: spread for stage, spread in spreads.items() if spread is not None}
