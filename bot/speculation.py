"""Replies that are begun before the caller's turn is certainly over.

At the first likely end of a turn a reply to the words known by then is begun: documents are searched, the model
writes, the first clause is spoken into memory. It is held there. If the turn ends with those words, the reply is
heard at once; if the caller goes on, or the words come out otherwise, it is dropped without a trace. So patience
costs no time: the end of the turn is waited for while the reply is made.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pipecat.turns.user_stop import NormalizedMatch

from bot.events import SpeculationStage
from bot.generations import Generations
from bot.turn_ledger import TurnLedger

_SAME_WORDS = NormalizedMatch()


def same_words(one: str, other: str) -> bool:
    """True when two texts differ in case, punctuation and spaces at most."""
    return _SAME_WORDS.matches(one, other)


@dataclass(frozen=True, slots=True)
class SpeculationHooks:
    """What speculation needs of the call.

    Attributes:
        may_begin: Whether a reply may be begun early now: the agent is silent and the model has time.
        forget: Drop what playback holds of a reply.
        release: Let playback begin with what it holds.
    """

    may_begin: Callable[[], bool]
    forget: Callable[[int], None]
    release: Callable[[], None]


NEVER = SpeculationHooks(may_begin=lambda: False, forget=lambda _generation: None, release=lambda: None)
"""For calls that have no ends of turn to guess."""


class Speculation:
    """The one reply of a call that may be under way early, from both sides.

    The end of turn says what the caller has probably said (`begin`, `withdraw`, `turn_over`); the language model
    answers it (`is_wanted`) and says what became of the answer (`started`, `used`, `dropped`).

    Args:
        generations: The call's reply numbers.
        ledger: Told what becomes of early replies.
        hooks: What it takes to make them.
    """

    def __init__(
        self,
        generations: Generations,
        ledger: TurnLedger,
        hooks: SpeculationHooks = NEVER,
    ) -> None:
        self._generations = generations
        self._ledger = ledger
        self._hooks = hooks
        self._text: str | None = None

    # --- the end of turn ----------------------------------------------------------------------------------

    @property
    def text(self) -> str | None:
        """What is being answered early; None when nothing is."""
        return self._text

    def begin(self, text: str) -> bool:
        """The caller has probably said this and no more; False when nothing may be begun now."""
        if not self._hooks.may_begin():
            return False
        self._text = text
        return True

    def withdraw(self) -> bool:
        """The caller goes on, or said something else; False when nothing was under way."""
        begun, self._text = self._text is not None, None
        return begun

    def turn_over(self) -> None:
        """The turn is over: what was begun is used or dropped by whoever answers it."""
        self._text = None

    # --- the language model -------------------------------------------------------------------------------

    def is_wanted(self, text: str) -> bool:
        """Whether an early reply to these words is still wanted."""
        return self._text == text

    def started(self) -> int:
        """An early reply is begun; gives its number, which is held."""
        self._ledger.speculated(SpeculationStage.STARTED)
        return self._generations.next(held=True)

    def used(self, generation: int) -> None:
        """The turn is over as expected: the reply may be heard, from this moment on."""
        self._generations.release(generation)
        self._hooks.release()
        self._ledger.speculated(SpeculationStage.USED)

    def dropped(self, generation: int, tokens: int) -> None:
        """The reply is not wanted.

        Args:
            generation: Its number.
            tokens: How many the model had written.
        """
        self._generations.withdraw(generation)
        self._hooks.forget(generation)
        self._ledger.speculated(SpeculationStage.DROPPED, tokens)
