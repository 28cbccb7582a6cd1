"""How calls end: each way once, in the right state, with nothing said cut off that should be heard."""

import asyncio
import json
from pathlib import Path

import pytest

from api.twiml import Apology
from bot.call import SHUTTING_DOWN, TIME_IS_UP
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
    await phone.agent_talks(0.8)
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


async def test_a_hang_up_that_twilio_does_not_take_still_ends_the_call(house: CallHouse, dial: Dial) -> None:
    phone = await dial(await house.add_agent())
    house.vendors.twilio.fail_next_requests(500, 500)
    await phone.say("That is all, goodbye.")
    record = await phone.hung_up()

    assert (record.status, record.end_reason) == (CallStatus.COMPLETED, EndReason.AGENT_ENDED)
    assert phone.heard("Thank you for calling. Goodbye!")
    assert phone.caller.record.ended_by is CallEnder.DOCUMENT, "by the end of its stream"


async def test_a_socket_closed_in_order_but_without_stop_counts_as_lost(house: CallHouse, dial: Dial) -> None:
    phone = await dial(await house.add_agent("Hello there."), CallerFaults(skip_stop=True))
    await phone.hears("Hello there.")
    record = await phone.hang_up()

    assert (record.status, record.end_reason) == (CallStatus.COMPLETED, EndReason.CONNECTION_LOST)


async def test_the_longest_duration_ends_a_call_with_a_sentence_that_nobody_talks_away(
    house: CallHouse, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An agent's calls last ten seconds at least, which is longer than a test should take.
    loop, longest = asyncio.get_running_loop(), 11
    call_later = loop.call_later
    monkeypatch.setattr(
        loop,
        "call_later",
        lambda delay, *rest, **more: call_later(2.0 if delay == longest else delay, *rest, **more),
    )
    numbers = ", then ".join(f"there is point {number}" for number in ("one", "two", "three", "four") * 3)
    await house.vendors.script(ScriptedReply(match="tell me more", text=f"Now {numbers}."))
    await house.vendors.teach(QUESTION)
    settings = AgentSettings(rag=RagSettings(enabled=False), max_duration_seconds=longest)
    phone = await dial(await house.add_agent(settings=settings))
    await phone.say("Please tell me more.")
    await phone.hears(TIME_IS_UP[: TIME_IS_UP.index(",") + 1])
    await phone.caller.say(QUESTION)
    record = await phone.hung_up()

    assert (record.status, record.end_reason) == (CallStatus.COMPLETED, EndReason.MAX_DURATION)
    assert [turn.interrupted for turn in record.turns if turn.role.value == "agent"] == [True, False]
    assert ("agent", TIME_IS_UP) in transcript(record)
    assert ("user", QUESTION) in transcript(record)
    assert phone.heard(TIME_IS_UP), "to its last word"
    assert phone.caller.record.ended_by is CallEnder.REST


async def test_a_few_malformed_messages_cost_nothing(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(OPENING)
    garbage = ("no json", "[]", '{"event": 7}', '{"event": "media", "media": null}', '{"event": "media"}')
    phone = await dial(await house.add_agent("Hello there."))
    for number in range(30):
        phone.caller.send_raw(garbage[number % len(garbage)])
    await phone.hears("Hello there.")
    asking = asyncio.create_task(phone.say(QUESTION))
    for number in range(10):
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


async def test_a_draining_server_takes_no_call_lets_calls_finish_and_ends_the_rest(
    vendors: Vendors, tmp_path: Path, dial: Dial
) -> None:
    async with open_house(vendors, tmp_path) as house:
        number = await house.add_agent("Hello there.")
        finishing, staying = await dial(number, at=house), await dial(number, at=house)
        await finishing.hears("Hello there.")
        draining = asyncio.create_task(house.runtime.calls.drain(2.0))
        await asyncio.sleep(0)
        late = await dial(number, at=house, connect=False)
        await finishing.say("That is all, goodbye.")
        finished = await finishing.hung_up()
        assert not draining.done()
        await late.caller.wait_ended()
        await draining
        assert house.runtime.calls.active_calls() == 0
        ended = await staying.hung_up()

    assert late.caller.record.said == [Apology.BUSY]
    assert (finished.status, finished.end_reason) == (CallStatus.COMPLETED, EndReason.AGENT_ENDED)
    assert (ended.status, ended.end_reason) == (CallStatus.COMPLETED, EndReason.SHUTDOWN)
    assert transcript(ended) == [("agent", "Hello there."), ("agent", SHUTTING_DOWN)]
    assert staying.heard(SHUTTING_DOWN)
    assert staying.caller.record.ended_by is CallEnder.REST


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
