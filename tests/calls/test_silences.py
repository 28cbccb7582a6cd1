"""What a caller hears when nobody says anything: never nothing for long."""

import pytest

from bot.services.language_model import APOLOGY
from bot.silence_watch import FILLERS, NOBODY_THERE, STILL_THERE
from data.agent_config import AgentSettings, BuiltInTool, BuiltInToolSettings, RagSettings
from data.records import CallStatus, EndReason
from simulator.ollama.faults import Fault, FaultKind
from simulator.ollama.options import ScriptedCall, ScriptedReply
from simulator.twilio.call_record import CallEnder
from simulator.twilio.errors import WaitTimeoutError
from tests.calls.house import CallHouse
from tests.calls.phone import Dial, transcript

pytestmark = pytest.mark.asyncio(loop_scope="package")

QUESTION = "What time do you open?"
ANSWER = "We open at nine."
OPENING = ScriptedReply(match="time do you open", text=ANSWER)
QUIET = RagSettings(enabled=False)


async def test_a_silent_caller_is_asked_twice_and_taken_leave_of(house: CallHouse, dial: Dial) -> None:
    settings = AgentSettings(rag=QUIET, turn_timeout=0.6)
    phone = await dial(await house.add_agent("Hello.", settings=settings))
    record = await phone.hung_up(20)

    assert transcript(record) == [("agent", text) for text in ("Hello.", *STILL_THERE, NOBODY_THERE)]
    assert phone.heard(NOBODY_THERE), "to its last word"
    assert (record.status, record.end_reason) == (CallStatus.COMPLETED, EndReason.SILENCE)
    assert phone.caller.record.ended_by is CallEnder.REST


async def test_a_caller_who_comes_back_is_answered(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(OPENING)
    settings = AgentSettings(rag=QUIET, turn_timeout=1.5)
    phone = await dial(await house.add_agent("Hello.", settings=settings))
    await phone.hears(STILL_THERE[0])
    await phone.ask(QUESTION, ANSWER)
    record = await phone.hang_up()

    assert transcript(record)[:4] == [
        ("agent", "Hello."),
        ("agent", STILL_THERE[0]),
        ("user", QUESTION),
        ("agent", ANSWER),
    ]


async def test_a_slow_model_is_bridged_with_a_few_words(house: CallHouse, dial: Dial) -> None:
    settings = AgentSettings(rag=QUIET, soft_timeout_sec=0.6)
    phone = await dial(await house.add_agent(settings=settings))
    await house.vendors.break_ollama(Fault(kind=FaultKind.HANG, requests=None))
    await phone.say(QUESTION)
    await phone.hears(FILLERS[0])
    await phone.hears(APOLOGY)
    record = await phone.hang_up()

    assert transcript(record)[:2] == [("user", QUESTION), ("agent", f"{FILLERS[0]} {APOLOGY}")]


async def test_an_agent_has_words_of_its_own_for_a_slow_answer(house: CallHouse, dial: Dial) -> None:
    settings = AgentSettings(rag=QUIET, soft_timeout_sec=0.6, soft_timeout_message="Let me look that up.")
    phone = await dial(await house.add_agent(settings=settings))
    await house.vendors.break_ollama(Fault(kind=FaultKind.HANG, requests=None))
    await phone.say(QUESTION)
    await phone.hears("Let me look that up.")
    await phone.hang_up()


async def test_a_caller_who_wants_a_moment_gets_it(house: CallHouse, dial: Dial) -> None:
    skip = ScriptedCall(name=BuiltInTool.SKIP_TURN.value, arguments={"reason": "looks for a pen"})
    await house.vendors.script(OPENING, ScriptedReply(match="hold on", tool_calls=(skip,)))
    settings = AgentSettings(
        rag=QUIET, turn_timeout=1.0, built_in_tools={BuiltInTool.SKIP_TURN: BuiltInToolSettings()}
    )
    phone = await dial(await house.add_agent("Hello.", settings=settings))
    await phone.hears("Hello.")
    await phone.say("Hold on, I need a pen.")
    with pytest.raises(WaitTimeoutError):
        await phone.agent_speaks(timeout=3.0)
    await phone.ask(QUESTION, ANSWER)
    record = await phone.hang_up()

    said = [text for role, text in transcript(record) if role == "agent" and text]
    assert said[:2] == ["Hello.", ANSWER]
    assert any(call.tool_name == "skip_turn" for turn in record.turns for call in turn.tool_calls)
