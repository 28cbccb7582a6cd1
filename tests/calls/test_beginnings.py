"""How calls begin: who speaks first, and who is heard while the other one speaks."""

import pytest

from data.agent_config import AgentSettings, RagSettings
from data.records import EndReason
from simulator.faults import FaultPlan
from simulator.ollama.options import ScriptedReply
from tests.calls.house import CallHouse
from tests.calls.phone import Dial, transcript

pytestmark = pytest.mark.asyncio(loop_scope="package")

QUESTION = "What time do you open?"
ANSWER = "We open at nine."
GREETING = "Good morning, this is Ada of the little shop around the corner. What can I do for you today?"
OPENING = ScriptedReply(match="time do you open", text=ANSWER)


async def test_a_caller_who_speaks_first_is_answered(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(OPENING)
    phone = await dial(await house.add_agent(first_message=""))
    await phone.ask(QUESTION, ANSWER)
    record = await phone.hang_up()

    assert transcript(record) == [("user", QUESTION), ("agent", ANSWER)]
    assert record.end_reason is EndReason.CALLER_HUNG_UP


@pytest.mark.parametrize("silent_seconds", [1.0, 1.8])
async def test_words_from_before_speech_to_text_was_connected_are_not_lost(
    house: CallHouse, dial: Dial, silent_seconds: float
) -> None:
    await house.vendors.script(OPENING)
    # The vendor accepts the connection and then is not heard of, perhaps until the caller has long finished.
    house.vendors.break_deepgram("listen", FaultPlan(stall_after_seconds=0, stall_seconds=silent_seconds))
    phone = await dial(await house.add_agent(GREETING))
    await phone.ask(QUESTION, ANSWER)
    record = await phone.hang_up()

    assert transcript(record)[-2:] == [("user", QUESTION), ("agent", ANSWER)]


async def test_words_spoken_while_the_vendor_refuses_the_connection_are_not_lost(
    house: CallHouse, dial: Dial
) -> None:
    await house.vendors.script(OPENING)
    house.vendors.break_deepgram("listen", FaultPlan(refuse_status=503), 1, 2)
    phone = await dial(await house.add_agent())
    await phone.ask(QUESTION, ANSWER)
    record = await phone.hang_up()

    assert transcript(record) == [("user", QUESTION), ("agent", ANSWER)]


async def test_the_greeting_can_be_interrupted(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(OPENING)
    phone = await dial(await house.add_agent(GREETING))
    await phone.agent_talks(0.4)
    await phone.ask(QUESTION, ANSWER)
    record = await phone.hang_up()

    greeting, *rest = record.turns
    assert greeting.interrupted
    assert GREETING.startswith(greeting.message)
    assert [(turn.role.value, turn.message) for turn in rest] == [("user", QUESTION), ("agent", ANSWER)]
    assert not phone.heard(GREETING)
    assert phone.measures.turns[0].clear_at is not None


async def test_a_protected_greeting_is_finished_and_the_question_in_it_answered(
    house: CallHouse, dial: Dial
) -> None:
    await house.vendors.script(OPENING)
    settings = AgentSettings(rag=RagSettings(enabled=False), disable_first_message_interruptions=True)
    phone = await dial(await house.add_agent(GREETING, settings=settings))
    await phone.agent_talks(0.4)
    await phone.ask(QUESTION, ANSWER)
    record = await phone.hang_up()

    assert phone.heard(GREETING)
    assert phone.measures.turns[-1].clear_at is None
    assert phone.measures.turns[-1].agent_was_speaking
    assert not any(turn.interrupted for turn in record.turns)
    assert sorted(transcript(record)) == sorted([("agent", GREETING), ("user", QUESTION), ("agent", ANSWER)])


async def test_after_a_protected_greeting_the_agent_can_be_interrupted(house: CallHouse, dial: Dial) -> None:
    long = "I will tell you all there is to say about that, and it is quite a lot, so please be patient with me."
    await house.vendors.script(OPENING, ScriptedReply(match="tell me more", text=long))
    settings = AgentSettings(rag=RagSettings(enabled=False), disable_first_message_interruptions=True)
    phone = await dial(await house.add_agent("Hello.", settings=settings))
    await phone.hears("Hello.")
    await phone.say("Please tell me more.")
    await phone.agent_talks(0.4)
    await phone.ask(QUESTION, ANSWER)
    record = await phone.hang_up()

    assert phone.measures.turns[-1].interruption_ms is not None
    assert [turn.interrupted for turn in record.turns] == [False, False, True, False, False]
    assert transcript(record)[-1] == ("agent", ANSWER)


async def test_an_agent_that_may_not_be_interrupted_finishes_and_then_answers(
    house: CallHouse, dial: Dial
) -> None:
    long = "There is a lot to say about that, and I will say all of it before I let you ask me anything else."
    await house.vendors.script(OPENING, ScriptedReply(match="tell me more", text=long))
    phone = await dial(await house.add_agent("Hello.", interrupt_enabled=False))
    await phone.hears("Hello.")
    await phone.say("Please tell me more.")
    await phone.agent_talks(0.4)
    await phone.ask(QUESTION, ANSWER)
    record = await phone.hang_up()

    assert phone.measures.turns[-1].clear_at is None
    assert phone.measures.turns[-1].agent_was_speaking
    assert not any(turn.interrupted for turn in record.turns)
    said = transcript(record)
    assert ("agent", long) in said
    assert phone.heard(long)
    assert said[-1] == ("agent", ANSWER)


async def test_a_greeting_is_synthesised_once_unless_it_is_about_this_caller(house: CallHouse, dial: Dial) -> None:
    spoken = []
    for greeting in ("This is the same for everybody.", "You are calling from {{system__caller_id}}."):
        number = await house.add_agent(greeting)
        for _ in range(2):
            before = house.vendors.deepgram.counters.characters_spoken
            phone = await dial(number)
            await phone.listen()
            record = await phone.hang_up()
            assert len(record.turns) == 1
            spoken.append(house.vendors.deepgram.counters.characters_spoken - before)
    assert spoken[0] == len("This is the same for everybody.")
    assert spoken[1] == 0
    assert spoken[2] == spoken[3] > 0
