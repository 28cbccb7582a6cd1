"""Values for storage tests."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from data.agent_config import AgentConfig, AgentSettings
from data.appointments import NewAppointment
from data.database import Database
from data.ids import new_id
from data.models import WorkspaceRow
from data.phone_numbers import PhoneNumber
from data.queries import NewConversation
from data.records import Direction, Role, TurnRecord
from data.workspaces import DEFAULT_WORKSPACE_ID

NOW = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)
WS = DEFAULT_WORKSPACE_ID
OTHER = "ws_other"


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


async def add_other_workspace(database: Database) -> None:
    async with database.session() as session:
        await session.execute(insert(WorkspaceRow), [{"workspace_id": OTHER, "name": "Other", "created_at": NOW}])


def agent(
    name: str = "Ann",
    *,
    workspace_id: str = WS,
    at: datetime = NOW,
    settings: AgentSettings | None = None,
    agent_id: str | None = None,
) -> AgentConfig:
    return AgentConfig(
        agent_id=agent_id or new_id("agent"),
        workspace_id=workspace_id,
        name=name,
        system_prompt="Be kind.",
        first_message="Hello!",
        created_at=at,
        updated_at=at,
        settings=settings or AgentSettings(),
    )


def conversation(
    *,
    workspace_id: str = WS,
    agent_id: str = "agent_1",
    at: datetime = NOW,
    call_sid: str | None = None,
    phone_number_id: str | None = None,
    lease_until: datetime | None = None,
) -> NewConversation:
    return NewConversation(
        conversation_id=new_id("conv"),
        workspace_id=workspace_id,
        agent_id=agent_id,
        agent_name="Ann",
        direction=Direction.INBOUND,
        started_at=at,
        call_sid=call_sid,
        phone_number="+15551234567",
        agent_number="+15557654321",
        phone_number_id=phone_number_id,
        dynamic_variables={"name": "Bob", "visits": 3},
        lease_until=lease_until,
    )


def turn(position: int, message: str = "Hi.", role: Role = Role.USER, at: float = 1.5) -> TurnRecord:
    return TurnRecord(position=position, role=role, message=message, time_in_call_secs=at)


def number(phone_number: str, *, workspace_id: str = WS, agent_id: str | None = None) -> PhoneNumber:
    return PhoneNumber(
        phone_number_id=new_id("phnum"),
        workspace_id=workspace_id,
        phone_number=phone_number,
        label="Main",
        created_at=NOW,
        updated_at=NOW,
        agent_id=agent_id,
    )


def appointment(key: str, start: float = 0, minutes: float = 30, *, agent_id: str = "agent_1") -> NewAppointment:
    return NewAppointment(
        agent_id=agent_id,
        customer_name="Bob",
        starts_at=later(start * 60),
        ends_at=later((start + minutes) * 60),
        idempotency_key=key,
        conversation_id="conv_1",
        phone_number="+15551234567",
        subject="Repair",
    )
