import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from simulator.hosting import serve_app
from simulator.twilio.app import create_app
from simulator.twilio.call_record import CallEnder, CallStatus, Direction
from simulator.twilio.callee import CalleeDirectory, CalleeOutcome
from simulator.twilio.caller import Caller, CallerOptions
from simulator.twilio.options import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, DEFAULT_NUMBER
from simulator.twilio.phone_call import TwimlText
from simulator.twilio.state import TwilioState
from tests.simulator.twilio.conftest import MakeState
from tests.simulator.twilio.fake_agent import PUBLIC, FakeAgent, synthesize_tone, tone_mulaw

CALLEE = "+14155550199"


class LoopbackHttpClient(TwilioHttpClient):  # type: ignore[misc]
    """The official client's own transport, sent to another host."""

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=5)
        self._base = urlsplit(base_url)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        assert parts.netloc == "api.twilio.com"
        loopback = urlunsplit((self._base.scheme, self._base.netloc, parts.path, parts.query, ""))
        return super().request(method, loopback, *args, **kwargs)


class Api:
    """The official client, in a thread as it is blocking, and the account behind it."""

    def __init__(self, base_url: str, state: TwilioState, agent: FakeAgent) -> None:
        self.base_url = base_url
        self.state = state
        self.agent = agent
        self.client = self.login(DEFAULT_AUTH_TOKEN)

    def login(self, token: str) -> Client:
        return Client(DEFAULT_ACCOUNT_SID, token, http_client=LoopbackHttpClient(self.base_url))

    async def ask(self, question: Callable[[Client], Any]) -> Any:
        return await asyncio.to_thread(question, self.client)

    async def refused(self, question: Callable[[Client], Any]) -> tuple[int, int]:
        with pytest.raises(TwilioRestException) as caught:
            await self.ask(question)
        return caught.value.status, caught.value.code

    async def caller(self) -> Caller:
        options = CallerOptions(f"{PUBLIC}/voice/incoming", synthesizer=synthesize_tone)
        caller = Caller(self.state, options)
        caller.place()
        await caller.wait_connected()
        return caller


@pytest.fixture
async def api(make_state: MakeState) -> AsyncIterator[Api]:
    agent = FakeAgent(greeting=tone_mulaw(0.1))
    state = await make_state(agent)
    callees = CalleeDirectory({"+14155550101": CalleeOutcome.BUSY, "+14155550102": CalleeOutcome.NO_ANSWER})
    async with serve_app(create_app(state, callees)) as base_url:
        yield Api(base_url, state, agent)


async def test_credentials_are_checked(api: Api) -> None:
    api.client = api.login("wrong")
    assert await api.refused(lambda client: client.calls("CA1").fetch()) == (401, 20003)
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"{api.base_url}/2010-04-01/Accounts/{DEFAULT_ACCOUNT_SID}/Calls.json")
    assert answer.json() == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }


async def test_account_and_numbers(api: Api) -> None:
    account = await api.ask(lambda client: client.api.accounts(DEFAULT_ACCOUNT_SID).fetch())
    assert (account.sid, account.status) == (DEFAULT_ACCOUNT_SID, "active")
    [number] = await api.ask(lambda client: client.incoming_phone_numbers.list(phone_number=DEFAULT_NUMBER))
    assert number.capabilities["voice"]
    changed = await api.ask(
        lambda client: client.incoming_phone_numbers(number.sid).update(
            voice_url=f"{PUBLIC}/voice/incoming", status_callback=f"{PUBLIC}/voice/status"
        )
    )
    assert changed.voice_url == f"{PUBLIC}/voice/incoming"
    again = await api.ask(lambda client: client.incoming_phone_numbers(number.sid).fetch())
    assert (again.voice_url, again.status_callback) == (changed.voice_url, f"{PUBLIC}/voice/status")
    missing = "PN" + "0" * 32
    assert await api.refused(lambda client: client.incoming_phone_numbers(missing).fetch()) == (404, 20404)


async def test_hang_up_sends_stop_and_closes_the_stream(api: Api) -> None:
    caller = await api.caller()
    sid = caller.record.sid
    seen = await api.ask(lambda client: client.calls(sid).fetch())
    assert (seen.sid, seen.status, seen.direction) == (sid, "in-progress", "inbound")
    await api.ask(lambda client: client.calls(sid).update(status="completed"))
    await caller.wait_ended(5)
    await api.agent.disconnected.wait()
    assert len(api.agent.events("stop")) == 1
    assert caller.record.ended_by is CallEnder.REST
    ended = await api.ask(lambda client: client.calls(sid).fetch())
    assert (ended.status, ended.duration) == ("completed", "1")
    assert ended.end_time is not None
    assert await api.refused(lambda client: client.calls(sid).update(status="completed")) == (400, 21220)
    assert await api.refused(lambda client: client.calls(sid).update(twiml="<Response/>")) == (400, 21220)


async def test_redirect_replaces_what_the_call_does(api: Api) -> None:
    caller = await api.caller()
    twiml = "<Response><Say>Connecting you.</Say><Dial>+15550001111</Dial></Response>"
    await api.ask(lambda client: client.calls(caller.record.sid).update(twiml=twiml))
    await caller.wait_ended(5)
    assert len(api.agent.events("stop")) == 1
    assert caller.record.said == ["Connecting you."]
    assert caller.record.dialed == ["+15550001111"]
    assert caller.record.ended_by is CallEnder.DOCUMENT


async def test_an_outbound_call_rings_is_answered_and_streams(api: Api) -> None:
    call = await api.ask(
        lambda client: client.calls.create(
            to=CALLEE,
            from_=DEFAULT_NUMBER,
            url=f"{PUBLIC}/voice/incoming",
            status_callback=f"{PUBLIC}/voice/status",
            status_callback_event=["initiated", "ringing", "answered", "completed"],
        )
    )
    assert (call.direction, call.to, call.from_formatted) == ("outbound-api", CALLEE, DEFAULT_NUMBER)
    await api.agent.wait_for("mark")
    assert api.agent.events("start")[0]["start"]["callSid"] == call.sid
    await api.ask(lambda client: client.calls(call.sid).update(status="completed"))
    await asyncio.wait_for(api.state.calls[call.sid].ended.wait(), 5)
    voice = next(fields for path, fields, _ in api.agent.webhooks if path == "/voice/incoming")
    assert (voice["CallStatus"], voice["Direction"]) == ("in-progress", "outbound-api")
    reports = [entry for entry in api.agent.webhooks if entry[0] == "/voice/status"]
    assert [fields["CallStatus"] for _, fields, _ in reports] == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    validator = RequestValidator(DEFAULT_AUTH_TOKEN)
    assert all(validator.validate(f"{PUBLIC}/voice/status", fields, signature) for _, fields, signature in reports)


async def test_an_outbound_call_takesTwimlText(api: Api) -> None:
    twiml = "<Response><Say>Hello there.</Say></Response>"
    call = await api.ask(lambda client: client.calls.create(to=CALLEE, from_=DEFAULT_NUMBER, twiml=twiml))
    simulated = api.state.calls[call.sid]
    await asyncio.wait_for(simulated.ended.wait(), 5)
    assert simulated.record.said == ["Hello there."]
    assert api.agent.webhooks == []


@pytest.mark.parametrize(
    ("number", "status"), [("+14155550101", CallStatus.BUSY), ("+14155550102", CallStatus.NO_ANSWER)]
)
async def test_nobody_answers(api: Api, number: str, status: CallStatus) -> None:
    call = await api.ask(
        lambda client: client.calls.create(
            to=number,
            from_=DEFAULT_NUMBER,
            url=f"{PUBLIC}/voice/incoming",
            status_callback=f"{PUBLIC}/voice/status",
        )
    )
    await asyncio.wait_for(api.state.calls[call.sid].ended.wait(), 5)
    assert [(path, fields["CallStatus"]) for path, fields, _ in api.agent.webhooks] == [
        ("/voice/status", status.value)
    ]
    assert (await api.ask(lambda client: client.calls(call.sid).fetch())).status == status.value


async def test_an_outbound_call_can_be_cancelled_while_it_rings(make_state: MakeState) -> None:
    state = await make_state(FakeAgent())
    call = state.new_call(Direction.OUTBOUND_API, DEFAULT_NUMBER, CALLEE)
    state.start(call, TwimlText("<Response><Say>Never.</Say></Response>"), ring_secs=30)
    await asyncio.sleep(0)
    call.hang_up(CallEnder.REST)
    await asyncio.wait_for(call.ended.wait(), 5)
    assert (call.record.status, call.record.said) == (CallStatus.CANCELED, [])


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "nonsense", "from_": DEFAULT_NUMBER, "twiml": "<Response/>"}, 21211),
        ({"to": CALLEE, "from_": "+14155550000", "twiml": "<Response/>"}, 21210),
        ({"to": CALLEE, "from_": DEFAULT_NUMBER}, 21205),
        ({"to": "", "from_": DEFAULT_NUMBER, "twiml": "<Response/>"}, 21201),
        ({"to": CALLEE, "from_": "", "twiml": "<Response/>"}, 21213),
    ],
)
async def test_bad_outbound_requests(api: Api, fields: dict[str, str], code: int) -> None:
    assert await api.refused(lambda client: client.calls.create(**fields)) == (400, code)
    assert api.state.calls == {}


async def test_calls_are_listed_newest_first_by_pages(api: Api) -> None:
    twiml = "<Response/>"
    made = [
        await api.ask(lambda client: client.calls.create(to=CALLEE, from_=DEFAULT_NUMBER, twiml=twiml))
        for _ in range(5)
    ]
    listed = await api.ask(lambda client: client.calls.list(page_size=2))
    assert [call.sid for call in listed] == [call.sid for call in reversed(made)]
    await asyncio.wait_for(asyncio.gather(*(api.state.calls[call.sid].ended.wait() for call in made)), 5)
    assert len(await api.ask(lambda client: client.calls.list(status="completed"))) == 5
    assert await api.ask(lambda client: client.calls.list(status="ringing")) == []
    await api.ask(lambda client: client.calls(made[0].sid).delete())
    assert await api.refused(lambda client: client.calls(made[0].sid).fetch()) == (404, 20404)


async def test_simulated_failures_come_once(api: Api) -> None:
    api.state.fail_next_requests(503)
    assert await api.refused(lambda client: client.calls("CA1").fetch()) == (503, 20500)
    assert await api.ask(lambda client: client.calls.list()) == []


async def test_a_scenario_can_be_run_over_http(api: Api) -> None:
    scenario = "{name: brief, steps: [wait_for_agent: {silence_ms: 100}, hang_up]}"
    async with httpx.AsyncClient(base_url=api.base_url, timeout=10) as http:
        refused = await http.post("/simulator/calls", json={"scenario": "{name: x, steps: [nonsense]}"})
        assert refused.status_code == 400
        assert "step 1" in refused.json()["message"]
        body = {"voice_url": f"{PUBLIC}/voice/incoming", "scenario": scenario}
        sid = (await http.post("/simulator/calls", json=body)).json()["call_sid"]
        seen = (await http.get(f"/simulator/calls/{sid}", params={"wait_secs": 9})).json()
    assert seen["call"]["status"] == "completed"
    assert [step["status"] for step in seen["result"]["steps"]] == ["passed", "passed"]
