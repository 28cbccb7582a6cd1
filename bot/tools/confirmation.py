"""The gate between a model that wants to change something and the caller who has to agree first.

The model cannot open it: only `answer`, fed with the caller's own words in a later turn than the one in
which the question was asked, can. State of one call; one question is open at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic import JsonValue

from bot.spoken_answers import ConfirmationAnswer, read_answer
from bot.tools.tool import Arguments

LAPSES_AFTER_TURNS = 2
"""How many turns that are neither yes nor no a question survives."""


@dataclass(frozen=True, slots=True)
class PendingConfirmation:
    """A write that waits for the caller's yes."""

    tool_name: str
    arguments: dict[str, JsonValue]
    question: str
    asked_in_turn: int
    unclear_answers: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """How the caller's words were understood, and what they were about."""

    answer: ConfirmationAnswer
    action: PendingConfirmation


class ConfirmationGate:
    """See the module.

    Args:
        read: How the caller's words (first) answer the question (second).
    """

    def __init__(self, read: Callable[[str, str], ConfirmationAnswer] = read_answer) -> None:
        self._read = read
        self._pending: PendingConfirmation | None = None

    @property
    def pending(self) -> PendingConfirmation | None:
        """The open question, if there is one."""
        return self._pending

    def is_asking_otherwise(self, tool_name: str, arguments: Arguments, turn: int) -> bool:
        """True where something other than this was asked in that very turn, so that no answer can have come."""
        pending = self._pending
        return (
            pending is not None
            and pending.asked_in_turn == turn
            and (pending.tool_name, pending.arguments) != (tool_name, dict(arguments))
        )

    def propose(self, tool_name: str, arguments: Arguments, question: str, turn: int) -> PendingConfirmation:
        """Open a question in the caller turn `turn`, or ask it again.

        The same tool and arguments repeat the open question; anything else replaces it (see
        `is_asking_otherwise` for when that must not be).
        """
        self._pending = PendingConfirmation(tool_name, dict(arguments), question, asked_in_turn=turn)
        return self._pending

    def answer(self, text: str, turn: int) -> Decision | None:
        """Read what the caller said in `turn`; None when no question was open.

        YES and NO close the question; so does the third answer that is neither. In the turn in which the
        question was asked nothing is an answer to it.
        """
        pending = self._pending
        if pending is None:
            return None
        if turn <= pending.asked_in_turn:
            return Decision(ConfirmationAnswer.OTHER, pending)
        answer = self._read(text, pending.question)
        if answer is ConfirmationAnswer.OTHER and pending.unclear_answers < LAPSES_AFTER_TURNS:
            self._pending = replace(pending, unclear_answers=pending.unclear_answers + 1)
        else:
            self._pending = None
        return Decision(answer, pending)
