"""Makes good what a sound without words has broken: an agent that was silenced by it must not stay silent.

A loud enough noise, or speech that nobody understands, takes the word like any interruption; only when the turn
ends without a word is it known for what it was. Then the caller gets what they were owed: the rest of the reply
that was cut off, the reply that was not audible yet, or, if there was not even a text, another one. Where nothing
was owed but words were on their way (and never settled), they are asked to say it again.
"""

from collections.abc import Callable

from bot.generations import Generations
from data.records import EndReason

MISSED = "I'm sorry, I didn't catch that. Could you say it again, please?"


class TurnRepair:
    """What the agent of one call still owes the caller.

    Args:
        generations: The call's reply numbers.
        ending: Says (once) why the call was to end after a reply, None for other replies.
        say: Says a text as a reply of its own, after which the call ends if there is a reason.
        end_call: Ends the call.
    """

    def __init__(
        self,
        generations: Generations,
        ending: Callable[[int], EndReason | None],
        say: Callable[[str, EndReason | None], None],
        end_call: Callable[[EndReason], None],
    ) -> None:
        self._generations = generations
        self._ending = ending
        self._say = say
        self._end_call = end_call
        self._pieces: dict[int, list[str]] = {}
        self._heard: dict[int, str] = {}
        self._unanswered = False
        self._recognised = False

    def recognised(self) -> None:
        """Speech-to-text has words, settled or not."""
        self._recognised = True

    def words(self, _text: str) -> None:
        """The caller's turn is over and has words: it is what counts from now on."""
        self._pieces.clear()
        self._heard.clear()
        self._unanswered = True
        self._recognised = False

    def piece(self, generation: int, text: str) -> None:
        """A piece of a reply goes to the voice."""
        self._pieces.setdefault(generation, []).append(text)

    def reply_heard(self, generation: int, text: str, *, interrupted: bool) -> None:
        """A reply is over for the caller, who heard this much of it."""
        self._unanswered = False
        if interrupted:
            self._heard[generation] = text
        else:
            self._pieces.pop(generation, None)

    def no_words(self) -> bool:
        """The caller's turn is over and has no words.

        Returns:
            True when the caller's last words have to be answered anew, because not a word of the reply to
            them had been written.
        """
        recognised, self._recognised = self._recognised, False
        if self._generations.any_current:
            return False  # nothing was broken: a reply goes on, or was heard to its end and nothing began since
        rest, ending = self._rest()
        self._pieces.clear()
        self._heard.clear()
        if rest:
            self._say(rest, ending)
        elif ending is not None:
            self._end_call(ending)  # the last word had just been heard
        elif self._unanswered:
            return True
        elif recognised:
            self._say(MISSED, None)
        return False

    def _rest(self) -> tuple[str, EndReason | None]:
        """What was to be said and was not heard, and whether the call was to end with it."""
        rests: list[str] = []
        ending: EndReason | None = None
        for generation, pieces in self._pieces.items():
            whole, heard = " ".join(pieces), self._heard.get(generation, "")
            ending = self._ending(generation) or ending
            if whole.startswith(heard):
                rests.append(whole[len(heard) :].strip())
        return " ".join(filter(None, rests)), ending
