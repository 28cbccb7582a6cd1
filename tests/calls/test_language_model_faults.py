"""What a caller hears when the language model is away, missing, slow or broken: never nothing."""

import pytest

from bot.services.language_model import APOLOGY, FAREWELL
from data.records import CallStatus, EndReason
from simulator.ollama.faults import Fault, FaultKind
from simulator.ollama.options import ScriptedReply
from simulator.twilio.call_record import CallEnder
from tests.calls.house import CallHouse
from tests.calls.phone import Dial, transcript

pytestmark = pytest.mark.asyncio(loop_scope="package")

QUESTION = "What time do you open?"
AGAIN = "What time do you open, please?"
ANSWER = "We open at nine."


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.REFUSE, requests=None),
        Fault(kind=FaultKind.HANG, requests=None),
    ],
    ids=lambda fault: fault.kind.value,
)
async def test_a_model_that_fails_is_apologised_for_and_then_the_call_ends(
    house: CallHouse, dial: Dial, fault: Fault
) -> None:
    phone = await dial(await house.add_agent())
    await house.vendors.break_ollama(fault)
    await phone.ask(QUESTION, APOLOGY)
    await phone.say(AGAIN)
    record = await phone.hung_up()

    assert transcript(record) == [
        ("user", QUESTION),
        ("agent", APOLOGY),
        ("user", AGAIN),
        ("agent", FAREWELL),
    ]
    assert phone.heard(FAREWELL)
    assert (record.status, record.end_reason) == (CallStatus.FAILED, EndReason.ERROR)
    assert phone.caller.record.ended_by is CallEnder.REST


async def test_a_model_that_is_not_installed_is_apologised_for(house: CallHouse, dial: Dial) -> None:
    phone = await dial(await house.add_agent(model_name="no-such-model:1b"))
    await phone.ask(QUESTION, APOLOGY)
    record = await phone.hang_up()

    assert transcript(record) == [("user", QUESTION), ("agent", APOLOGY)]


async def test_one_failure_is_forgiven_by_the_next_good_answer(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(ScriptedReply(match="time do you open", text=ANSWER))
    phone = await dial(await house.add_agent())
    await house.vendors.break_ollama(Fault(kind=FaultKind.ERROR, requests=2))  # one may be a reply begun early
    await phone.ask(QUESTION, APOLOGY)
    await house.vendors.break_ollama()
    await phone.ask(AGAIN, ANSWER)
    record = await phone.hang_up()

    assert transcript(record) == [
        ("user", QUESTION),
        ("agent", APOLOGY),
        ("user", AGAIN),
        ("agent", ANSWER),
    ]
    assert record.end_reason is EndReason.CALLER_HUNG_UP


async def test_an_answer_that_breaks_off_is_spoken_as_far_as_it_came(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(
        ScriptedReply(match="time do you open", text="We open at nine. On Sundays we are closed, I am afraid.")
    )
    phone = await dial(await house.add_agent("Hello."))
    await phone.hears("Hello.")
    await house.vendors.break_ollama(Fault(kind=FaultKind.CUT, after_tokens=8))
    await phone.ask(QUESTION)
    record = await phone.hang_up()

    assert phone.heard("We open at nine.")
    assert transcript(record)[-1][1].startswith("We open at nine.")
    assert not record.turns[-1].interrupted
