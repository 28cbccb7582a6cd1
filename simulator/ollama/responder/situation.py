"""What every rule looks at: the conversation, the tools and the day."""

from dataclasses import dataclass
from datetime import date

from simulator.ollama.responder.conversation import Conversation
from simulator.ollama.responder.schema import ToolSpec


@dataclass(frozen=True, slots=True)
class Situation:
    """The moment in which a reply is due."""

    conversation: Conversation
    tools: tuple[ToolSpec, ...]
    today: date

    @property
    def said(self) -> str:
        """What the caller said last."""
        return self.conversation.question
