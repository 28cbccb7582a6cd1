"""Who has the word when: questions that come quickly, in pieces, or while an answer is on its way."""

import asyncio

import pytest

from simulator.ollama.options import ScriptedReply
from tests.calls.house import CallHouse
from tests.calls.phone import AUDIBLE_GAP_MS, Dial, transcript

pytestmark = pytest.mark.asyncio(loop_scope="package")

FIRST = "What time do you open?"
SECOND = "And where are you?"
BOTH = ScriptedReply(match="where are you", text="We are on Main Street.")
ONE = ScriptedReply(match="time do you open", text="We open at nine.")


async def test_two_quick_questions_get_one_answer_to_both(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(BOTH, ONE)
    house.vendors.slow_speech(0.7)
    phone = await dial(await house.add_agent())
    await house.vendors.teach(SECOND)
    await phone.say(FIRST)
    await asyncio.sleep(0.5)  # the answer to the first one is being made, and not audible yet
    await phone.caller.say(SECOND)
    await phone.hears("We are on Main Street.")
    record = await phone.hang_up()

    said = transcript(record)
    assert said[-1] == ("agent", "We are on Main Street.")
    assert [text for role, text in said if role == "agent"] == ["We are on Main Street."]
    assert " ".join(text for role, text in said if role == "user") == f"{FIRST} {SECOND}"
    assert not phone.heard("We open at nine.")


async def test_a_caller_who_goes_on_after_a_pause_is_answered_once(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(BOTH)
    phone = await dial(await house.add_agent())
    begun, rest = "I would like to know whether, and", "where are you exactly?"
    await house.vendors.teach(begun, rest)
    await phone.caller.say(begun)
    await asyncio.sleep(0.8)
    await phone.caller.say(rest)
    await phone.hears("We are on Main Street.")
    record = await phone.hang_up()

    assert transcript(record) == [("user", f"{begun} {rest}"), ("agent", "We are on Main Street.")]
    assert not any(turn.premature_reply for turn in phone.measures.turns)


async def test_a_long_reply_has_no_holes(house: CallHouse, dial: Dial) -> None:
    numbers = ("one", "two", "three", "four")
    sentences = [f"This is the sentence with the number {number}, as you hear." for number in numbers]
    await house.vendors.script(ScriptedReply(match="time do you open", text=" ".join(sentences)))
    phone = await dial(await house.add_agent())
    await phone.say(FIRST)
    await phone.hears(" ".join(sentences))
    record = await phone.hang_up()

    assert all(hole.gap_ms < AUDIBLE_GAP_MS for hole in phone.measures.underruns)
    assert transcript(record)[-1] == ("agent", " ".join(sentences))


async def test_keys_do_not_disturb_a_call(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(ONE)
    phone = await dial(await house.add_agent("Hello there."))
    await phone.caller.press("1#")
    await phone.hears("Hello there.")
    await phone.ask(FIRST, "We open at nine.")
    record = await phone.hang_up()

    assert transcript(record) == [("agent", "Hello there."), ("user", FIRST), ("agent", "We open at nine.")]
