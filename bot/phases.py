"""Where a call stands: greeting, finding out what the caller needs, working on it.

A phase changes one sentence beside the newest message of the prompt, never the stable part, so that moving
on costs no re-evaluation of the conversation.
"""

from enum import StrEnum

DISCOVERY_TURNS = 2
"""Caller turns that finding out what they need may take before the call counts as active."""


class CallPhase(StrEnum):
    """The phases of a call, in order; a call never goes back."""

    CALL_START = "CALL_START"
    DISCOVERY = "DISCOVERY"
    ACTIVE = "ACTIVE"

    @property
    def instruction(self) -> str:
        """What the model is told in this phase, one sentence."""
        return _INSTRUCTIONS[self]

    def advance(self, user_turns: int, *, need_is_known: bool = False) -> "CallPhase":
        """The phase for the next reply.

        Args:
            user_turns: How often the caller has spoken, the turn to be answered included.
            need_is_known: True once it is plain what the caller wants (a tool was used, or a document
                answered them); ends the discovery early.
        """
        if user_turns <= 0:
            reached = CallPhase.CALL_START
        elif user_turns <= DISCOVERY_TURNS and not need_is_known:
            reached = CallPhase.DISCOVERY
        else:
            reached = CallPhase.ACTIVE
        return max(self, reached, key=_ORDER.index)


_ORDER = tuple(CallPhase)
_INSTRUCTIONS = {
    CallPhase.CALL_START: "The call has just begun: be brief and let the caller say why they are calling.",
    CallPhase.DISCOVERY: (
        "Answer what was asked; if it is not clear yet what the caller needs, ask one short question."
    ),
    CallPhase.ACTIVE: "Work on what the caller needs, one step at a time, without repeating what was said.",
}
