"""Independent media-stream simulators do less than Twilio; with signature checks off they are served too."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from data.records import ConversationRecord, EndReason
from simulator.ollama.options import ScriptedReply
from simulator.twilio.faults import CallerFaults, StreamSidPlace
from tests.calls.house import CallHouse, open_house
from tests.calls.phone import AUDIBLE_GAP_MS, Dial, Phone, transcript
from tests.calls.vendors import Vendors

pytestmark = pytest.mark.asyncio(loop_scope="package")

QUESTION = "What time do you open?"
ANSWER = "We open at nine."
BYE = "That is all, goodbye."
GREETING = "Hello there."
GOODBYE = "Thank you for calling. Goodbye!"
GOODBYE_PIECES = ("Thank you for calling.", "Goodbye!", GOODBYE)

FAULTS = {
    "no_parameters": CallerFaults(no_custom_parameters=True, no_signature=True),
    "no_media_format": CallerFaults(no_media_format=True, no_custom_parameters=True, no_signature=True),
    "no_marks": CallerFaults(no_mark_echoes=True),
    "sid_on_top": CallerFaults(stream_sid_place=StreamSidPlace.TOP_LEVEL_ONLY),
    "sid_inside": CallerFaults(stream_sid_place=StreamSidPlace.INSIDE_START_ONLY),
    "silence_is_not_sent": CallerFaults(no_media_in_silence=True),
    "eager": CallerFaults(media_before_start=10, media_after_stop=5),
    "all_at_once": CallerFaults(
        no_custom_parameters=True,
        no_media_format=True,
        no_mark_echoes=True,
        no_media_in_silence=True,
        no_signature=True,
        skip_stop=True,
        stream_sid_place=StreamSidPlace.INSIDE_START_ONLY,
    ),
}


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def lax_house(vendors: Vendors, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CallHouse]:
    """A server that no stranger can reach."""
    folder = tmp_path_factory.mktemp("lax")
    async with open_house(vendors, folder, twilio_validate_signatures=False) as house:
        yield house


async def test_each_weak_peer_has_a_whole_conversation(lax_house: CallHouse, dial: Dial) -> None:
    await lax_house.vendors.script(ScriptedReply(match="time do you open", text=ANSWER))
    await lax_house.vendors.teach(QUESTION, BYE)
    await lax_house.vendors.rehearse(GREETING, ANSWER, *GOODBYE_PIECES)
    number = await lax_house.add_agent(GREETING)

    async def converse(faults: CallerFaults) -> tuple[Phone, ConversationRecord]:
        phone = await dial(number, faults, at=lax_house)
        await phone.hears(GREETING)
        await phone.caller.say(QUESTION)
        await phone.hears(ANSWER)
        await phone.caller.say(BYE)
        return phone, await phone.hung_up()

    conversations = await asyncio.gather(*(converse(faults) for faults in FAULTS.values()))
    for name, (phone, record) in zip(FAULTS, conversations, strict=True):
        assert transcript(record) == [
            ("agent", GREETING),
            ("user", QUESTION),
            ("agent", ANSWER),
            ("user", BYE),
            ("agent", GOODBYE),
        ], name
        assert record.end_reason is EndReason.AGENT_ENDED, name
        assert all(hole.gap_ms < AUDIBLE_GAP_MS for hole in phone.measures.underruns), name
        assert phone.heard(GOODBYE) or (phone.heard("Thank you for calling.") and phone.heard("Goodbye!")), name


async def test_a_weak_peer_can_interrupt(lax_house: CallHouse, dial: Dial) -> None:
    long = "We open at nine on weekdays, at ten on Saturdays, and on Sundays we do not open at all, as you know."
    await lax_house.vendors.script(
        ScriptedReply(match="tell me more", text=long), ScriptedReply(match="time do you open", text=ANSWER)
    )
    phone = await dial(await lax_house.add_agent(), FAULTS["all_at_once"], at=lax_house)
    await phone.say("Please tell me more.")
    await phone.agent_talks(0.4)
    await phone.ask(QUESTION)
    record = await phone.hang_up()

    assert phone.measures.turns[-1].interruption_ms is not None
    assert [turn.interrupted for turn in record.turns] == [False, True, False, False]
    assert long.startswith(record.turns[1].message)
    assert transcript(record)[2:] == [("user", QUESTION), ("agent", ANSWER)]
