"""Who is not let in, and what a caller who cannot be served hears instead of a dead line."""

from pathlib import Path

import pytest

from api.twiml import TOKEN_PARAMETER, Apology
from data.records import CallStatus, EndReason
from simulator.twilio.call_record import CallEnder
from simulator.twilio.faults import CallerFaults
from tests.calls.house import CallHouse, open_house
from tests.calls.phone import Dial, transcript
from tests.calls.vendors import Vendors

pytestmark = pytest.mark.asyncio(loop_scope="package")

GREETING = "Hello there."


@pytest.mark.parametrize(
    ("twilio_status", "reason"),
    [
        ("busy", EndReason.BUSY),
        ("no-answer", EndReason.NO_ANSWER),
        ("canceled", EndReason.CANCELED),
        ("failed", EndReason.ERROR),
        ("completed", EndReason.NEVER_STREAMED),
    ],
)
async def test_a_call_that_never_streamed_is_ended_by_its_status_callback_once(
    house: CallHouse, dial: Dial, twilio_status: str, reason: EndReason
) -> None:
    number = await house.add_agent(GREETING)
    sid = f"CAnever{twilio_status}"
    form = {"CallSid": sid, "From": "+14155550100", "To": number, "CallStatus": "ringing"}
    await house.webhook("/voice/incoming", form)
    for status in (twilio_status, "completed"):
        await house.webhook("/voice/status", {**form, "CallStatus": status, "CallDuration": "0"})
    record = await house.conversation(sid)

    assert (record.status, record.end_reason) == (CallStatus.FAILED, reason)
    assert record.turns == ()


async def test_the_status_callback_of_a_streamed_call_changes_nothing(house: CallHouse, dial: Dial) -> None:
    phone = await dial(await house.add_agent(GREETING))
    await phone.hears(GREETING)
    before = await phone.hang_up()
    for status in ("busy", "failed", "completed"):
        await house.webhook("/voice/status", {"CallSid": phone.sid, "CallStatus": status})

    assert await phone.stored() == before
    assert before.end_reason is EndReason.CALLER_HUNG_UP


async def test_a_second_stream_of_a_call_is_refused_and_the_first_goes_on(house: CallHouse, dial: Dial) -> None:
    phone = await dial(await house.add_agent(GREETING), CallerFaults(duplicate_stream=True))
    await phone.listen()
    duplicate = phone.caller.call.duplicate
    assert duplicate is not None
    assert not duplicate.is_running
    record = await phone.hang_up()

    assert phone.heard(GREETING)
    assert record.end_reason is EndReason.CALLER_HUNG_UP
    assert transcript(record) == [("agent", GREETING)]


async def test_a_foreign_token_opens_nothing(house: CallHouse, dial: Dial) -> None:
    number = await house.add_agent(GREETING)
    stolen = await house.webhook("/voice/incoming", {"CallSid": "CAother", "From": "+14155550100", "To": number})
    token = stolen.text.split('value="')[1].split('"')[0]
    thief = await dial(number, CallerFaults(forged_parameters={TOKEN_PARAMETER: token}))
    await thief.caller.wait_ended()

    assert thief.measures.agent_audio_secs == 0
    record = await house.conversation(thief.sid)
    assert (record.status, record.end_reason) == (CallStatus.FAILED, EndReason.NEVER_STREAMED)


@pytest.mark.parametrize("faults", [CallerFaults(drop_parameters=frozenset({TOKEN_PARAMETER}))])
async def test_without_a_token_nobody_is_let_in(house: CallHouse, dial: Dial, faults: CallerFaults) -> None:
    phone = await dial(await house.add_agent(GREETING), faults)
    await phone.caller.wait_ended()

    assert phone.measures.agent_audio_secs == 0
    assert (await phone.stored()).end_reason is EndReason.NEVER_STREAMED


@pytest.mark.parametrize("faults", [CallerFaults(wrong_signature=True), CallerFaults(no_signature=True)])
async def test_a_webhook_that_twilio_did_not_sign_is_refused(
    house: CallHouse, dial: Dial, faults: CallerFaults
) -> None:
    phone = await dial(house.number, faults, connect=False)
    await phone.caller.wait_ended()

    assert phone.caller.record.ended_by is CallEnder.APPLICATION_ERROR
    assert phone.caller.record.notifications[0].message.endswith("answered 403")


async def test_over_capacity_a_caller_hears_a_sentence(vendors: Vendors, tmp_path: Path, dial: Dial) -> None:
    async with open_house(vendors, tmp_path, max_concurrent_calls=1) as house:
        number = await house.add_agent(GREETING)
        first = await dial(number, at=house)
        second = await dial(number, at=house, connect=False)
        await second.caller.wait_ended()
        await first.listen()
        await first.hang_up()
        third = await dial(number, at=house)
        await third.listen()
        await third.hang_up()

    assert second.caller.record.said == [Apology.BUSY]
    assert second.caller.record.ended_by is CallEnder.DOCUMENT
    assert first.heard(GREETING)
    assert third.heard(GREETING), "the place is free again"


async def test_without_a_key_for_speech_a_caller_hears_a_sentence_and_no_silence(
    vendors: Vendors, tmp_path: Path, dial: Dial
) -> None:
    async with open_house(vendors, tmp_path, deepgram_api_key=None) as house:
        phone = await dial(house.number, at=house, connect=False)
        await phone.caller.wait_ended()
        health = (await house.http.get("/health")).json()

    assert phone.caller.record.said == [Apology.DEGRADED]
    assert health["status"] == "degraded"


@pytest.mark.parametrize("is_active", [False])
async def test_an_inactive_agent_says_so_politely(house: CallHouse, dial: Dial, is_active: bool) -> None:
    phone = await dial(await house.add_agent(GREETING, is_active=is_active), connect=False)
    await phone.caller.wait_ended()

    assert phone.caller.record.said == [Apology.AGENT_INACTIVE]


async def test_an_unknown_number_is_not_in_service(house: CallHouse, dial: Dial) -> None:
    phone = await dial("+15559998888", connect=False)
    await phone.caller.wait_ended()

    assert phone.caller.record.said == [Apology.UNKNOWN_NUMBER]
