"""One turn of the caller with all that the readers look at, worked out once."""

import re
from dataclasses import dataclass

from bot.intent.agent_move import AgentSentence, read_agent_sentence
from bot.intent.cover import Cover, lay_cover
from bot.intent.phrases import Kind
from bot.intent.spoken_text import SpokenText, read_spoken

POLITE = frozenset({Kind.COURTESY, Kind.FILLER, Kind.ACKNOWLEDGEMENT, Kind.PRAISE, Kind.APPRECIATION})
"""What may stand beside any answer."""

_QUESTION = re.compile(
    r"\b(?:what|how|when|where|which|why|who|whose|whether)\b"
    r"|\b(?:can|could|may|might|shall|should|would|will) (?:i|we|you|he|she|it|they|that|this|there|my|the|somebody|someone)\b"
    r"|(?<!it )(?<!that )(?<!this )(?<!he )(?<!she )(?<!there )(?<!which )(?<!you )(?<!they )(?<!we )(?<!i )(?<!not )\b(?:do|does|did|is|are|was|were|has|have(?= (?:you|they|we)\b)) (?:i|we|you|he|she|it|they|that|this|there|my|your|the|any|anybody|anyone)\b(?! (?:are|is)\b)"
    r"|\b(?:is|are|does|do|did|was|were|will|would|can|could) not (?:it|there|you|that|they|i|we|he|she)\b"
)
_MORE = re.compile(
    r"\b(?:question|wondering|one more thing|one last thing|one thing|another thing|before (?:i|we|you)|something else|also|except|"
    r"forgot|by the way|i need|i want|i would like)\b"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said, after what.

    Attributes:
        spoken: The caller's words.
        agent: The agent's last sentence.
        cover: The phrases in the caller's words.
    """

    spoken: SpokenText
    agent: AgentSentence
    cover: Cover

    @property
    def words(self) -> str:
        """The caller's normalised words."""
        return self.spoken.words

    @property
    def rest(self) -> str:
        """The words that no phrase covers."""
        return " ".join(self.cover.rest)

    @property
    def asks_something(self) -> bool:
        """True if it looks like a question with content of its own."""
        rest = self.rest
        return bool(rest) and (self.spoken.asks or bool(_QUESTION.search(self.words)))

    @property
    def wants_more(self) -> bool:
        """True if the words left over say that the caller has something else to say or ask."""
        return bool(_MORE.search(self.words))


def read_turn(text: str, context: str | None) -> Turn:
    """Work out a turn; never raises.

    Args:
        text: What speech-to-text heard.
        context: The agent's last sentence, or None.
    """
    spoken = read_spoken(text)
    cover = lay_cover(spoken.words, no_stands_alone=bool(spoken.commas))
    return Turn(spoken, read_agent_sentence(context), cover)
