"""One whole call, as a caller lives through it: the short version of the demo."""

import pytest

from data.records import CallStatus, EndReason
from simulator.ollama.options import ScriptedReply
from simulator.twilio.call_record import CallEnder
from simulator.twilio.media_stream import StreamEnd
from tests.calls.house import CallHouse
from tests.calls.phone import AUDIBLE_GAP_MS, Dial, transcript

pytestmark = pytest.mark.asyncio(loop_scope="package")

GREETING = "Hi, this is Maya from Northwind Solar. How can I help you today?"
LONG = (
    "We have three plans. Let me go through all of them with you, one after the other, and take our time. "
    "The first is for a flat or a small house, the second for a family, and the third for a farm or a workshop."
)
FIRST_OF_LONG = "We have three plans."
GOODBYE = "Thank you for calling. Goodbye!"


async def test_a_whole_call(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(ScriptedReply(match="everything about", text=LONG))
    phone = await dial(house.number)
    await phone.hears(GREETING)

    await phone.say("Tell me everything about your plans.")
    await phone.agent_talks(0.8)
    await phone.say("Sorry, how long is the warranty on the inverter?")
    await phone.listen()

    await phone.ask("I'd like to book a home visit for next Tuesday at ten in the morning. My name is Dana Smith.")
    (conversation,) = house.runtime.calls.live_conversations
    assert await house.appointments(conversation) == [], "nothing is booked before the caller agrees"
    await phone.ask("Yes, please.")
    stream = phone.caller.line.stream
    await phone.say("No, that is all. Thank you, goodbye.")
    record = await phone.hung_up()

    # What the caller heard.
    turns = phone.measures.turns
    barge_in = turns[1]
    assert barge_in.interruption_ms is not None
    assert barge_in.interruption_ms < 1000
    assert barge_in.yield_ms is not None
    assert barge_in.yield_ms < 1500
    assert phone.heard(FIRST_OF_LONG)
    assert not phone.heard(LONG)
    assert barge_in.last_speech_at is not None
    assert barge_in.silent_at is not None
    assert barge_in.silent_at < barge_in.last_speech_at, "stale speech is never played after a clear"
    assert phone.heard(GOODBYE), "the goodbye is heard to its end before the call is hung up"
    assert all(hole.gap_ms < AUDIBLE_GAP_MS for hole in phone.measures.underruns)
    assert all(turn.reply_at is not None and not turn.premature_reply for turn in turns)

    # Who ended it, and in which order: by REST, while the stream was still open.
    assert phone.caller.record.ended_by is CallEnder.REST
    assert stream is not None
    assert stream.end is StreamEnd.CALL_LEFT
    assert stream.playout.is_idle

    # What is stored.
    assert (record.status, record.end_reason, record.error) == (CallStatus.COMPLETED, EndReason.AGENT_ENDED, None)
    assert 10 < record.duration_secs < 60
    said = transcript(record)
    assert said[:2] == [("agent", GREETING), ("user", "Tell me everything about your plans.")]
    interrupted = record.turns[2]
    assert interrupted.interrupted
    assert [turn for turn in record.turns if turn.interrupted] == [interrupted]
    assert interrupted.message.startswith(FIRST_OF_LONG), "what was heard"
    assert LONG.startswith(interrupted.message)
    assert interrupted.message != LONG, "and only that"
    assert said[3] == ("user", "Sorry, how long is the warranty on the inverter?")
    assert "12 years" in said[4][1]
    assert record.turns[4].retrieval is not None
    assert record.turns[4].retrieval.chunks
    assert said[-1] == ("agent", GOODBYE)

    (appointment,) = await house.appointments(record.conversation_id)
    assert appointment.customer_name == "Dana Smith"
    assert appointment.phone_number == "+14155550100"
    asked, booked = (turn for turn in record.turns if "book_appointment" in [c.tool_name for c in turn.tool_calls])
    assert asked.message.startswith("Shall I book")
    assert said[asked.position + 1] == ("user", "Yes, please.")
    assert booked.position == asked.position + 2
    assert appointment.created_at is not None
    assert [call.tool_name for call in record.turns[-1].tool_calls] == ["end_call"]

    # What REST shows.
    shown = await house.get(f"/v1/convai/conversations/{phone.sid}")
    assert shown["status"] == "completed"
    assert str(shown["transcript_text"]).endswith(f"Agent: {GOODBYE}")
    latency = await house.get(f"/v1/convai/latency/{phone.sid}")
    summary = latency["summary"]
    assert isinstance(summary, dict)
    for stage in ("stt_ms", "llm_first_token_ms", "tts_first_byte_ms", "voice_to_voice_ms", "interruption_ms"):
        assert summary[stage]["p50"] > 0, stage
