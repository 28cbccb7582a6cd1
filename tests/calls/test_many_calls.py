"""Many calls in one server: each its own, and none leaves anything to the next."""

import asyncio
import os

import psutil
import pytest

from data.records import CallStatus, EndReason
from simulator.ollama.options import ScriptedReply
from tests.calls.house import CallHouse
from tests.calls.phone import Dial, Phone, transcript

pytestmark = pytest.mark.asyncio(loop_scope="package")

WORDS = ("apples", "bread", "candles", "doors", "eggs", "flowers", "glasses", "honey", "ink", "jackets")
BYE = "That is all, goodbye."
GOODBYE = "Thank you for calling. Goodbye!"


async def test_ten_calls_at_once_are_never_mixed_up(house: CallHouse, dial: Dial) -> None:
    replies = [ScriptedReply(match=f"have any {word}", text=f"Yes, {word} are on the left.") for word in WORDS]
    await house.vendors.script(*replies)
    questions = [f"Do you have any {word}?" for word in WORDS]
    await house.vendors.teach(BYE, *questions)
    await house.vendors.rehearse("Thank you for calling.", "Goodbye!", GOODBYE)
    numbers = [await house.add_agent(f"Welcome to the shop for {word}.") for word in WORDS]

    async def one(number: str, question: str, word: str) -> Phone:
        phone = await dial(number)
        await phone.hears(f"Welcome to the shop for {word}.")
        await phone.caller.say(question)
        await phone.hears(f"Yes, {word} are on the left.")
        await phone.caller.say(BYE)
        await phone.caller.wait_ended()
        return phone

    phones = await asyncio.gather(*(one(*triple) for triple in zip(numbers, questions, WORDS, strict=True)))
    for phone, word, question in zip(phones, WORDS, questions, strict=True):
        record = await phone.stored()
        assert (record.status, record.end_reason) == (CallStatus.COMPLETED, EndReason.AGENT_ENDED)
        assert transcript(record) == [
            ("agent", f"Welcome to the shop for {word}."),
            ("user", question),
            ("agent", f"Yes, {word} are on the left."),
            ("user", BYE),
            ("agent", GOODBYE),
        ]
        assert phone.heard(GOODBYE) or phone.heard("Goodbye!")


async def test_one_call_after_the_other_leaves_no_descriptor_behind(house: CallHouse, dial: Dial) -> None:
    number = await house.add_agent("Hello.")
    counts = []
    for _ in range(4):
        phone = await dial(number)
        await phone.hears("Hello.")
        await phone.hang_up()
        counts.append(psutil.Process(os.getpid()).num_fds())

    assert counts[-1] <= counts[0]
