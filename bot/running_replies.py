"""Replies that are not over for the caller yet, and where in the conversation they belong.

A reply enters the conversation when it has been heard. Where the agent may not be interrupted, the caller's next
turn comes before that: the prompt that answers it must hold the reply that is being spoken, and the conversation
must keep both in the order in which they began.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipecat.processors.aggregators.llm_context import LLMContext

from bot.chat_model import ChatMessage, ChatRole
from bot.generations import Generations


@dataclass(slots=True)
class _Reply:
    place: int
    """How many messages the conversation had when the reply began."""
    text: str = ""


class RunningReplies:
    """The replies of one call between their beginning and `over`.

    Args:
        generations: The call's reply numbers; a stale reply is no longer told of.
    """

    def __init__(self, generations: Generations) -> None:
        self._generations = generations
        self._replies: dict[int, _Reply] = {}

    def began(self, generation: int, messages: int) -> None:
        """A reply was begun when the conversation had that many messages."""
        self._replies = {g: r for g, r in self._replies.items() if self._generations.is_current(g)}
        self._replies[generation] = _Reply(messages)

    def said(self, generation: int, text: str) -> None:
        """The model has written more of it."""
        if (reply := self._replies.get(generation)) is not None:
            reply.text += text

    def woven_into(self, messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
        """The conversation as it is, with what is being said where it belongs."""
        woven = list(messages)
        for generation, reply in sorted(self._replies.items(), reverse=True):
            if self._generations.is_current(generation) and reply.text.strip():
                users = [message.role is ChatRole.USER for message in woven]
                woven.insert(_after(users, reply.place), ChatMessage(ChatRole.ASSISTANT, reply.text.strip()))
        return tuple(woven)

    def over(self, generation: int, text: str, context: LLMContext) -> None:
        """The caller has heard that much of a reply: it enters the conversation, in its place."""
        reply = self._replies.pop(generation, None)
        if not text:
            return
        roles = [message.get("role") if isinstance(message, dict) else None for message in context.messages]
        place = _after([role == "user" for role in roles], reply.place if reply else len(roles))
        context.messages.insert(place, {"role": "assistant", "content": text})
        for other in self._replies.values():
            other.place += other.place >= place


def _after(is_user: Sequence[bool], place: int) -> int:
    """Behind the turn that a reply answers: what its tools left belongs before it, the next words after it."""
    return next((at for at in range(place, len(is_user)) if is_user[at]), len(is_user))
