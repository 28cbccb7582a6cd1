"""The Twilio routes on a real server with a real database, and somebody who runs calls for a test."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import httpx
from prometheus_client.registry import Collector
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import ClientConnection, connect

from api.app import create_app
from api.health_checks import HealthCheck
from api.media_stream import router as media_stream_router
from api.stream_tokens import StreamTokens
from api.voice import router as voice_router
from api.websocket_protocol import DirectWebSocketProtocol
from bot.call_config import CallConfig
from bot.transport.ports import CallTransport, StreamEnd
from config.settings import Settings
from data.agent_config import AgentConfig
from data.database import Database
from data.phone_numbers import PhoneNumber
from data.records import ConversationRecord
from data.repositories.agent import AgentRepository
from data.repositories.conversation import ConversationRepository
from data.repositories.phone_number import PhoneNumberRepository
from data.workspaces import DEFAULT_WORKSPACE_ID
from simulator.hosting import serve_app
from tests.bot.transport.fakes import FakeReceiver

TOKEN = "auth-token-of-the-account"
PUBLIC_URL = "https://agent.example.com"
OUR_NUMBER = "+15550001111"
CALLER = "+15552223333"
CALL = {"CallSid": "CA1", "From": CALLER, "To": OUR_NUMBER, "CallStatus": "ringing", "Direction": "inbound"}


@dataclass
class FakeCalls:
    """A `CallRunner` that serves streams and remembers."""

    accepting: bool = True
    live: dict[str, CallTransport] = field(default_factory=dict)
    started: list[tuple[CallConfig, str]] = field(default_factory=list)
    ended: dict[str, StreamEnd] = field(default_factory=dict)
    receiver: FakeReceiver = field(default_factory=FakeReceiver)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def reserve(self, call_sid: str) -> bool:
        return self.accepting

    def is_live(self, call_sid: str) -> bool:
        return call_sid in self.live

    async def run(self, config: CallConfig, transport: CallTransport, stream_id: str) -> None:
        self.live[config.call_sid] = transport
        self.started.append((config, stream_id))
        await self._tell()
        self.ended[config.call_sid] = await transport.run(self.receiver)
        del self.live[config.call_sid]
        await self._tell()

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    def active_calls(self) -> int:
        return len(self.live)

    async def wait_until_started(self, count: int = 1) -> None:
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(lambda: len(self.started) >= count)

    async def wait_until_ended(self, call_sid: str) -> StreamEnd:
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(lambda: call_sid in self.ended)
        return self.ended[call_sid]


@dataclass(frozen=True)
class FakeRuntime:
    """The call side of a test's server."""

    calls: FakeCalls = field(default_factory=FakeCalls)

    def health_checks(self) -> Mapping[str, HealthCheck]:
        return {}

    def metrics(self) -> Sequence[Collector]:
        return ()


def make_settings(**values: object) -> Settings:
    """Settings of a test, with nothing taken from the environment's `.env`."""
    return Settings.model_validate(
        {
            "twilio_auth_token": TOKEN,
            "twilio_account_sid": "AC1",
            "public_url": PUBLIC_URL,
            "deepgram_api_key": "key",
            **values,
        }
    )


def make_agent(agent_id: str = "agent_1", *, created_day: int = 1, is_active: bool = True) -> AgentConfig:
    moment = datetime(2026, 1, created_day, tzinfo=UTC)
    return AgentConfig(
        agent_id=agent_id,
        workspace_id=DEFAULT_WORKSPACE_ID,
        name=agent_id.title(),
        system_prompt="Be kind.",
        is_active=is_active,
        created_at=moment,
        updated_at=moment,
    )


@dataclass
class TwilioServer:
    """The running server and what stands behind it."""

    url: str
    database: Database
    calls: FakeCalls
    tokens: StreamTokens
    http: httpx.AsyncClient

    async def post(
        self, path: str, form: dict[str, str], *, signed_url: str | None = None, token: str = TOKEN
    ) -> httpx.Response:
        """POST as Twilio does, signed for `signed_url` (the public one of this path unless told)."""
        signature = RequestValidator(token).compute_signature(signed_url or PUBLIC_URL + path, form)
        return await self.http.post(path, data=form, headers={"X-Twilio-Signature": signature})

    @asynccontextmanager
    async def stream(
        self, path: str = "/media-stream", *, signed_url: str | None = None, signature: str | None = None
    ) -> AsyncIterator[ClientConnection]:
        """Open a media stream as Twilio does."""
        url = signed_url or PUBLIC_URL.replace("https", "wss") + path
        value = RequestValidator(TOKEN).compute_signature(url, {}) if signature is None else signature
        headers = {"X-Twilio-Signature": value} if value else {}
        async with connect(self.url.replace("http", "ws") + path, additional_headers=headers) as socket:
            yield socket

    async def conversation(self, call_sid: str = "CA1") -> ConversationRecord | None:
        async with self.database.read() as session:
            return await ConversationRepository(session).find_by_call_sid(call_sid)

    async def add_agent(self, agent: AgentConfig, number: str | None = None) -> None:
        async with self.database.session() as session:
            await AgentRepository(session).add(agent)
            if number:
                await PhoneNumberRepository(session).add(
                    PhoneNumber(
                        phone_number_id=f"phnum_{agent.agent_id}",
                        workspace_id=agent.workspace_id,
                        phone_number=number,
                        label="",
                        created_at=agent.created_at,
                        updated_at=agent.updated_at,
                        agent_id=agent.agent_id,
                    )
                )


@asynccontextmanager
async def twilio_server(
    folder: Path, settings: Settings | None = None, *, takes_calls: bool = True
) -> AsyncIterator[TwilioServer]:
    """Serve the Twilio routes with an empty database in `folder`."""
    settings = settings or make_settings()
    runtime, tokens = FakeRuntime(), StreamTokens()
    app = create_app(
        settings.model_copy(update={"database_url": f"sqlite:///{folder / 'agents.db'}"}),
        runtime=runtime if takes_calls else None,
    )
    app.include_router(voice_router)
    app.include_router(media_stream_router)
    app.state.stream_tokens = tokens
    async with serve_app(app, websockets=DirectWebSocketProtocol) as url, httpx.AsyncClient(base_url=url) as http:
        yield TwilioServer(url, app.state.services.database, runtime.calls, tokens, http)


def stream_of(twiml: str) -> tuple[str, str]:
    """URL and token of the stream that an answer connects."""
    stream = ElementTree.fromstring(twiml).find("Connect/Stream")
    assert stream is not None, twiml
    parameter = stream.find("Parameter")
    assert parameter is not None
    assert parameter.attrib["name"] == "token"
    return stream.attrib["url"], parameter.attrib["value"]


def apology_of(twiml: str) -> str:
    """What an answer says before it hangs up; it must do nothing else."""
    root = ElementTree.fromstring(twiml)
    assert [child.tag for child in root] == ["Say", "Hangup"]
    return root[0].text or ""


def lose_database(folder: Path) -> None:
    """Take the database's files away."""
    for file in folder.glob("agents.db*"):
        file.unlink()
