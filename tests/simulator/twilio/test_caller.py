import asyncio
import base64
import json
import wave
from pathlib import Path

import numpy as np
import pytest
from twilio.request_validator import RequestValidator

from simulator.twilio.call_record import CallEnder, CallStatus
from simulator.twilio.errors import CallOverError, WaitTimeoutError
from simulator.twilio.faults import CallerFaults
from simulator.twilio.options import DEFAULT_AUTH_TOKEN
from simulator.twilio.phone_call import TwimlUrl
from simulator.twilio.status_callbacks import StatusCallback
from tests.simulator.twilio.conftest import MakeCaller
from tests.simulator.twilio.fake_agent import PUBLIC, FakeAgent, tone_mulaw

VALIDATOR = RequestValidator(DEFAULT_AUTH_TOKEN)


async def test_webhook_and_upgrade_are_signed_over_the_public_urls(make_caller: MakeCaller) -> None:
    agent = FakeAgent()
    caller = await make_caller(agent)
    await caller.wait_connected()
    [(path, fields, signature)] = agent.webhooks
    assert path == "/voice/incoming"
    assert fields["CallSid"].startswith("CA")
    assert len(fields["CallSid"]) == 34
    assert fields["CallStatus"] == "ringing"
    assert fields["Direction"] == "inbound"
    assert fields["ApiVersion"] == "2010-04-01"
    assert {"From", "To", "Caller", "Called", "AccountSid", "FromCity", "ToCountry"} <= set(fields)
    assert VALIDATOR.validate(f"{PUBLIC}/voice/incoming", fields, signature)
    upgrade = agent.sockets[0]["x-twilio-signature"]
    assert VALIDATOR.validate("wss://agent.example.com/media", {}, upgrade)
    assert "sec-websocket-extensions" not in agent.sockets[0]
    assert [note.code for note in caller.record.notifications] == [31920]


async def test_frames_are_twenty_ms_on_an_absolute_schedule(make_caller: MakeCaller) -> None:
    agent = FakeAgent()
    caller = await make_caller(agent)
    await caller.wait_connected()
    with pytest.raises(WaitTimeoutError):
        await caller.wait_for_agent_start(timeout=1.0)
    caller.hang_up()
    await caller.wait_ended()
    await agent.disconnected.wait()
    events = [message["event"] for message in agent.messages]
    assert events[:3] == ["connected", "start", "media"]
    assert events[-1] == "stop"
    frames = agent.events("media")
    assert 45 <= len(frames) <= 55
    assert [int(frame["media"]["chunk"]) for frame in frames] == list(range(1, len(frames) + 1))
    assert {len(base64.b64decode(frame["media"]["payload"])) for frame in frames} == {160}
    numbers = [int(message["sequenceNumber"]) for message in agent.messages[1:]]
    assert numbers == list(range(1, len(numbers) + 1))
    stamps = [int(frame["media"]["timestamp"]) for frame in frames]
    assert abs((stamps[-1] - stamps[0]) / (len(stamps) - 1) - 20) < 1.0
    measures = caller.measures()
    assert measures.frames_sent == len(frames)
    assert measures.lateness_p50_ms < 10.0
    assert caller.record.ended_by is CallEnder.CALLER
    assert caller.record.status is CallStatus.COMPLETED


async def test_a_question_and_its_answer_are_measured_and_recorded(
    make_caller: MakeCaller, tmp_path: Path
) -> None:
    agent = FakeAgent(greeting=tone_mulaw(0.3), reply=tone_mulaw(0.4))
    caller = await make_caller(agent)
    await caller.wait_connected()
    await caller.wait_for_agent(silence_secs=0.2, timeout=5)
    assert await asyncio.wait_for(agent.marks.get(), 5) == "greeting"
    await caller.say("question")
    await caller.wait_for_agent(silence_secs=0.2, timeout=5)
    caller.hang_up()
    await caller.wait_ended()
    measures = caller.measures()
    assert measures.greeting_ms is not None
    assert 0 <= measures.greeting_ms < 500
    [turn] = measures.turns
    assert turn.voice_to_voice_ms is not None
    # The fake agent answers after five quiet frames.
    assert 80 <= turn.voice_to_voice_ms < 400
    assert turn.interruption_ms is None
    assert not turn.premature_reply
    assert measures.agent_audio_secs == pytest.approx(0.7)

    path = tmp_path / "call.wav"
    await caller.write_recording(path)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert len(samples) == measures.frames_sent * 160
    left, right = (np.flatnonzero(np.abs(samples[:, channel]) > 400) for channel in (0, 1))
    assert (left[-1] - left[0]) / 8000 == pytest.approx(0.32, abs=0.01)
    # On one clock: the reply sounds where the figures say, to the two frames of sending and playing.
    first_after = right[right > left[-1]][0]
    assert (first_after - left[-1]) / 8 == pytest.approx(turn.voice_to_voice_ms, abs=45)


async def test_barge_in_is_cleared_and_all_marks_come_back(make_caller: MakeCaller) -> None:
    agent = FakeAgent(greeting=tone_mulaw(5.0), clear_on_speech=True)
    caller = await make_caller(agent)
    await caller.wait_connected()
    await caller.wait_for_agent_start(timeout=5)
    assert agent.marks.empty()
    await caller.say("stop it")
    assert await asyncio.wait_for(agent.marks.get(), 5) == "greeting"
    measures = caller.measures()
    [turn] = measures.turns
    assert turn.agent_was_speaking
    assert turn.interruption_ms is not None
    assert turn.interruption_ms < 150
    assert turn.yield_ms is not None
    assert turn.yield_ms < 200
    assert measures.clears == 1
    assert not caller.line.agent_is_playing


async def test_a_hole_inside_the_agent_s_speech_is_an_underrun(make_caller: MakeCaller) -> None:
    # Its second half is sent only when the first has been heard to its end.
    caller = await make_caller(FakeAgent(greeting=tone_mulaw(0.1), after_mark=tone_mulaw(0.1)))
    await caller.wait_connected()
    await caller.wait_for_agent(silence_secs=0.5, timeout=5)
    [underrun] = caller.measures().underruns
    assert 0 < underrun.gap_ms < 300


async def test_keys_and_raw_texts_reach_the_server(make_caller: MakeCaller) -> None:
    agent = FakeAgent()
    caller = await make_caller(agent)
    await caller.wait_connected()
    await caller.press("1#")
    caller.send_raw("{not json")
    caller.hang_up()
    await caller.wait_ended()
    assert [message["dtmf"]["digit"] for message in agent.events("dtmf")] == ["1", "#"]
    assert agent.raw == ["{not json"]


async def test_a_hang_up_cuts_the_caller_s_words_off(make_caller: MakeCaller) -> None:
    agent = FakeAgent()
    caller = await make_caller(agent)
    await caller.wait_connected()
    talking = asyncio.create_task(caller.say("a very long sentence indeed"))
    await agent.wait_for("media")
    caller.hang_up()
    with pytest.raises(CallOverError):
        await talking
    await caller.wait_ended()
    with pytest.raises(CallOverError):
        await caller.say("hello?")


async def test_twiml_goes_on_when_the_server_closes_the_stream(make_caller: MakeCaller) -> None:
    stream = '<Connect><Stream url="wss://agent.example.com/media"/></Connect>'
    agent = FakeAgent(
        twiml=f"<Response><Say>One moment.</Say>{stream}<Say>Goodbye.</Say>"
        "<Redirect>/voice/next</Redirect><Say>Never.</Say></Response>",
        close_after_messages=10,
    )
    caller = await make_caller(agent)
    await caller.wait_ended()
    assert caller.record.said == ["One moment.", "Goodbye.", "Second document."]
    assert caller.record.ended_by is CallEnder.DOCUMENT
    assert not agent.events("stop")
    assert caller.record.notifications == []


async def test_status_callbacks_are_signed_and_tell_the_duration(make_caller: MakeCaller) -> None:
    agent = FakeAgent(close_after_messages=4)
    url = f"{PUBLIC}/voice/status"
    caller = await make_caller(agent, callback=StatusCallback(url, frozenset({"answered", "completed"})))
    await caller.wait_ended()
    reports = [(fields, signature) for path, fields, signature in agent.webhooks if path == "/voice/status"]
    assert [fields["CallStatus"] for fields, _ in reports] == ["in-progress", "completed"]
    assert [fields["SequenceNumber"] for fields, _ in reports] == ["0", "1"]
    assert reports[1][0]["CallDuration"] == "1"
    assert all(VALIDATOR.validate(url, fields, signature) for fields, signature in reports)


@pytest.mark.parametrize(
    "text",
    [
        '{"event":"hello","streamSid":"{sid}"}',
        "nonsense",
        '{"event":"media","streamSid":"{sid}","media":null}',
    ],
)
async def test_a_bad_message_from_the_server_tears_the_stream_down(make_caller: MakeCaller, text: str) -> None:
    agent = FakeAgent(after_start=(text,), twiml=FakeAgent().twiml.replace("?x=1", ""))
    caller = await make_caller(agent)
    await caller.wait_ended()
    assert [note.code for note in caller.record.notifications] == [31951, 31924]


@pytest.mark.parametrize(("reason", "status"), [("busy", CallStatus.BUSY), ("rejected", CallStatus.NO_ANSWER)])
async def test_reject(make_caller: MakeCaller, reason: str, status: CallStatus) -> None:
    caller = await make_caller(FakeAgent(twiml=f'<Response><Reject reason="{reason}"/></Response>'))
    with pytest.raises(CallOverError):
        await caller.wait_connected()
    assert caller.record.status is status
    assert caller.record.ended_by is CallEnder.REJECTED
    assert caller.record.answered_at is None


async def test_a_refusing_or_broken_webhook_is_an_application_error(make_caller: MakeCaller) -> None:
    refused = await make_caller(FakeAgent(webhook_status=403))
    await refused.wait_ended()
    assert refused.record.ended_by is CallEnder.APPLICATION_ERROR
    assert "answered 403" in refused.why_it_ended()
    broken = await make_caller(FakeAgent(twiml="<Response>"))
    await broken.wait_ended()
    assert [note.code for note in broken.record.notifications] == [12100]


async def test_a_refused_socket_is_noted_and_the_document_goes_on(make_caller: MakeCaller) -> None:
    stream = '<Connect><Stream url="wss://agent.example.com/media"/></Connect>'
    twiml = f"<Response>{stream}<Say>Sorry.</Say><Dial>+15550001111</Dial></Response>"
    caller = await make_caller(FakeAgent(refuse_socket=True, twiml=twiml))
    await caller.wait_ended()
    assert [note.code for note in caller.record.notifications] == [31920]
    assert caller.record.said == ["Sorry."]
    assert caller.record.dialed == ["+15550001111"]


async def test_a_redirect_ends_the_stream_with_stop(make_caller: MakeCaller) -> None:
    agent = FakeAgent()
    caller = await make_caller(agent)
    await caller.wait_connected()
    caller.call.redirect(TwimlUrl(f"{PUBLIC}/voice/next"))
    await caller.wait_ended()
    assert caller.record.said == ["Second document."]
    assert len(agent.events("stop")) == 1


async def test_signature_faults(make_caller: MakeCaller) -> None:
    wrong, none = FakeAgent(), FakeAgent()
    await (await make_caller(wrong, CallerFaults(wrong_signature=True))).wait_connected()
    await (await make_caller(none, CallerFaults(no_signature=True))).wait_connected()
    _, fields, signature = wrong.webhooks[0]
    assert signature
    assert not VALIDATOR.validate(f"{PUBLIC}/voice/incoming", fields, signature)
    assert none.webhooks[0][2] == ""
    assert "x-twilio-signature" not in none.sockets[0]


async def test_stream_faults(make_caller: MakeCaller) -> None:
    agent = FakeAgent(greeting=tone_mulaw(0.1))
    faults = CallerFaults(
        skip_stop=True,
        no_mark_echoes=True,
        no_media_in_silence=True,
        media_before_start=2,
        raw_after_start=("[]",),
    )
    agent_messages = agent.messages
    caller = await make_caller(agent, faults)
    await caller.wait_connected()
    await caller.wait_for_agent(silence_secs=0.2, timeout=5)
    caller.hang_up()
    await caller.wait_ended()
    dicts = [message for message in agent_messages if isinstance(message, dict)]
    kinds = [message["event"] for message in dicts]
    assert kinds[:4] == ["connected", "media", "media", "start"]
    assert "mark" not in kinds
    assert kinds.count("media") == 2


async def test_a_second_stream_claims_the_same_call(make_caller: MakeCaller) -> None:
    agent = FakeAgent()
    caller = await make_caller(agent, CallerFaults(duplicate_stream=True))
    await caller.wait_connected()
    await agent.wait_for("start", 2)
    first, second = (message["start"] for message in agent.events("start"))
    assert first["streamSid"] != second["streamSid"]
    assert (first["callSid"], first["customParameters"]) == (second["callSid"], second["customParameters"])


async def test_a_lost_socket_sends_no_stop(make_caller: MakeCaller) -> None:
    agent = FakeAgent()
    caller = await make_caller(agent)
    await caller.wait_connected()
    caller.drop_socket()
    await caller.wait_ended()
    await agent.disconnected.wait()
    assert not agent.events("stop")
    assert 31921 in [note.code for note in caller.record.notifications]


async def test_silence_is_the_mulaw_byte_asked_for(make_caller: MakeCaller) -> None:
    agent = FakeAgent()
    caller = await make_caller(agent, CallerFaults(silence_byte=0x7F))
    await caller.wait_connected()
    await agent.wait_for("media")
    assert base64.b64decode(agent.events("media")[0]["media"]["payload"]) == b"\x7f" * 160
    assert json.dumps(caller.record.json())
