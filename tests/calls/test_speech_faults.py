"""What a caller notices when the speech vendor refuses, breaks off or goes quiet: as little as can be."""

import pytest

from bot.call import BROKEN, DEAF
from bot.turn_repair import MISSED
from data.records import CallStatus, EndReason
from simulator.faults import FaultPlan
from simulator.ollama.options import ScriptedReply
from simulator.twilio.call_record import CallEnder
from tests.calls.house import CallHouse
from tests.calls.phone import Dial, transcript

pytestmark = pytest.mark.asyncio(loop_scope="package")

QUESTION = "What time do you open?"
ANSWER = "We open at nine."
UNCACHED = "Good day, nobody ever hears this greeting."
"""Said nowhere else: what was synthesised in an earlier test would come from the cache, without a vendor."""
OPENING = ScriptedReply(match="time do you open", text=ANSWER)


async def test_a_refused_key_for_listening_is_told_to_the_caller(house: CallHouse, dial: Dial) -> None:
    house.vendors.break_deepgram("listen", FaultPlan(refuse_status=401))
    phone = await dial(await house.add_agent("Hello there, this is Ada."))
    record = await phone.hung_up()

    assert transcript(record)[-1] == ("agent", DEAF)
    assert phone.heard(DEAF)
    assert (record.status, record.end_reason) == (CallStatus.FAILED, EndReason.ERROR)
    assert record.error is not None
    assert "DEEPGRAM_API_KEY" in record.error
    assert phone.caller.record.ended_by is CallEnder.REST


@pytest.mark.parametrize("status", [401, 503])
async def test_without_a_voice_the_telephone_network_says_that_there_is_a_problem(
    house: CallHouse, dial: Dial, status: int
) -> None:
    house.vendors.break_deepgram("speak", FaultPlan(refuse_status=status))
    phone = await dial(await house.add_agent(UNCACHED))
    record = await phone.hung_up()

    assert phone.caller.record.said == [BROKEN]
    assert phone.caller.record.ended_by is CallEnder.DOCUMENT
    assert phone.measures.agent_audio_secs == 0
    assert transcript(record) == []
    assert (record.status, record.end_reason) == (CallStatus.FAILED, EndReason.ERROR)


async def test_neither_ears_nor_voice_is_one_sentence_too(house: CallHouse, dial: Dial) -> None:
    house.vendors.refuse_all_speech(401)
    phone = await dial(await house.add_agent(UNCACHED))
    record = await phone.hung_up()

    assert phone.caller.record.said == [BROKEN]
    assert (record.status, record.end_reason) == (CallStatus.FAILED, EndReason.ERROR)


async def test_words_spoken_while_the_transcription_connection_broke_are_not_lost(
    house: CallHouse, dial: Dial
) -> None:
    await house.vendors.script(OPENING)
    # In the middle of the question, which begins as soon as the stream is up.
    house.vendors.break_deepgram("listen", FaultPlan(close_after_seconds=0.8), 1)
    phone = await dial(await house.add_agent())
    connections = house.vendors.deepgram.counters.listen_connections
    await phone.ask(QUESTION, ANSWER)
    record = await phone.hang_up()

    assert house.vendors.deepgram.counters.listen_connections > connections
    assert transcript(record) == [("user", QUESTION), ("agent", ANSWER)]


async def test_a_reply_is_finished_on_a_new_connection_when_the_voice_breaks_off(
    house: CallHouse, dial: Dial
) -> None:
    numbers = ("one", "two", "three")
    sentences = [f"This is sentence number {number}, and it goes on for a little while." for number in numbers]
    await house.vendors.script(ScriptedReply(match="time do you open", text=" ".join(sentences)))
    # After the first words of the reply, which come some two seconds into the call.
    house.vendors.break_deepgram("speak", FaultPlan(close_after_seconds=1.4), 1)
    phone = await dial(await house.add_agent())
    await phone.say(QUESTION)
    await phone.listen(quiet=0.8)
    record = await phone.hang_up()

    assert transcript(record) == [("user", QUESTION), ("agent", " ".join(sentences))]
    assert not record.turns[-1].interrupted
    assert house.vendors.deepgram.counters.speak_connections >= 2


async def test_words_that_are_never_settled_are_asked_for_again(house: CallHouse, dial: Dial) -> None:
    house.vendors.break_deepgram("listen", FaultPlan(drop_finals=True))
    phone = await dial(await house.add_agent())
    await phone.ask(QUESTION, MISSED)
    record = await phone.hang_up()

    assert ("agent", MISSED) in transcript(record)
    assert record.end_reason is EndReason.CALLER_HUNG_UP


@pytest.mark.parametrize("late", [0.8, 1.4])
async def test_a_transcript_that_comes_late_is_answered_once_and_whole(
    house: CallHouse, dial: Dial, late: float
) -> None:
    await house.vendors.script(OPENING, ScriptedReply(match="do you close", text="At five."))
    house.vendors.break_deepgram("listen", FaultPlan(extra_first_byte_seconds=late))
    phone = await dial(await house.add_agent("Hello there."))
    await phone.listen()
    await phone.ask(QUESTION, ANSWER)
    await phone.ask("And when do you close?", "At five.")
    record = await phone.hang_up()

    assert transcript(record)[1:] == [
        ("user", QUESTION),
        ("agent", ANSWER),
        ("user", "And when do you close?"),
        ("agent", "At five."),
    ]
    assert not any(turn.interrupted for turn in record.turns)
