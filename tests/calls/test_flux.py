"""Calls on Deepgram's Flux, which finds the ends of the caller's turns itself."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from data.agent_config import AgentSettings, RagSettings
from data.records import CallStatus, EndReason
from simulator.faults import FaultPlan
from simulator.ollama.options import ScriptedReply
from simulator.twilio.faults import CallerFaults
from tests.calls.house import CallHouse, open_house
from tests.calls.phone import Dial, transcript
from tests.calls.test_speculation import counted
from tests.calls.vendors import Vendors

pytestmark = pytest.mark.asyncio(loop_scope="package")

GREETING = "Hi, this is Maya from Northwind Solar. How can I help you today?"
LONG = "We have three plans. Let me go through all of them with you, one after the other, and take our time."
NINE = "We open at nine on weekdays, and the doors stay open until late in the evening."
QUESTION = "What time do you open?"
WISH = "Tell me your opening times"
"""Flux is half sure of its end at once and sure half a second later."""
BEGINNING = "I would like to know what time you open on a Monday"
REST = "or on a Sunday."


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def flux_house(vendors: Vendors, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CallHouse]:
    """A server whose only difference is the recognition model."""
    folder = tmp_path_factory.mktemp("flux")
    async with open_house(vendors, folder, deepgram_stt_model="flux-general-en") as house:
        yield house


def settings() -> AgentSettings:
    return AgentSettings(rag=RagSettings(enabled=False))


async def test_a_whole_call(flux_house: CallHouse, dial: Dial) -> None:
    await flux_house.vendors.script(ScriptedReply(match="everything about", text=LONG))
    phone = await dial(flux_house.number, at=flux_house)
    await phone.hears(GREETING)
    await phone.say("Tell me everything about your plans.")
    await phone.agent_talks(0.8)
    await phone.say("Sorry, how long is the warranty on the inverter?")
    await phone.listen()
    await phone.say("No, that is all. Thank you, goodbye.")
    record = await phone.hung_up()

    turns = phone.measures.turns
    assert turns[1].interruption_ms is not None
    assert phone.heard("We have three plans.")
    assert not phone.heard(LONG)
    assert all(turn.reply_at is not None and not turn.premature_reply for turn in turns)
    assert (record.status, record.end_reason, record.error) == (CallStatus.COMPLETED, EndReason.AGENT_ENDED, None)
    said = transcript(record)
    assert said[:2] == [("agent", GREETING), ("user", "Tell me everything about your plans.")]
    assert record.turns[2].interrupted
    assert said[3] == ("user", "Sorry, how long is the warranty on the inverter?")
    assert "12 years" in said[4][1]
    assert said[5] == ("user", "No, that is all. Thank you, goodbye.")
    assert said[-1] == ("agent", "Thank you for calling. Goodbye!")


async def test_a_reply_begun_at_a_likely_end_is_used_when_the_turn_ends(flux_house: CallHouse, dial: Dial) -> None:
    house = flux_house
    await house.vendors.script(ScriptedReply(match="opening times", text=NINE))
    phone = await dial(await house.add_agent(settings=settings()), at=house)
    before = await counted(house)
    await phone.ask(WISH, NINE)
    record = await phone.hang_up()
    after = await counted(house)

    assert transcript(record) == [("user", WISH), ("agent", NINE)]
    latency = record.turns[-1].latency
    assert latency is not None
    assert latency.held_ms is not None
    assert (after["used"], after["dropped"]) == (before["used"] + 1, before["dropped"])


async def test_what_was_begun_at_a_likely_end_is_dropped_when_the_turn_resumes(
    flux_house: CallHouse, dial: Dial
) -> None:
    house = flux_house
    await house.vendors.script(ScriptedReply(match="sunday", text=NINE), ScriptedReply(match="monday", text=LONG))
    await house.vendors.teach(BEGINNING, REST)
    phone = await dial(await house.add_agent(settings=settings()), at=house)
    before = await counted(house)
    await phone.say(BEGINNING)
    await asyncio.sleep(0.45)  # longer than Flux needs to be half sure of these words, too short for certainty
    await phone.caller.say(REST)
    await phone.hears(NINE)
    record = await phone.hang_up()
    after = await counted(house)

    assert transcript(record) == [("user", f"{BEGINNING} {REST}"), ("agent", NINE)]
    assert after["dropped"] - before["dropped"] >= 1


async def test_a_turn_that_flux_never_ends_is_ended_and_answered(flux_house: CallHouse, dial: Dial) -> None:
    house = flux_house
    await house.vendors.script(ScriptedReply(match="time do you open", text=NINE))
    house.vendors.break_deepgram("listen", FaultPlan(drop_finals=True))
    phone = await dial(await house.add_agent(settings=settings()), at=house)
    await phone.ask(QUESTION, NINE)
    record = await phone.hang_up()
    assert transcript(record) == [("user", QUESTION), ("agent", NINE)]


async def test_neither_a_lost_connection_nor_a_line_that_sends_no_silence_costs_a_turn(
    flux_house: CallHouse, dial: Dial
) -> None:
    house = flux_house
    await house.vendors.script(ScriptedReply(match="time do you open", text=NINE))
    house.vendors.break_deepgram("listen", FaultPlan(close_after_seconds=1.0), 1)
    number = await house.add_agent(settings=settings())
    phone = await dial(number, CallerFaults(no_media_in_silence=True), at=house)
    await asyncio.sleep(0.4)
    await phone.ask(QUESTION, NINE)
    record = await phone.hang_up()
    assert transcript(record) == [("user", QUESTION), ("agent", NINE)]
