"""The real server of a call test: real HTTP, real WebSockets, a real database; only the vendors are simulated."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
from pydantic import SecretStr
from twilio.request_validator import RequestValidator

from api.app import create_app
from api.call_runtime import CallRuntime, open_call_runtime
from api.websocket_protocol import DirectWebSocketProtocol
from config.settings import Settings
from data.agent_config import AgentConfig, AgentSettings, RagSettings
from data.appointments import Appointment, AppointmentQuery
from data.database import Database
from data.ids import new_id
from data.phone_numbers import PhoneNumber
from data.records import ConversationRecord
from data.repositories.agent import AgentRepository
from data.repositories.appointment import AppointmentRepository
from data.repositories.conversation import ConversationRepository
from data.repositories.phone_number import PhoneNumberRepository
from data.workspaces import DEFAULT_WORKSPACE_ID
from simulator.hosting import serve_app
from simulator.twilio.options import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, DEFAULT_NUMBER
from tests.calls.vendors import Vendors

API_KEY = "a-key"
SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
STORED_WITHIN_SECONDS = 8.0

_house_numbers = itertools.count(1)


@dataclass
class CallHouse:
    """A running server.

    Attributes:
        public_url: As Twilio knows it.
        number: The sample agent's, which has documents.
    """

    url: str
    public_url: str
    vendors: Vendors
    settings: Settings
    runtime: CallRuntime
    database: Database
    http: httpx.AsyncClient
    number: str = DEFAULT_NUMBER
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1000))

    async def add_agent(
        self,
        first_message: str = "",
        *,
        system_prompt: str = "You are Ada, a helpful assistant.",
        settings: AgentSettings | None = None,
        **columns: object,
    ) -> str:
        """A new agent without documents; returns the number that leads to it."""
        now = datetime.now(UTC)
        settings = settings or AgentSettings(rag=RagSettings(enabled=False))
        if "soft_timeout_sec" not in settings.model_fields_set:
            # On a busy machine any answer may be late; fillers are for the tests that are about them.
            settings = settings.model_copy(update={"soft_timeout_sec": -1.0})
        agent = AgentConfig.model_validate(
            {
                "agent_id": new_id("agent"),
                "workspace_id": DEFAULT_WORKSPACE_ID,
                "name": "Ada",
                "system_prompt": system_prompt,
                "first_message": first_message,
                "settings": settings,
                "created_at": now,
                "updated_at": now,
                **columns,
            }
        )
        number = f"+1555444{next(self._numbers)}"
        async with self.database.session() as session:
            await AgentRepository(session).add(agent)
            await PhoneNumberRepository(session).add(
                PhoneNumber(
                    phone_number_id=new_id("phnum"),
                    workspace_id=DEFAULT_WORKSPACE_ID,
                    phone_number=number,
                    label="",
                    created_at=now,
                    updated_at=now,
                    agent_id=agent.agent_id,
                )
            )
        return number

    async def conversation(self, call_sid: str) -> ConversationRecord:
        """What is stored of a call that is over, with its turns."""
        async with asyncio.timeout(STORED_WITHIN_SECONDS):
            while self.runtime.calls.is_live(call_sid):  # noqa: ASYNC110 - the product has no event for one call
                await asyncio.sleep(0.01)
        async with self.database.read() as session:
            return await ConversationRepository(session).get(DEFAULT_WORKSPACE_ID, call_sid, with_turns=True)

    async def appointments(self, conversation_id: str) -> list[Appointment]:
        """Those booked in a conversation."""
        async with self.database.read() as session:
            query = AppointmentQuery(conversation_id=conversation_id)
            page = await AppointmentRepository(session).list(DEFAULT_WORKSPACE_ID, query)
        return list(page.items)

    async def webhook(self, path: str, form: dict[str, str]) -> httpx.Response:
        """Tell the server something as Twilio does, signed."""
        signature = RequestValidator(DEFAULT_AUTH_TOKEN).compute_signature(f"{self.public_url}{path}", form)
        response = await self.http.post(path, data=form, headers={"X-Twilio-Signature": signature})
        assert response.is_success, response.text
        return response

    async def get(self, path: str) -> dict[str, object]:
        """Read over REST."""
        response = await self.http.get(path)
        assert response.status_code == 200, response.text
        body: dict[str, object] = response.json()
        return body


@asynccontextmanager
async def open_house(vendors: Vendors, folder: Path, **settings: object) -> AsyncIterator[CallHouse]:
    """Serve calls with an empty database in `folder`; the sample agent is made at the start."""
    public_url = f"https://house{next(_house_numbers)}.example.com"
    made = Settings.model_validate(
        {
            "deepgram_base_url": vendors.deepgram_url,
            "deepgram_api_key": "a-deepgram-key",
            "ollama_host": vendors.ollama_url,
            "twilio_base_url": vendors.twilio_url,
            "twilio_account_sid": DEFAULT_ACCOUNT_SID,
            "twilio_auth_token": DEFAULT_AUTH_TOKEN,
            "twilio_phone_number": DEFAULT_NUMBER,
            "public_url": public_url,
            "database_url": f"sqlite:///{folder / 'agents.db'}",
            "spool_path": folder / "spool",
            "chroma_path": folder / "chroma",
            "speech_cache_path": folder / "speech",
            "data_file": SAMPLES,
            "api_keys": (SecretStr(API_KEY),),
            "llm_timeout_sec": 1.5,
            # A request beside those of the call would take the faults that tests mean for an answer.
            "llm_prefill": False,
            # On a machine whose host is busy for some seconds the server would take no call, as it should in life.
            "max_loop_lag_ms": 10_000,
            "drain_seconds": 0,
            **settings,
        }
    )
    app = create_app(made, open_runtime=open_call_runtime)
    async with serve_app(app, websockets=DirectWebSocketProtocol) as url:
        vendors.route(public_url, url)
        state = app.state.services
        async with httpx.AsyncClient(base_url=url, headers={"xi-api-key": API_KEY}, trust_env=False) as http:
            yield CallHouse(url, public_url, vendors, made, state.runtime, state.database, http)
