"""Replies begun before the caller's turn is over: quicker where that was right, without a trace where not."""

import asyncio

import pytest

from data.agent_config import AgentSettings, RagSettings
from data.records import EndReason
from simulator.ollama.options import ScriptedCall, ScriptedReply
from tests.calls.house import CallHouse
from tests.calls.phone import Dial, transcript

pytestmark = pytest.mark.asyncio(loop_scope="package")

WISH = "Tell me your opening times"
"""Could be whole or not: the agent's threshold, 0.8 s, is waited for."""
QUESTION = "What time do you open?"
REST = "On a Sunday."
NINE = "We open at nine on weekdays, and the doors stay open until late in the evening."
ELEVEN = "On Sundays we open at eleven."
MODEL_SECONDS = 0.45
BREATH_SECONDS = 0.3
"""Long enough for an early reply to be written, too short to end the turn."""


def settings(*, speculative: bool = True) -> AgentSettings:
    return AgentSettings(rag=RagSettings(enabled=False), speculative_turn=speculative)


async def counted(house: CallHouse) -> dict[str, float]:
    """Early replies so far, by stage, and the tokens that were wasted on them."""
    lines = (await house.http.get("/metrics")).text.splitlines()
    values = [line.rsplit(" ", 1) for line in lines if line.startswith("phone_agent_speculative")]
    return {name.partition('stage="')[2].rstrip('"}') or "wasted": float(value) for name, value in values}


async def test_a_reply_that_was_begun_early_is_heard_sooner(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(ScriptedReply(match="opening times", text="We open at nine."))
    waited = {}
    before = await counted(house)
    for speculative in (True, False):
        phone = await dial(await house.add_agent(settings=settings(speculative=speculative)))
        await house.vendors.slow_model(MODEL_SECONDS)
        await phone.ask(WISH, "We open at nine.")
        (measures,) = phone.measures.turns
        record = await phone.hang_up()
        assert measures.voice_to_voice_ms is not None
        waited[speculative] = measures.voice_to_voice_ms
        assert transcript(record) == [("user", WISH), ("agent", "We open at nine.")]
        latency = record.turns[-1].latency
        assert latency is not None
        assert (latency.held_ms is not None) is speculative
    after = await counted(house)

    assert waited[True] < waited[False] - MODEL_SECONDS * 1000 / 2
    assert (after["started"], after["used"]) == (before["started"] + 1, before["used"] + 1)
    assert after["wasted"] == before["wasted"]


async def test_an_early_reply_is_dropped_without_a_trace_when_the_caller_goes_on(
    house: CallHouse, dial: Dial
) -> None:
    await house.vendors.script(
        ScriptedReply(match="on a sunday", text=ELEVEN), ScriptedReply(match="time do you open", text=NINE * 5)
    )
    await house.vendors.teach(QUESTION, REST)
    phone = await dial(await house.add_agent(settings=settings()))
    before = await counted(house)
    await house.vendors.forget_requests()
    await phone.say(QUESTION)
    await asyncio.sleep(BREATH_SECONDS)
    await phone.caller.say(REST)
    await phone.hears(ELEVEN)
    record = await phone.hang_up()
    after = await counted(house)

    assert transcript(record) == [("user", f"{QUESTION} {REST}"), ("agent", ELEVEN)]
    assert not any(turn.premature_reply for turn in phone.measures.turns)
    dropped = after["dropped"] - before["dropped"]
    assert dropped >= 1
    assert after["started"] - before["started"] == dropped + 1
    assert after["wasted"] > before["wasted"]
    outcomes = await house.vendors.request_outcomes()
    assert outcomes == ["cancelled"] * int(dropped) + ["completed"]


async def test_a_tool_of_a_dropped_reply_never_runs(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(
        ScriptedReply(match="on a sunday", text=ELEVEN),
        ScriptedReply(match="time do you open", tool_calls=(ScriptedCall(name="end_call"),)),
    )
    await house.vendors.teach(QUESTION, REST)
    phone = await dial(await house.add_agent(settings=settings()))
    before = await counted(house)
    await phone.say(QUESTION)
    await asyncio.sleep(BREATH_SECONDS)
    await phone.caller.say(REST)
    await phone.hears(ELEVEN)
    record = await phone.hang_up()

    assert (await counted(house))["dropped"] > before["dropped"]
    assert record.end_reason is EndReason.CALLER_HUNG_UP
    assert [call for turn in record.turns for call in turn.tool_calls] == []
    assert transcript(record)[-1] == ("agent", ELEVEN)


async def test_a_tool_of_an_early_reply_runs_once_the_turn_is_over(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(
        ScriptedReply(match="bye", text="Goodbye to you.", tool_calls=(ScriptedCall(name="end_call"),))
    )
    phone = await dial(await house.add_agent(settings=settings()))
    await phone.say("Thank you, bye.")
    record = await phone.hung_up()

    assert record.end_reason is EndReason.AGENT_ENDED
    assert transcript(record) == [("user", "Thank you, bye."), ("agent", "Goodbye to you.")]
    assert [call.tool_name for turn in record.turns for call in turn.tool_calls] == ["end_call"]
