from array import array
from dataclasses import replace

from bench.call_figures import latency_row
from bench.call_plan import plan_call
from bench.latency_report import LatencyRow
from bench.load_cost import LoadCost
from bench.shop import fact_question
from bench.stored_call import StoredCall, StoredTurn
from bench.talking_call import Spoken, TalkedCall
from bench.vendor_delays import VendorDelays
from simulator.twilio.call_record import CallEnder
from simulator.twilio.lateness import Lateness
from simulator.twilio.measures import CallMeasures, TurnMeasures, Underrun

PLAN = plan_call(0, questions=1)
COST = LoadCost(seconds=60.0, cpu_seconds=4.0, peak_rss_mib=300.0, machine_busy=0.5, machine_stolen=0.01)


def turn(index: int, text: str, *, interrupts: bool = False) -> TurnMeasures:
    """A turn whose speech lasts a second and whose reply comes 0.7 s later; a clear comes after 0.1 s."""
    at = 10.0 * index
    return TurnMeasures(
        index=index,
        text=text,
        onset_at=at,
        last_speech_at=at + 1.0,
        agent_was_speaking=interrupts,
        clear_at=at + 0.1 if interrupts else None,
        reply_at=at + 1.7,
        silent_at=at + 0.12 if interrupts else None,
        premature_reply=False,
    )


def talked(*, faults: tuple[str, ...] = (), **changes: object) -> TalkedCall:
    """A call by `PLAN`, 30 s long; `changes` are of its interrupting turn."""
    texts = [said.question.text for said in PLAN.utterances]
    turns = [turn(number, text, interrupts=number == 2) for number, text in enumerate(texts)]
    turns[2] = replace(turns[2], **changes)  # type: ignore[arg-type]
    return TalkedCall(
        plan=PLAN,
        call_sid="CA1",
        measures=CallMeasures(
            start_sent_at=-5.0,
            first_agent_audio_at=-4.8,
            turns=tuple(turns),
            underruns=(Underrun(15.0, 80.0),),
            clears=1,
            agent_audio_secs=10.0,
            frames_sent=1500,
            lateness_p50_ms=0.5,
            lateness_p99_ms=2.0,
        ),
        spoken=tuple(Spoken(said, measured) for said, measured in zip(PLAN.utterances, turns, strict=True)),
        lateness=Lateness(),
        seconds=30.0,
        ended_by=CallEnder.REST,
        faults=faults,
    )


def stored(*, status: str = "completed", timed_out: bool = False) -> StoredCall:
    """The transcript of `PLAN` with every answer right."""
    turns = []
    for said in PLAN.utterances:
        turns.append(StoredTurn(True, said.question.text))
        turns.append(StoredTurn(False, said.question.answer or "Well.", "words", timed_out))
    return StoredCall(status, tuple(turns), ({"stt_ms": 200.0},))


def row_of(call: TalkedCall, kept: StoredCall) -> LatencyRow:
    """The figures of one call."""
    return latency_row(1, [call], [kept], COST, idle_cores=0.01, delays=VendorDelays())


def test_the_figures_of_a_call_in_good_order() -> None:
    row = row_of(talked(), stored())
    assert (row.in_good_order, row.replies, row.missing_replies, row.wrong_replies) == (1, 3, 0, 0)
    assert row.voice_to_voice is not None
    assert (row.voice_to_voice.count, row.voice_to_voice.p50) == (4, 700.0)
    assert row.overhead is not None
    assert row.overhead.p50 == 200.0
    assert (row.interruptions, row.interruptions_heeded) == (1, 1)
    assert row.interruption is not None
    assert row.interruption.p50 == 100.0
    assert row.yielding is not None
    assert row.yielding.p50 == 120.0
    assert row.greeting is not None
    assert row.greeting.p50 == 200.0
    assert (row.underruns, row.longest_underrun_ms) == (1, 80.0)
    assert row.faults == ()
    assert row.stages["stt_ms"].p50 == 200.0


def test_cost_is_without_what_the_idle_server_needs() -> None:
    row = row_of(talked(), stored())
    # (4.0 s - 0.01 cores over 60 s) over half a minute of call.
    assert row.cpu_seconds_per_call_minute == 6.8
    assert row.cores == round(4.0 / 60.0, 3)


def test_without_delays_or_process_those_figures_are_left_out() -> None:
    row = latency_row(1, [talked()], [stored()], LoadCost(seconds=60.0), idle_cores=0.0, delays=None)
    assert row.overhead is None
    assert row.cpu_seconds_per_call_minute is row.cores is row.rss_mib is None


def test_an_interruption_that_was_ignored_counts() -> None:
    row = row_of(talked(clear_at=None), stored())
    assert (row.interruptions, row.interruptions_heeded) == (1, 0)
    assert row.interruption is None


def test_a_reply_that_was_over_was_not_interrupted() -> None:
    row = row_of(talked(agent_was_speaking=False), stored())
    assert (row.interruptions, row.interruptions_heeded) == (0, 0)


def test_missing_and_premature_replies_count() -> None:
    row = row_of(talked(reply_at=None, premature_reply=True), stored())
    assert (row.missing_replies, row.premature_replies) == (1, 1)
    assert row.voice_to_voice is not None
    assert row.voice_to_voice.count == 3
    assert any(fact_question(1).text in fault for fault in row.faults)


def test_what_went_wrong_takes_the_call_out_of_good_order() -> None:
    for call, kept in (
        (talked(faults=("hung up",)), stored()),
        (talked(), stored(status="failed")),
        (talked(), StoredCall("completed", (), ())),
    ):
        row = row_of(call, kept)
        assert row.in_good_order == 0
        assert row.faults


def test_searches_that_took_too_long_are_counted() -> None:
    assert row_of(talked(), stored(timed_out=True)).searches_timed_out == 4


def test_a_late_generator_is_not_trusted() -> None:
    call = talked()
    for secs in array("f", [0.02] * 100):
        call.lateness.add(secs)
    assert row_of(call, stored()).callers_are_late


def test_what_the_host_took_goes_into_the_row() -> None:
    assert row_of(talked(), stored()).machine_stolen == COST.machine_stolen


def test_calls_of_which_nothing_is_stored_are_judged_by_what_the_caller_heard() -> None:
    calls = [talked(), talked(faults=("the line went dead",))]
    row = latency_row(2, calls, None, COST, idle_cores=0.0, delays=VendorDelays())
    assert (row.made, row.in_good_order, row.wrong_replies, row.stages) == (2, 1, None, {})
    assert row.faults == ("call 0: the line went dead",)
