"""Each check of the demo can fail, fails alone, and says why."""

from dataclasses import replace

import pytest

from cli.demo_checks import Check, DemoEvidence, Verdict, demo_passed, judge
from cli.demo_transcript import TurnBody
from simulator.twilio.call_record import CallEnder
from simulator.twilio.results import StepStatus
from tests.cli.demo_values import (
    SCRIPT,
    agent,
    barge_in,
    good_conversation,
    good_evidence,
    good_measures,
    good_recording,
    good_result,
    good_turns,
    step,
    tool,
)

GREETED = "The agent greeted the caller"
ANSWERED = "The question was answered from the documents"
SILENCED = "The interruption silenced the agent"
HEARD_ONLY = "The transcript ends the interrupted reply where the caller ceased to hear it"
INTERRUPTION_ANSWERED = "The interruption was answered"
ASKED = "The booking asked for consent"
NOT_EARLY = 'Nothing was booked before the "yes"'
BOOKED_ONCE = 'One appointment was booked after the "yes"'
HUNG_UP = "The agent said goodbye and ended the call"
COMPLETED = "The conversation is stored as completed"
RECORDED = "The recording holds both voices"
DONE = "The caller got through the whole call"


def with_turn(position: int, turn: TurnBody | None) -> DemoEvidence:
    """The good demo, with one turn replaced or (None) missing."""
    turns = [turn if old.position == position else old for old in good_turns()]
    return replace(good_evidence(), conversation=good_conversation([t for t in turns if t is not None]))


def with_measures(**changes: object) -> DemoEvidence:
    measures = good_measures(barge_in(**changes))  # type: ignore[arg-type]
    return replace(good_evidence(), result=good_result(measures=measures))


def failed(checks: tuple[Check, ...]) -> list[str]:
    return [check.name for check in checks if check.verdict is Verdict.FAILED]


def test_a_good_call_passes_everything() -> None:
    checks = judge(good_evidence())
    assert {check.verdict for check in checks} == {Verdict.PASSED}
    assert len(checks) == 12
    assert demo_passed(checks)


BROKEN = [
    (GREETED, with_turn(0, agent(0, ""))),
    (GREETED, with_turn(0, agent(0, "Hi, this", interrupted=True))),
    (GREETED, replace(good_evidence(), result=good_result(measures=good_measures(first_agent_audio_at=None)))),
    (ANSWERED, with_turn(2, agent(2, "I do not know.", rag_retrieval_info={"chunks": [{}]}))),
    (ANSWERED, with_turn(2, agent(2, "It costs 20,400 dollars."))),
    (SILENCED, with_measures(silent_at=20.9)),
    (SILENCED, with_measures(clear_at=None)),
    (SILENCED, with_measures(over=False)),
    (HEARD_ONLY, with_turn(4, agent(4, "The Sparrow plan co"))),
    (HEARD_ONLY, replace(good_evidence(), written_replies=("The Sparrow plan co",))),
    (HEARD_ONLY, replace(good_evidence(), written_replies=())),
    (INTERRUPTION_ANSWERED, with_turn(6, agent(6, "As I said, the Sparrow plan…"))),
    (ASKED, with_turn(9, agent(9, "Shall I book it?"))),
    (NOT_EARLY, with_turn(6, agent(6, "12 years.", **tool("book_appointment", "booked")))),
    (BOOKED_ONCE, with_turn(11, agent(11, "It is booked."))),
    (BOOKED_ONCE, with_turn(14, agent(14, "Goodbye!", **tool("book_appointment", "booked")))),
    (HUNG_UP, with_turn(14, agent(14, "What else?"))),
    (HUNG_UP, with_turn(14, agent(14, "Goodb", interrupted=True))),
    (HUNG_UP, replace(good_evidence(), result=good_result(ended_by=CallEnder.CALLER))),
    (HUNG_UP, replace(good_evidence(), conversation=good_conversation(end_reason="caller_hung_up"))),
    (COMPLETED, replace(good_evidence(), conversation=good_conversation(status="in-progress"))),
    (COMPLETED, replace(good_evidence(), conversation=good_conversation(duration_secs=0))),
    (RECORDED, replace(good_evidence(), recording=None)),
    (RECORDED, replace(good_evidence(), recording=good_recording((1500.0, 3.0)))),
    (RECORDED, replace(good_evidence(), recording=good_recording((1500.0,)))),
    (DONE, replace(good_evidence(), result=good_result(steps=(step(StepStatus.FAILED, "the agent was silent"),)))),
]


@pytest.mark.parametrize(("name", "evidence"), BROKEN)
def test_what_did_not_happen_fails_its_check_alone(name: str, evidence: DemoEvidence) -> None:
    checks = judge(evidence)
    assert failed(checks) == [name]
    assert not demo_passed(checks)


def test_every_check_can_fail() -> None:
    assert {name for name, _ in BROKEN} == {check.name for check in judge(good_evidence())}


def test_an_empty_conversation_fails_and_raises_nothing() -> None:
    checks = judge(replace(good_evidence(), conversation=good_conversation([], status="not stored")))
    assert not demo_passed(checks)
    # Nothing was booked, and what the caller measured and recorded is there all the same.
    assert {NOT_EARLY, SILENCED, RECORDED, DONE} == {c.name for c in checks if c.verdict is Verdict.PASSED}


@pytest.mark.parametrize("name", [ANSWERED, INTERRUPTION_ANSWERED, ASKED, BOOKED_ONCE, HUNG_UP, DONE])
def test_a_real_model_may_choose_its_words(name: str) -> None:
    for broken, evidence in BROKEN:
        if broken == name:
            checks = judge(replace(evidence, predictable=False))
            assert next(c.verdict for c in checks if c.name == name) is Verdict.WARNED
            assert demo_passed(checks)


@pytest.mark.parametrize("name", [GREETED, SILENCED, NOT_EARLY, COMPLETED, RECORDED])
def test_facts_fail_with_real_vendors_too(name: str) -> None:
    for broken, evidence in BROKEN:
        if broken == name:
            assert name in failed(judge(replace(evidence, predictable=False)))


def test_a_real_models_whole_reply_is_not_known_but_its_cut_is() -> None:
    real = replace(good_evidence(), predictable=False, written_replies=())
    assert demo_passed(judge(real))
    whole = replace(with_turn(4, agent(4, "All of it.")), predictable=False, written_replies=())
    assert failed(judge(whole)) == [HEARD_ONLY]


def test_a_misheard_yes_counts_every_booking_as_too_early() -> None:
    turns = [turn for turn in good_turns() if turn.text != SCRIPT.consent]
    checks = judge(replace(good_evidence(), conversation=good_conversation(turns)))
    assert {NOT_EARLY, BOOKED_ONCE} <= set(failed(checks))
