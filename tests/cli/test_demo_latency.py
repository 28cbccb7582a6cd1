from cli.demo_latency import latency_rows, middle
from cli.demo_transcript import LatencyReport
from tests.cli.demo_values import good_conversation

DELAYS = {"stt_ms": 150.0, "llm_first_token_ms": 200.0, "tts_first_byte_ms": 150.0}
WHOLE = {"stt_ms": 290.0, "llm_first_token_ms": 215.0, "tts_first_byte_ms": 151.0, "voice_to_voice_ms": 700.0}


def report(*turns: dict[str, object]) -> LatencyReport:
    return LatencyReport.model_validate({"turns": turns})


def test_overhead_is_what_the_vendors_did_not_take() -> None:
    [row] = latency_rows(good_conversation(), report({"position": 2, "role": "agent", **WHOLE}), DELAYS)
    assert row.overhead_ms == 200.0
    assert row.said == "How much does the Heron plan cost?"
    assert row.interruption_ms is None


def test_a_vendor_that_took_no_part_is_not_taken_off() -> None:
    without_model = {**WHOLE, "llm_first_token_ms": None}
    [row] = latency_rows(good_conversation(), report({"position": 11, "role": "agent", **without_model}), DELAYS)
    assert row.overhead_ms == 400.0


def test_the_interruption_stands_beside_its_answer() -> None:
    interruption = {"position": 5, "role": "user", "interruption_ms": 140.0}
    rows = latency_rows(
        good_conversation(),
        report({"position": 4, "role": "agent", **WHOLE}, interruption, {"position": 6, "role": "agent", **WHOLE}),
        DELAYS,
    )
    assert [row.interruption_ms for row in rows] == [None, 140.0]


def test_real_vendors_own_time_is_not_known() -> None:
    [row] = latency_rows(good_conversation(), report({"position": 2, "role": "agent", **WHOLE}), None)
    assert row.overhead_ms is None


def test_the_middle_of_values() -> None:
    assert middle([]) is None
    assert middle([3.0, 1.0]) == 1.0
    assert middle([5.0, 1.0, 3.0]) == 3.0
