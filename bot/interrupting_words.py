"""Which of the caller's words interrupt the agent: not "uh-huh", and not the agent's own from a loudspeaker.

Whoever listens says "right" and "I see" without wanting the word; a speakerphone sends the agent's voice back.
Neither may cost the caller the rest of a reply. English only; agents add terms of their own.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_BACKCHANNEL_WORDS = 4
LEAST_ECHO_WORDS = 2
"""One word that both say may be an answer ("Tuesday?" – "Tuesday."); once it is final it counts."""

_WORD = re.compile(r"[a-z0-9']+")
_BACKCHANNELS = re.split(
    r"\|\s*",
    "uh huh|uhhuh|uhuh|uh|um|mm|mmm|mm hm|mm hmm|mmhmm|mhm|mhmm|hm|hmm|aha|ah|oh|ooh|wow|right|all right|alright|"
    "okay|ok|k|yeah|yea|yep|yup|ya|yes|sure|i see|got it|gotcha|great|good|nice|cool|fine|true|exactly|indeed|"
    "really|interesting|makes sense|that makes sense|of course|go on|sounds good|perfect|lovely|absolutely",
)


@dataclass(frozen=True, slots=True)
class Speech:
    """What the agent is saying.

    Attributes:
        text: The sentences that are, or have just been, audible.
        asks: It ends with a question, so that a mere "yes" is an answer.
        ending: It is all but over.
    """

    text: str = ""
    asks: bool = False
    ending: bool = False


class InterruptingWords:
    """Judges words that were heard while the agent spoke.

    Args:
        ignored_terms: Words or phrases that do not count, besides the usual ones.
    """

    def __init__(self, ignored_terms: Iterable[str] = ()) -> None:
        own = [tuple(_words(term)) for term in ignored_terms]
        self._own_terms = frozenset(filter(None, own))
        self._terms = frozenset(tuple(_words(term)) for term in _BACKCHANNELS) | self._own_terms
        self._longest = max(map(len, self._terms))

    def count(self, text: str, saying: Speech, *, is_final: bool) -> bool:
        """Whether these words take the word from the agent.

        Args:
            text: What was recognised, whole.
            saying: What the agent says meanwhile.
            is_final: The words will not change; early words may still become others.
        """
        words = _words(text)
        if not words:
            return False
        if self._consists_of(words, self._own_terms):
            return False
        if len(words) <= MOST_BACKCHANNEL_WORDS and self._consists_of(words, self._terms):
            return saying.asks or saying.ending
        return not _echoes(words, _words(saying.text), is_final=is_final)

    def _consists_of(self, words: Sequence[str], terms: frozenset[tuple[str, ...]]) -> bool:
        """Whether the words are nothing but such terms, one after the other."""
        reached = {0}
        for end in range(1, len(words) + 1):
            starts = range(max(0, end - self._longest), end)
            if any(start in reached and tuple(words[start:end]) in terms for start in starts):
                reached.add(end)
        return len(words) in reached


def _echoes(words: Sequence[str], said: Sequence[str], *, is_final: bool) -> bool:
    if len(words) < LEAST_ECHO_WORDS and is_final:
        return False
    count = len(words)
    return any(list(said[start : start + count]) == list(words) for start in range(len(said) - count + 1))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("-", " ").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
