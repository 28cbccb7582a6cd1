"""How calls end: each way once, in the right state, with nothing said cut off that should be heard."""

import asyncio
import json
from pathlib import Path

import pytest

from api.twiml import Apology
from bot.call import TIME_IS_UP
from data.agent_config import AgentSettings, RagSettings
from data.records import CallStatus, EndReason
from simulator.ollama.options import ScriptedReply
from simulator.twilio.call_record import CallEnder
from simulator.twilio.faults import CallerFaults
from tests.calls.house import CallHouse, open_house
from tests.calls.phone import Dial, transcript
from tests.calls.vendors import Vendors

pytestmark = pytest.mark.asyncio(loop_scope="package")

QUESTION = "What time do you open?"
ANSWER = "We open at nine."
OPENING = ScriptedReply(match="time do you open", text=ANSWER)


async def test_a_caller_who_hangs_up_in_mid_reply(house: CallHouse, dial: Dial) -> None:
    long = "We open at nine on weekdays, at ten on Saturdays, and on Sundays we do not open at all, as you know."
    await house.vendors.script(ScriptedReply(match="time do you open", text=long))
    phone = await dial(await house.add_agent())
    await phone.say(QUESTION)
    await phone.agent_talks(1.0)
    record = await phone.hang_up()

    assert (record.status, record.end_reason) == (CallStatus.COMPLETED, EndReason.CALLER_HUNG_UP)
    assert phone.caller.record.ended_by is CallEnder.CALLER
    user, agent = record.turns
    assert user.message == QUESTION
    assert agent.interrupted
    assert long.startswith(agent.message)
    assert 0 < len(agent.message) < len(long)


async def test_a_caller_who_hangs_up_in_mid_sentence_is_still_on_record(house: CallHouse, dial: Dial) -> None:
    phone = await dial(await house.add_agent())
    await house.vendors.teach("I would like to know everything about your long and glorious history, please.")
    speaking = asyncio.create_task(
        phone.caller.say("I would like to know everything about your long and glorious history, please.")
    )
    await asyncio.sleep(1.5)
    record = await phone.hang_up()
    await asyncio.gather(speaking, return_exceptions=True)

    assert record.end_reason is EndReason.CALLER_HUNG_UP
    (turn,) = record.turns
    assert turn.role.value == "user"
    assert turn.message.startswith("I would like")


async def test_a_lost_connection_ends_the_call_without_a_stop(house: CallHouse, dial: Dial) -> None:
    phone = await dial(await house.add_agent("Hello there."))
    await phone.hears("Hello there.")
    phone.caller.drop_socket()
    record = await phone.hung_up()

    assert (record.status, record.end_reason) == (CallStatus.COMPLETED, EndReason.CONNECTION_LOST)
    assert transcript(record) == [("agent", "Hello there.")]
    assert record.duration_secs > 0


async def test_a_socket_closed_in_order_but_without_stop_counts_as_lost(house: CallHouse, dial: Dial) -> None:
    phone = await dial(await house.add_agent("Hello there."), CallerFaults(skip_stop=True))
    await phone.hears("Hello there.")
    record = await phone.hang_up()

    assert (record.status, record.end_reason) == (CallStatus.COMPLETED, EndReason.CONNECTION_LOST)


async def test_the_longest_duration_ends_a_call_with_a_sentence_that_nobody_talks_away(
    house: CallHouse, dial: Dial
) -> None:
    long = "Now " + ", then ".join(f"there is point {number}" for number in ("one", "two", "three", "four") * 9)
    await house.vendors.script(ScriptedReply(match="tell me more", text=f"{long}."))
    settings = AgentSettings(rag=RagSettings(enabled=False), max_duration_seconds=10)
    phone = await dial(await house.add_agent(settings=settings))
    await house.vendors.teach(QUESTION)
    await phone.say("Please tell me more.")
    await phone.hears(TIME_IS_UP[: TIME_IS_UP.index(",") + 1], timeout=14)
    await phone.caller.say(QUESTION)
    record = await phone.hung_up()

    assert (record.status, record.end_reason) == (CallStatus.COMPLETED, EndReason.MAX_DURATION)
    assert [turn.interrupted for turn in record.turns if turn.role.value == "agent"] == [True, False]
    assert ("agent", TIME_IS_UP) in transcript(record)
    assert ("user", QUESTION) in transcript(record)
    assert phone.heard(TIME_IS_UP), "to its last word"
    assert phone.caller.record.ended_by is CallEnder.REST


@pytest.mark.parametrize("faults", [0, 30])
async def test_a_few_malformed_messages_cost_nothing(house: CallHouse, dial: Dial, faults: int) -> None:
    await house.vendors.script(OPENING)
    garbage = ("no json", "[]", '{"event": 7}', '{"event": "media", "media": null}', '{"event": "media"}')
    phone = await dial(await house.add_agent("Hello there."))
    for number in range(faults):
        phone.caller.send_raw(garbage[number % len(garbage)])
    await phone.hears("Hello there.")
    asking = asyncio.create_task(phone.say(QUESTION))
    if faults:
        for number in range(12):
            await asyncio.sleep(0.05)
            phone.caller.send_raw(garbage[number % len(garbage)])
    await asking
    await phone.hears(ANSWER)
    record = await phone.hang_up()

    assert record.end_reason is EndReason.CALLER_HUNG_UP
    assert transcript(record) == [("agent", "Hello there."), ("user", QUESTION), ("agent", ANSWER)]


async def test_a_flood_of_malformed_messages_ends_the_call_as_failed(house: CallHouse, dial: Dial) -> None:
    phone = await dial(await house.add_agent("Hello there."))
    await phone.hears("Hello there.")
    for _ in range(60):
        phone.caller.send_raw(json.dumps({"event": "media", "media": {"payload": "%%%"}}))
    record = await phone.hung_up()

    assert (record.status, record.end_reason) == (CallStatus.FAILED, EndReason.MALFORMED_STREAM)
    assert transcript(record) == [("agent", "Hello there.")]


async def test_a_call_during_shutdown_is_ended_and_stored(vendors: Vendors, tmp_path: Path, dial: Dial) -> None:
    async with open_house(vendors, tmp_path) as house:
        phone = await dial(await house.add_agent("Hello there."), at=house)
        await phone.hears("Hello there.")
        # Twilio's next call comes while the server takes none any more.
        draining = asyncio.create_task(house.runtime.calls.drain(0.6))
        await asyncio.sleep(0)
        late = await dial(house.number, at=house, connect=False)
        await late.caller.wait_ended()
        await draining
        record = await phone.hung_up()
        assert house.runtime.calls.active_calls() == 0

    assert late.caller.record.said == [Apology.BUSY]
    assert (record.status, record.end_reason) == (CallStatus.COMPLETED, EndReason.SHUTDOWN)
    assert transcript(record) == [("agent", "Hello there.")]
    assert phone.caller.record.ended_by is CallEnder.REST


async def test_a_server_that_stops_drains_the_calls_that_end_by_themselves(
    vendors: Vendors, tmp_path: Path, dial: Dial
) -> None:
    async with open_house(vendors, tmp_path) as house:
        phone = await dial(await house.add_agent("Hello there."), at=house)
        await phone.hears("Hello there.")
        draining = asyncio.create_task(house.runtime.calls.drain(20))
        await phone.say("That is all, goodbye.")
        record = await phone.hung_up()
        await asyncio.wait_for(draining, 2)

    assert record.end_reason is EndReason.AGENT_ENDED


async def test_a_server_that_is_stopped_at_once_leaves_no_open_conversation(
    vendors: Vendors, tmp_path: Path, dial: Dial
) -> None:
    async with open_house(vendors, tmp_path) as house:
        phone = await dial(await house.add_agent("Hello there."), at=house)
        await phone.hears("Hello there.")
    await phone.caller.wait_ended()
    async with open_house(vendors, tmp_path) as house:
        record = await house.conversation(phone.sid)

    assert record.status is CallStatus.COMPLETED
    assert record.end_reason in (EndReason.SHUTDOWN, EndReason.CONNECTION_LOST)
    assert transcript(record) == [("agent", "Hello there.")]
