"""A made-up demo in which everything went well; tests break one thing at a time."""

import json
from pathlib import Path

from cli.demo_checks import DemoEvidence
from cli.demo_recording import Recording
from cli.demo_script import DEMO_SCENARIO, DemoScript, read_script
from cli.demo_transcript import Conversation, TurnBody
from simulator.twilio.call_record import CallEnder, CallStatus
from simulator.twilio.measures import CallMeasures, TurnMeasures
from simulator.twilio.results import ScenarioResult, StepOutcome, StepStatus
from simulator.twilio.scenario import load_scenario

SCRIPT: DemoScript = read_script(load_scenario(DEMO_SCENARIO))
LONG_REPLY = "The Sparrow plan costs 14,900 dollars. The Heron plan costs 20,400 dollars."


def agent(position: int, text: str, **fields: object) -> TurnBody:
    return TurnBody.model_validate({"role": "agent", "message": text, "position": position, **fields})


def caller(position: int, text: str) -> TurnBody:
    return TurnBody.model_validate({"role": "user", "message": text, "position": position})


def tool(name: str, status: str, /, **parameters: str) -> dict[str, object]:
    """The fields of a turn in which a tool was called."""
    call = {"request_id": "call_1", "tool_name": name, "params_as_json": json.dumps(parameters)}
    result = {
        "request_id": "call_1",
        "tool_name": name,
        "result_value": json.dumps({"status": status, "appointment_id": "appt_1", "message": "words"}),
        "is_error": False,
    }
    return {"tool_calls": [call], "tool_results": [result]}


def good_turns() -> list[TurnBody]:
    """The demo's transcript; two of the caller's utterances are split, as speech-to-text does."""
    return [
        agent(0, "Hi, this is Maya."),
        caller(1, SCRIPT.question),
        agent(2, "It costs 20,400 dollars.", rag_retrieval_info={"chunks": [{}, {}]}),
        caller(3, SCRIPT.long_question),
        agent(4, "The Sparrow plan co", interrupted=True),
        caller(5, SCRIPT.interruption),
        agent(6, "Twelve years."),
        caller(7, SCRIPT.booking.split(". ")[0]),
        caller(8, SCRIPT.booking.split(". ")[1]),
        agent(9, "Shall I book it?", **tool("book_appointment", "needs_confirmation", name="Dana Smith")),
        caller(10, SCRIPT.consent),
        agent(11, "It is booked.", **tool("book_appointment", "booked", name="Dana Smith", topic="")),
        caller(12, "No, that is all."),
        caller(13, "Thank you, goodbye."),
        agent(14, "Goodbye!", **tool("end_call", "ending")),
    ]


def good_conversation(turns: list[TurnBody] | None = None, **fields: object) -> Conversation:
    return Conversation.model_validate(
        {
            "conversation_id": "conv_1",
            "agent_id": "agent_1",
            "status": "completed",
            "end_reason": "agent_ended",
            "duration_secs": 60.0,
            "transcript": [turn.model_dump(by_alias=True) for turn in (good_turns() if turns is None else turns)],
            **fields,
        }
    )


def barge_in(*, clear_at: float | None = 20.15, silent_at: float | None = 20.2, over: bool = True) -> TurnMeasures:
    return TurnMeasures(2, SCRIPT.interruption, 20.0, 22.0, over, clear_at, 22.7, silent_at, premature_reply=False)


def good_measures(*turns: TurnMeasures, first_agent_audio_at: float | None = 1.2) -> CallMeasures:
    return CallMeasures(
        start_sent_at=1.0,
        first_agent_audio_at=first_agent_audio_at,
        turns=turns or (barge_in(),),
        underruns=(),
        clears=1,
        agent_audio_secs=30.0,
        frames_sent=3000,
        lateness_p50_ms=0.5,
        lateness_p99_ms=2.0,
    )


def step(status: StepStatus = StepStatus.PASSED, detail: str = "") -> StepOutcome:
    return StepOutcome(1, "wait_for_agent", status, detail, 0.0, 1.0)


def good_result(
    *,
    measures: CallMeasures | None = None,
    ended_by: CallEnder | None = CallEnder.REST,
    steps: tuple[StepOutcome, ...] | None = None,
) -> ScenarioResult:
    return ScenarioResult(
        name="demo",
        call_sid="CA1",
        call_status=CallStatus.COMPLETED,
        ended_by=ended_by,
        steps=steps or (step(),),
        measures=measures or good_measures(),
        duration_secs=60.0,
        said_by_twilio=(),
        notifications=(),
    )


def good_recording(levels: tuple[float, ...] = (1500.0, 2300.0)) -> Recording:
    return Recording(Path("call.wav"), len(levels), 60.0, levels)


def good_evidence() -> DemoEvidence:
    return DemoEvidence(
        SCRIPT,
        good_result(),
        good_conversation(),
        good_recording(),
        predictable=True,
        written_replies=("It costs 20,400 dollars.", LONG_REPLY),
    )
