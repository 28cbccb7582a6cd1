"""Which agent answers a call, and the conversation kept of it: the database's side of letting calls in."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.call_config import CallConfig
from config.errors import NotFoundError
from data.agent_config import AgentConfig
from data.database import Database
from data.ids import new_id
from data.pagination import MAX_PAGE_SIZE, SortDirection
from data.phone_numbers import PhoneRoute
from data.queries import AgentQuery, NewConversation
from data.records import CallOutcome, CallStatus, ConversationRecord, Direction, EndReason
from data.repositories.agent import AgentRepository
from data.repositories.conversation import ConversationRepository
from data.repositories.phone_number import PhoneNumberRepository
from data.workspaces import DEFAULT_WORKSPACE_ID

STREAM_EXPECTED_WITHIN = timedelta(minutes=2)
"""From the announcement to the media stream; Twilio opens it at once."""

_E164 = re.compile(r"\+[1-9]\d{1,14}", re.ASCII)
_CALL_SID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")


class Refusal(StrEnum):
    """Why a call has no agent to talk to."""

    UNKNOWN_NUMBER = "unknown_number"
    NO_AGENT = "no_agent"
    AGENT_INACTIVE = "agent_inactive"
    ALREADY_OVER = "already_over"


class CallRefusedError(Exception):
    """The call cannot be let in.

    Attributes:
        reason: Why.
    """

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """A call as it was announced. Numbers are E.164, or empty when withheld or of another kind."""

    call_sid: str
    caller_number: str = ""
    called_number: str = ""


class CallAdmission:
    """Finds the agent of a call and makes its conversation."""

    def __init__(self, database: Database, serve_unknown: bool) -> None:
        """Admit calls.

        Args:
            database: Where agents, numbers and conversations are.
            serve_unknown: Whether a call that no number leads to reaches the default agent, the oldest active
                one. For servers that strangers cannot reach: media-stream simulators announce nothing.
        """
        self._database = database
        self._serve_unknown = serve_unknown

    async def announce(self, call: IncomingCall) -> CallConfig:
        """The configuration of a call that Twilio announces; announced again, it keeps its conversation.

        Raises:
            CallRefusedError: Nobody answers this number.
            sqlalchemy.exc.SQLAlchemyError: The database is away.
        """
        async with self._database.read() as session:
            route = await PhoneNumberRepository(session).find_route(call.called_number)
            known = await ConversationRepository(session).find_by_call_sid(call.call_sid)
            agent = await self._agent_of(session, route)
        if known is not None and not known.status.is_final:
            return _config(known, agent, call.call_sid)
        if known is not None and not self._serve_unknown:
            raise CallRefusedError(Refusal.ALREADY_OVER)
        return await self._begin(call, agent, route, new_sid=known is None)

    async def adopt(self, call_sid: str) -> CallConfig:
        """The configuration of a call whose stream came without a token; only where `serve_unknown` is on.

        Raises:
            CallRefusedError: There is no active agent.
            sqlalchemy.exc.SQLAlchemyError: The database is away.
        """
        async with self._database.read() as session:
            known = await ConversationRepository(session).find_by_call_sid(call_sid)
            if known is not None and not known.status.is_final:
                agents = AgentRepository(session)
                return _config(known, await agents.get(known.workspace_id, known.agent_id), call_sid)
            agent = await _default_agent(session)
        return await self._begin(IncomingCall(call_sid), agent, None, new_sid=known is None)

    async def close_unstreamed(self, call_sid: str, reason: EndReason, duration_secs: float) -> bool:
        """End the conversation of a call that is over and whose media stream never began.

        Returns:
            True if this ended it; False if there is none, or its stream did begin: then the call itself does.
        """
        async with self._database.session() as session:
            conversations = ConversationRepository(session)
            known = await conversations.find_by_call_sid(call_sid)
            if known is None or known.status is not CallStatus.INITIATED:
                return False
            outcome = CallOutcome(reason, datetime.now(UTC), duration_secs)
            return await conversations.finish(known.conversation_id, outcome)

    async def _agent_of(self, session: AsyncSession, route: PhoneRoute | None) -> AgentConfig:
        if route is None or route.agent_id is None:
            if self._serve_unknown:
                return await _default_agent(session)
            raise CallRefusedError(Refusal.UNKNOWN_NUMBER if route is None else Refusal.NO_AGENT)
        try:
            agent = await AgentRepository(session).get(route.workspace_id, route.agent_id)
        except NotFoundError:  # deleted meanwhile
            raise CallRefusedError(Refusal.NO_AGENT) from None
        if not agent.is_active:
            raise CallRefusedError(Refusal.AGENT_INACTIVE)
        return agent

    async def _begin(
        self, call: IncomingCall, agent: AgentConfig, route: PhoneRoute | None, *, new_sid: bool
    ) -> CallConfig:
        now = datetime.now(UTC)
        new = NewConversation(
            conversation_id=new_id("conv"),
            workspace_id=agent.workspace_id,
            agent_id=agent.agent_id,
            agent_name=agent.name,
            direction=Direction.INBOUND,
            started_at=now,
            # Simulators use one CallSid again and again; the first conversation keeps it.
            call_sid=call.call_sid if new_sid else None,
            phone_number=call.caller_number or None,
            agent_number=call.called_number or None,
            phone_number_id=route.phone_number_id if route else None,
            lease_until=now + STREAM_EXPECTED_WITHIN,
        )
        try:
            async with self._database.session() as session:
                record = await ConversationRepository(session).create(new)
        except IntegrityError:
            # The same announcement came twice at once, and the other was quicker.
            async with self._database.read() as session:
                existing = await ConversationRepository(session).find_by_call_sid(call.call_sid)
            if existing is None:
                raise
            record = existing
        return _config(record, agent, call.call_sid)


def is_call_sid(text: str) -> bool:
    """Whether a text can be a CallSid; wider than Twilio's `CA` and 32 digits, for its stand-ins."""
    return _CALL_SID.fullmatch(text) is not None


def telephone_number(text: str) -> str:
    """A number in E.164, or empty for a withheld one, a client's name or a SIP address."""
    stripped = text.strip()
    return stripped if _E164.fullmatch(stripped) else ""


async def _default_agent(session: AsyncSession) -> AgentConfig:
    query = AgentQuery(direction=SortDirection.ASCENDING, page_size=MAX_PAGE_SIZE)
    page = await AgentRepository(session).list(DEFAULT_WORKSPACE_ID, query)
    agent = next((agent for agent in page.items if agent.is_active), None)
    if agent is None:
        raise CallRefusedError(Refusal.NO_AGENT if not page.items else Refusal.AGENT_INACTIVE)
    return agent


def _config(record: ConversationRecord, agent: AgentConfig, call_sid: str) -> CallConfig:
    variables = {
        name: value
        for name, value in record.dynamic_variables.items()
        if isinstance(value, str | int | float | bool)
    }
    return CallConfig(
        conversation_id=record.conversation_id,
        call_sid=call_sid,
        direction=record.direction,
        agent=agent,
        caller_number=record.phone_number or "",
        agent_number=record.agent_number or "",
        dynamic_variables=variables,
    )
