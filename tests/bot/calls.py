"""Calls for tests."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.call_config import CallConfig
from bot.tools.tool import ToolContext
from data.agent_config import AgentConfig, AgentSettings, VariableValue
from data.records import Direction

STARTED_AT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
"""A Friday."""


def make_call(
    settings: AgentSettings | None = None,
    *,
    system_prompt: str = "You are Ada of Brightline.",
    variables: Mapping[str, VariableValue] | None = None,
    direction: Direction = Direction.INBOUND,
) -> CallConfig:
    """An inbound call from +1 202 555 0123."""
    agent = AgentConfig(
        agent_id="agent_1",
        workspace_id="ws_default",
        name="Ada",
        system_prompt=system_prompt,
        created_at=STARTED_AT,
        updated_at=STARTED_AT,
        settings=settings or AgentSettings(),
    )
    return CallConfig(
        conversation_id="conv_1",
        call_sid="CA1",
        direction=direction,
        agent=agent,
        caller_number="+12025550123",
        agent_number="+12025550199",
        dynamic_variables=variables or {},
    )


def make_context(
    *, turn: int = 1, current: bool = True, config: CallConfig | None = None, now: datetime = STARTED_AT
) -> ToolContext:
    """The moment of a tool call."""
    return ToolContext(config=config or make_call(), turn=turn, now=now, is_current=lambda: current)
