"""Everything a call needs to know before it starts.

Immutable, so that an edit of the agent in mid-call cannot change a running conversation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.agent_config import AgentConfig, VariableValue
from data.records import Direction


@dataclass(frozen=True, slots=True)
class CallConfig:
    """One call, as it was when Twilio (or another transport) announced it."""

    conversation_id: str
    call_sid: str
    """Twilio's `CA…`; for other transports the conversation's id again."""
    direction: Direction
    agent: AgentConfig
    caller_number: str = ""
    """E.164 of the other party; empty when withheld."""
    agent_number: str = ""
    dynamic_variables: Mapping[str, VariableValue] = field(default_factory=dict)
    """Runtime values for `{{name}}`; they win over the agent's placeholders."""
