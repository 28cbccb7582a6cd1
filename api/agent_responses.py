"""Makes the response bodies of agents out of stored ones."""

import math
from collections.abc import Sequence

from pydantic import JsonValue

from api.agent_views.read import flat_view, nested_view
from api.json_tree import get_path
from api.schemas.agents import AgentDetail, AgentSummary, AssignedPhoneNumber
from data.agent_config import AgentConfig
from data.phone_numbers import PhoneNumber


def agent_detail(agent: AgentConfig, numbers: Sequence[PhoneNumber], *, retention_days: int) -> AgentDetail:
    """The agent in both views.

    Args:
        agent: As it is stored.
        numbers: Those whose calls reach it.
        retention_days: The server's own, shown where the agent says nothing.
    """
    body: dict[str, JsonValue | object] = {
        **flat_view(agent),
        **nested_view(agent, retention_days=retention_days),
        "agent_id": agent.agent_id,
        "created_at": agent.created_at,
        "updated_at": agent.updated_at,
        "metadata": {
            "created_at_unix_secs": math.floor(agent.created_at.timestamp()),
            "updated_at_unix_secs": math.floor(agent.updated_at.timestamp()),
        },
        "phone_numbers": [
            AssignedPhoneNumber(
                provider=number.provider,
                phone_number=number.phone_number,
                label=number.label,
                phone_number_id=number.phone_number_id,
                supports_inbound=number.supports_inbound,
                supports_outbound=number.supports_outbound,
            )
            for number in numbers
        ],
    }
    return AgentDetail.model_validate(body)


def agent_summary(agent: AgentConfig) -> AgentSummary:
    """The agent as one of a list."""
    return AgentSummary(
        agent_id=agent.agent_id,
        name=agent.name,
        voice_id=agent.voice_id,
        model_name=agent.model_name,
        is_active=agent.is_active,
        tags=list(agent.settings.tags),
        created_at_unix_secs=math.floor(agent.created_at.timestamp()),
        updated_at_unix_secs=math.floor(agent.updated_at.timestamp()),
        archived=is_archived(agent),
    )


def is_archived(agent: AgentConfig) -> bool:
    """Whether its owner put it away; it still takes calls (`is_active` decides that)."""
    return get_path(agent.settings.preserved, ("platform_settings", "archived")) is True
