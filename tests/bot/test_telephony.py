import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs
from xml.etree import ElementTree

import httpx
import pytest

from bot.telephony import CredentialsState, NoTelephony, TwilioTelephony, create_telephony
from tests.bot.transport.captured_logs import captured_logs


class FakeTwilio:
    """Answers in turn; the last answer is repeated. An exception is raised instead of answering."""

    def __init__(self, *answers: httpx.Response | Exception, hangs: bool = False) -> None:
        self.answers = list(answers)
        self.hangs = hangs
        self.requests: list[httpx.Request] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.hangs:
            await asyncio.Event().wait()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@asynccontextmanager
async def telephony(twilio: FakeTwilio, deadline_seconds: float = 4.0) -> AsyncIterator[TwilioTelephony]:
    transport = httpx.MockTransport(twilio)
    client = TwilioTelephony(
        "https://api.example", "AC1", "secret", deadline_seconds=deadline_seconds, transport=transport
    )
    try:
        yield client
    finally:
        await client.close()


def error(status: int, code: int) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "message": "no", "status": status})


OK = httpx.Response(200, json={"sid": "CA1", "status": "completed"})
BROKEN = httpx.Response(503, text="<html>")


async def test_hang_up_completes_the_call() -> None:
    twilio = FakeTwilio(OK)
    async with telephony(twilio) as client:
        assert await client.hang_up("CA1")
    (request,) = twilio.requests
    assert request.method == "POST"
    assert str(request.url) == "https://api.example/2010-04-01/Accounts/AC1/Calls/CA1.json"
    assert parse_qs(request.content.decode()) == {"Status": ["completed"]}
    assert request.headers["authorization"] == "Basic " + base64.b64encode(b"AC1:secret").decode()


@pytest.mark.parametrize("answer", [error(404, 20404), error(400, 21220)])
async def test_a_call_that_is_over_already_is_a_success(answer: httpx.Response) -> None:
    twilio = FakeTwilio(answer)
    async with telephony(twilio) as client:
        assert await client.hang_up("CA1")
    assert len(twilio.requests) == 1


@pytest.mark.parametrize("fault", [BROKEN, httpx.ConnectError("no route"), httpx.Response(429)])
async def test_a_passing_fault_is_retried_once(fault: httpx.Response | Exception) -> None:
    twilio = FakeTwilio(fault, OK)
    async with telephony(twilio) as client:
        assert await client.hang_up("CA1")
    assert len(twilio.requests) == 2


@pytest.mark.parametrize("fault", [BROKEN, httpx.ReadError("gone"), httpx.ReadTimeout("slow")])
async def test_a_lasting_fault_gives_up_without_raising(fault: httpx.Response | Exception) -> None:
    twilio = FakeTwilio(fault)
    async with telephony(twilio) as client:
        assert not await client.hang_up("CA1")
    assert len(twilio.requests) == 2


@pytest.mark.parametrize("answer", [error(401, 20003), error(400, 20001), httpx.Response(400, json=[])])
async def test_a_refusal_is_not_repeated(answer: httpx.Response) -> None:
    twilio = FakeTwilio(answer)
    async with telephony(twilio) as client:
        assert not await client.hang_up("CA1")
    assert len(twilio.requests) == 1


async def test_the_deadline_holds() -> None:
    async with telephony(FakeTwilio(OK, hangs=True), deadline_seconds=0.05) as client, asyncio.timeout(2):
        assert not await client.hang_up("CA1")
        assert await client.check_credentials() is CredentialsState.UNREACHABLE


async def test_a_call_sid_cannot_change_the_path() -> None:
    twilio = FakeTwilio(OK)
    async with telephony(twilio) as client:
        await client.hang_up("../../Accounts/AC2?x=")
    assert twilio.requests[0].url.raw_path.startswith(b"/2010-04-01/Accounts/AC1/Calls/..%2F..%2F")


async def test_logs_name_the_call_and_nothing_secret() -> None:
    async with telephony(FakeTwilio(httpx.ConnectError("https://AC1:secret@api"))) as client:
        with captured_logs() as lines:
            await client.hang_up("CA1")
    text = "".join(lines)
    assert "CA1" in text
    assert "secret" not in text


async def test_after_close_nothing_is_sent_or_raised() -> None:
    twilio = FakeTwilio(OK)
    async with telephony(twilio) as client:
        await client.close()
        assert not await client.hang_up("CA1")
    assert twilio.requests == []


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (httpx.Response(200, json={"status": "active"}), CredentialsState.VALID),
        (error(401, 20003), CredentialsState.REFUSED),
        (BROKEN, CredentialsState.UNREACHABLE),
        (httpx.ConnectError("no route"), CredentialsState.UNREACHABLE),
    ],
)
async def test_credentials_are_checked(answer: httpx.Response | Exception, state: CredentialsState) -> None:
    twilio = FakeTwilio(answer)
    async with telephony(twilio) as client:
        assert await client.check_credentials() is state
    assert twilio.requests[0].url.path == "/2010-04-01/Accounts/AC1.json"


async def test_without_credentials_the_stream_is_all_there_is() -> None:
    for account_sid, auth_token in ((None, None), ("AC1", None), (None, "secret"), ("", "")):
        client = create_telephony("https://api.example", account_sid, auth_token)
        assert isinstance(client, NoTelephony)
        assert not await client.hang_up("CA1")
        assert await client.check_credentials() is CredentialsState.MISSING
        await client.close()


async def test_with_credentials_twilio_is_asked() -> None:
    client = create_telephony("https://api.example", "AC1", "secret")
    assert isinstance(client, TwilioTelephony)
    await client.close()


async def test_last_words_are_said_by_the_network_and_escaped() -> None:
    twilio = FakeTwilio(OK)
    async with telephony(twilio) as client:
        assert await client.say_and_hang_up("CA1", "Sorry, <us> & them.")
    (request,) = twilio.requests
    assert str(request.url) == "https://api.example/2010-04-01/Accounts/AC1/Calls/CA1.json"
    (twiml,) = parse_qs(request.content.decode())["Twiml"]
    say, hangup = ElementTree.fromstring(twiml)
    assert (say.tag, say.text, hangup.tag) == ("Say", "Sorry, <us> & them.", "Hangup")


async def test_last_words_that_cannot_be_said_are_reported_as_such() -> None:
    async with telephony(FakeTwilio(BROKEN)) as client:
        assert not await client.say_and_hang_up("CA1", "Sorry.")
    assert not await NoTelephony().say_and_hang_up("CA1", "Sorry.")
