"""Sounds that are no interruption: the agent may stop for one, and must go on."""

import asyncio

import numpy as np
import pytest

from data.records import EndReason
from simulator.ollama.options import ScriptedCall, ScriptedReply
from simulator.twilio.mulaw import SAMPLE_RATE
from tests.calls.house import CallHouse
from tests.calls.phone import Dial, transcript
from tests.calls.vendors import caller_audio

pytestmark = pytest.mark.asyncio(loop_scope="package")

QUESTION = "What time do you open?"
LONG = "We open at nine on weekdays, at ten on Saturdays, and on Sundays not at all."
OPENING = ScriptedReply(match="time do you open", text=LONG)
GOODBYE = "It was lovely to talk to you today, and I hope to hear from you again very soon. Goodbye, then!"
WORD_SECONDS = 0.25
MUMBLE = "Wuzzy lomber framble gron."
"""Without three short silences in its first 0.7 s, wherever windows begin: by those laughter is known."""


def cough(seconds: float = 0.15) -> bytes:
    """A burst of noise that swells and fades, int16 at 8000 Hz."""
    noise = np.random.default_rng(7).normal(0, 6000, int(seconds * SAMPLE_RATE))
    shaped = noise * np.hanning(len(noise))
    return np.clip(shaped, -32768, 32767).astype("<i2").tobytes()


def uh(seconds: float = 0.12) -> bytes:
    """A sound made with the voice, too short for a word."""
    samples = np.frombuffer(caller_audio("Aaaah.", "en-us"), dtype="<i2")
    begin = int(np.argmax(np.abs(samples) > 3000))
    return samples[begin : begin + int(seconds * SAMPLE_RATE)].tobytes()


def audible_seconds(mulaw: bytes) -> float:
    """How much of some audio is not digital silence."""
    return sum(byte not in (0xFF, 0x7F) for byte in mulaw) / SAMPLE_RATE


async def test_a_cough_does_not_cost_the_caller_the_reply(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(OPENING)
    phone = await dial(await house.add_agent())
    await phone.say(QUESTION)
    await phone.agent_talks(0.4)
    await phone.play(cough())
    await phone.hears(LONG)
    record = await phone.hang_up()

    assert transcript(record) == [("user", QUESTION), ("agent", LONG)]
    assert not record.turns[-1].interrupted


async def test_speech_that_nobody_understands_does_not_silence_the_agent_for_ever(
    house: CallHouse, dial: Dial
) -> None:
    await house.vendors.script(OPENING)
    phone = await dial(await house.add_agent())
    await phone.say(QUESTION)
    await phone.agent_talks(0.4)
    await phone.mumble(MUMBLE)
    await phone.listen(quiet=0.5)
    record = await phone.hang_up()

    assert phone.measures.turns[-1].interruption_ms is not None, "it took the word"
    user, begun, rest = record.turns
    assert user.message == QUESTION
    assert begun.interrupted
    assert begun.message
    assert not rest.interrupted
    assert f"{begun.message} {rest.message}" == LONG


async def test_a_sound_before_the_reply_is_audible_does_not_cost_it(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(OPENING)
    house.vendors.slow_speech(0.9)
    phone = await dial(await house.add_agent())
    await phone.say(QUESTION)
    await asyncio.sleep(0.6)
    await phone.mumble(MUMBLE)
    await phone.hears(LONG)
    record = await phone.hang_up()

    assert transcript(record) == [("user", QUESTION), ("agent", LONG)]


async def test_a_sound_while_the_model_thinks_does_not_cost_the_answer(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(OPENING)
    phone = await dial(await house.add_agent())
    await house.vendors.slow_model(1.0)
    await phone.say(QUESTION)
    await asyncio.sleep(0.5)
    await phone.mumble(MUMBLE)
    await phone.hears(LONG)
    record = await phone.hang_up()

    assert transcript(record) == [("user", QUESTION), ("agent", LONG)]


async def test_a_goodbye_broken_by_a_sound_is_said_again_and_still_ends_the_call(
    house: CallHouse, dial: Dial
) -> None:
    bye = ScriptedCall(name="end_call", arguments={"reason": "the caller said goodbye"})
    await house.vendors.script(ScriptedReply(match="goodbye", text=GOODBYE, tool_calls=(bye,)))
    phone = await dial(await house.add_agent())
    await phone.say("That is all, goodbye.")
    await phone.agent_talks(0.4)
    await phone.mumble(MUMBLE)
    record = await phone.hung_up()

    assert phone.measures.turns[-1].interruption_ms is not None
    assert record.end_reason is EndReason.AGENT_ENDED
    assert record.turns[1].interrupted
    assert not record.turns[-1].interrupted
    assert f"{record.turns[1].message} {record.turns[2].message}" == GOODBYE


async def test_the_greeting_goes_on_after_a_sound(house: CallHouse, dial: Dial) -> None:
    greeting = f"Thank you for calling the shop on the market place. {LONG} How can I help you with that today?"
    phone = await dial(await house.add_agent(greeting))
    await phone.agent_talks(0.4)
    await phone.mumble(MUMBLE)
    await phone.listen(quiet=0.5)
    record = await phone.hang_up()

    begun, rest = record.turns
    assert f"{begun.message} {rest.message}" == greeting


async def test_noise_while_nobody_owes_anything_changes_nothing(house: CallHouse, dial: Dial) -> None:
    phone = await dial(await house.add_agent("Hello there."))
    await phone.hears("Hello there.")
    await phone.mumble(MUMBLE)
    await asyncio.sleep(1.0)
    record = await phone.hang_up()

    assert transcript(record) == [("agent", "Hello there.")]


async def test_a_sound_too_short_for_a_word_stops_the_agent_only_for_a_moment(
    house: CallHouse, dial: Dial
) -> None:
    await house.vendors.script(OPENING)
    phone = await dial(await house.add_agent())
    await phone.ask(QUESTION, LONG)
    undisturbed = audible_seconds(phone.heard_audio())
    await phone.say(QUESTION)
    await phone.agent_talks(0.4)
    await phone.play(uh())
    await phone.listen(quiet=0.6)
    record = await phone.hang_up()

    assert phone.measures.turns[-1].clear_at is not None, "it was silenced"
    said_again = audible_seconds(phone.heard_audio()) - 2 * undisturbed
    assert -0.1 < said_again < WORD_SECONDS, "and went on, at the latest from the beginning of the word"
    assert transcript(record) == [("user", QUESTION), ("agent", LONG)] * 2
    assert not any(turn.interrupted for turn in record.turns)
