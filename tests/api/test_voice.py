import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from api.twiml import Apology
from data.records import CallOutcome, CallStatus, Direction, EndReason
from data.repositories.agent import AgentRepository
from data.repositories.conversation import ConversationRepository
from data.workspaces import DEFAULT_WORKSPACE_ID
from tests.api.twilio_server import (
    CALL,
    CALLER,
    OUR_NUMBER,
    PUBLIC_URL,
    TwilioServer,
    apology_of,
    lose_database,
    make_agent,
    make_settings,
    stream_of,
    twilio_server,
)
from tests.bot.transport.captured_logs import captured_logs


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[TwilioServer]:
    async with twilio_server(tmp_path) as running:
        await running.add_agent(make_agent(), OUR_NUMBER)
        yield running


@pytest.fixture
async def open_server(tmp_path: Path) -> AsyncIterator[TwilioServer]:
    """One that checks no signatures and has no public address."""
    settings = make_settings(twilio_validate_signatures=False, public_url=None)
    async with twilio_server(tmp_path, settings) as running:
        yield running


class TestIncoming:
    @pytest.mark.parametrize("path", ["/voice/incoming", "/voice/inbound", "/webhook/voice"])
    async def test_a_call_is_connected_to_its_agent(self, server: TwilioServer, path: str) -> None:
        answer = await server.post(path, CALL)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("application/xml")
        url, token = stream_of(answer.text)
        assert url == "wss://agent.example.com/media-stream"

        config = await server.tokens.redeem("CA1", token)
        assert config.agent.agent_id == "agent_1"
        assert (config.caller_number, config.agent_number) == (CALLER, OUR_NUMBER)
        record = await server.conversation()
        assert record is not None
        assert record.conversation_id == config.conversation_id
        assert (record.status, record.direction) == (CallStatus.INITIATED, Direction.INBOUND)
        assert (record.phone_number, record.agent_number) == (CALLER, OUR_NUMBER)
        assert record.phone_number_id == "phnum_agent_1"

    async def test_a_repeated_webhook_keeps_the_conversation(self, server: TwilioServer) -> None:
        answers = await asyncio.gather(*(server.post("/voice/incoming", CALL) for _ in range(3)))
        tokens = {stream_of(answer.text)[1] for answer in answers}
        assert len(tokens) == 3
        first = await server.tokens.redeem("CA1", tokens.pop())
        record = await server.conversation()
        assert record is not None
        assert record.conversation_id == first.conversation_id

    async def test_a_withheld_number_is_no_number(self, server: TwilioServer) -> None:
        answer = await server.post("/voice/incoming", {**CALL, "From": "anonymous"})
        config = await server.tokens.redeem("CA1", stream_of(answer.text)[1])
        assert config.caller_number == ""

    async def test_an_unknown_number_hears_so(self, server: TwilioServer) -> None:
        with captured_logs() as lines:
            answer = await server.post("/voice/incoming", {**CALL, "To": "+15559998888"})
        assert apology_of(answer.text) == Apology.UNKNOWN_NUMBER
        assert any("unknown_number" in line for line in lines)
        assert await server.conversation() is None

    async def test_an_inactive_agent_is_no_dead_line(self, server: TwilioServer) -> None:
        async with server.database.session() as session:
            await AgentRepository(session).replace(make_agent(is_active=False))
        answer = await server.post("/voice/incoming", CALL)
        assert apology_of(answer.text) == Apology.AGENT_INACTIVE

    async def test_a_number_without_an_agent_is_no_dead_line(self, server: TwilioServer) -> None:
        async with server.database.session() as session:
            await AgentRepository(session).delete(DEFAULT_WORKSPACE_ID, "agent_1")
        answer = await server.post("/voice/incoming", CALL)
        assert apology_of(answer.text) == Apology.AGENT_INACTIVE

    async def test_over_capacity_or_shutting_down(self, server: TwilioServer) -> None:
        server.calls.accepting = False
        answer = await server.post("/voice/incoming", CALL)
        assert apology_of(answer.text) == Apology.BUSY

    async def test_a_process_that_takes_no_calls(self, tmp_path: Path) -> None:
        async with twilio_server(tmp_path, takes_calls=False) as server:
            await server.add_agent(make_agent(), OUR_NUMBER)
            answer = await server.post("/voice/incoming", CALL)
            assert apology_of(answer.text) == Apology.BUSY
            answer = await server.post("/voice/status", {**CALL, "CallStatus": "completed"})
            assert answer.status_code == 204

    async def test_a_database_that_is_away_is_no_dead_line(self, server: TwilioServer, tmp_path: Path) -> None:
        await server.database.close()
        lose_database(tmp_path)
        with captured_logs() as lines:
            answer = await server.post("/voice/incoming", CALL)
        assert apology_of(answer.text) == Apology.TROUBLE
        assert any("database failed" in line for line in lines)

    async def test_a_bug_is_no_dead_line(self, server: TwilioServer, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(server.tokens, "issue", fail)
        answer = await server.post("/voice/incoming", CALL)
        assert apology_of(answer.text) == Apology.TROUBLE

    async def test_a_call_that_is_over_is_not_connected_again(self, server: TwilioServer) -> None:
        await server.post("/voice/incoming", CALL)
        await server.post("/voice/status", {**CALL, "CallStatus": "canceled"})
        answer = await server.post("/voice/incoming", CALL)
        assert apology_of(answer.text) == Apology.TROUBLE

    @pytest.mark.parametrize("call_sid", ["", "CA\x00", "C" * 200])
    async def test_a_webhook_without_a_usable_call_sid(self, server: TwilioServer, call_sid: str) -> None:
        answer = await server.post("/voice/incoming", {**CALL, "CallSid": call_sid})
        assert apology_of(answer.text) == Apology.TROUBLE

    async def test_logs_hold_no_number(self, server: TwilioServer) -> None:
        with captured_logs() as lines:
            await server.post("/voice/incoming", CALL)
            await server.post("/voice/incoming", {**CALL, "To": "+15559998888", "CallSid": "CA2"})
            await server.post("/voice/status", {**CALL, "CallStatus": "busy"})
        text = "".join(lines)
        assert "CA1" in text
        assert "555" not in text


class TestWithoutSignatures:
    async def test_any_number_reaches_the_oldest_active_agent(self, open_server: TwilioServer) -> None:
        await open_server.add_agent(make_agent("agent_old", created_day=1, is_active=False))
        await open_server.add_agent(make_agent("agent_new", created_day=3))
        await open_server.add_agent(make_agent("agent_middle", created_day=2))
        answer = await open_server.http.post("/voice/incoming", data={"CallSid": "CA1"})
        url, token = stream_of(answer.text)
        assert url == open_server.url.replace("http", "ws") + "/media-stream"
        config = await open_server.tokens.redeem("CA1", token)
        assert config.agent.agent_id == "agent_middle"

    async def test_without_any_agent_there_is_an_apology(self, open_server: TwilioServer) -> None:
        answer = await open_server.http.post("/voice/incoming", data=CALL)
        assert apology_of(answer.text) == Apology.AGENT_INACTIVE

    async def test_a_call_sid_may_be_used_again(self, open_server: TwilioServer) -> None:
        await open_server.add_agent(make_agent())
        first = await open_server.http.post("/voice/incoming", data=CALL)
        config = await open_server.tokens.redeem("CA1", stream_of(first.text)[1])
        await open_server.http.post("/voice/status", data={**CALL, "CallStatus": "completed"})
        second = await open_server.http.post("/voice/incoming", data=CALL)
        assert stream_of(second.text)[1]
        record = await open_server.conversation()
        assert record is not None
        assert record.conversation_id == config.conversation_id
        assert record.status is CallStatus.FAILED


class TestSignature:
    @pytest.mark.parametrize("path", ["/voice/incoming", "/voice/status", "/webhook/voice"])
    async def test_unsigned_and_wrongly_signed_are_refused_and_logged(
        self, server: TwilioServer, path: str
    ) -> None:
        with captured_logs() as lines:
            answers = [
                await server.http.post(path, data=CALL),
                await server.post(path, CALL, token="another"),
                await server.post(path, CALL, signed_url=f"https://evil.example{path}"),
                await server.http.post(path, data=CALL, headers=[(b"X-Twilio-Signature", b"\xe9\xff")]),
            ]
        assert [answer.status_code for answer in answers] == [403] * 4
        assert answers[0].json()["detail"]["code"] == "invalid_twilio_signature"
        assert len([line for line in lines if "X-Twilio-Signature" in line]) == 4
        assert "555" not in "".join(lines)
        assert await server.conversation() is None

    async def test_a_changed_form_is_refused(self, server: TwilioServer) -> None:
        signed = await server.post("/voice/incoming", CALL)
        answer = await server.http.post(
            "/voice/incoming",
            data={**CALL, "To": "+15550002222"},
            headers={"X-Twilio-Signature": signed.request.headers["x-twilio-signature"]},
        )
        assert answer.status_code == 403

    async def test_a_query_is_part_of_what_is_signed(self, server: TwilioServer) -> None:
        path = "/voice/incoming?campaign=a%20b&x"
        assert stream_of((await server.post(path, CALL)).text)
        answer = await server.post(path, CALL, signed_url=f"{PUBLIC_URL}/voice/incoming")
        assert answer.status_code == 403

    @pytest.mark.parametrize("body", [b"a=" + b"x" * 70_000, b"\xff\xfe=1", b"&a=1" * 501])
    async def test_a_body_that_is_no_form_is_refused(self, server: TwilioServer, body: bytes) -> None:
        answer = await server.http.post("/voice/incoming", content=body)
        assert answer.status_code == 400


class TestStatus:
    @pytest.mark.parametrize(
        ("call_status", "reason"),
        [
            ("completed", EndReason.NEVER_STREAMED),
            ("busy", EndReason.BUSY),
            ("no-answer", EndReason.NO_ANSWER),
            ("failed", EndReason.ERROR),
            ("canceled", EndReason.CANCELED),
        ],
    )
    async def test_it_ends_a_call_that_never_streamed_once(
        self, server: TwilioServer, call_status: str, reason: EndReason
    ) -> None:
        await server.post("/voice/incoming", CALL)
        callback = {**CALL, "CallStatus": call_status, "CallDuration": "7"}
        answers = await asyncio.gather(*(server.post("/voice/status", callback) for _ in range(3)))
        assert {answer.status_code for answer in answers} == {204}
        late = {**CALL, "CallStatus": "completed", "CallDuration": "99"}
        assert (await server.post("/voice/status", late)).status_code == 204
        record = await server.conversation()
        assert record is not None
        assert (record.status, record.end_reason, record.duration_secs) == (CallStatus.FAILED, reason, 7.0)

    async def test_a_call_that_streamed_is_left_alone(self, server: TwilioServer) -> None:
        await server.post("/voice/incoming", CALL)
        record = await server.conversation()
        assert record is not None
        now = datetime.now(UTC)
        async with server.database.session() as session:
            conversations = ConversationRepository(session)
            await conversations.start(record.conversation_id, "MZ1", "me", now + timedelta(minutes=1), now)
        await server.post("/voice/status", {**CALL, "CallStatus": "completed"})
        record = await server.conversation()
        assert record is not None
        assert record.status is CallStatus.IN_PROGRESS

        async with server.database.session() as session:
            outcome = CallOutcome(EndReason.AGENT_ENDED, now, 30.0)
            await ConversationRepository(session).finish(record.conversation_id, outcome)
        await server.post("/voice/status", {**CALL, "CallStatus": "failed"})
        record = await server.conversation()
        assert record is not None
        assert (record.status, record.end_reason) == (CallStatus.COMPLETED, EndReason.AGENT_ENDED)

    @pytest.mark.parametrize(
        "change",
        [{"CallStatus": "ringing"}, {"CallStatus": ""}, {"CallSid": "CA-unknown", "CallStatus": "completed"}],
    )
    async def test_other_callbacks_change_nothing(self, server: TwilioServer, change: dict[str, str]) -> None:
        await server.post("/voice/incoming", CALL)
        assert (await server.post("/voice/status", {**CALL, **change})).status_code == 204
        record = await server.conversation()
        assert record is not None
        assert record.status is CallStatus.INITIATED

    async def test_an_odd_duration_counts_as_none(self, server: TwilioServer) -> None:
        await server.post("/voice/incoming", CALL)
        await server.post("/voice/status", {**CALL, "CallStatus": "busy", "CallDuration": "-1e9"})
        record = await server.conversation()
        assert record is not None
        assert record.duration_secs == 0

    async def test_a_database_that_is_away_is_said(self, server: TwilioServer, tmp_path: Path) -> None:
        await server.database.close()
        lose_database(tmp_path)
        answer: httpx.Response = await server.post("/voice/status", {**CALL, "CallStatus": "completed"})
        assert answer.status_code == 503
