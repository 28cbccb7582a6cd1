"""What the agent's last sentence asked for: the same "no" ends a call, declines an offer or agrees to wait."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from bot.intent.spoken_text import read_spoken


class AgentMove(StrEnum):
    """What kind of sentence the caller answers."""

    NONE = "none"
    """Unknown: there was none."""
    ANYTHING_ELSE = "anything_else"
    """Whether the caller wants anything further from the call."""
    THAT_ALL = "that_all"
    """Whether this was all."""
    MIND = "mind"
    """Would you mind …: "no" agrees."""
    OFFER_HUMAN = "offer_human"
    OFFER_REPEAT = "offer_repeat"
    OFFER_END = "offer_end"
    OFFER_WAIT = "offer_wait"
    """Whether the caller needs a moment."""
    OFFER = "offer"
    """Whether the agent shall do something, or the caller wants something: a yes acts."""
    REQUEST = "request"
    """Whether the caller lets the agent do something, or does it: "no problem" agrees."""
    CHECK = "check"
    """Whether something is so."""
    HOW_ARE_YOU = "how_are_you"
    OPEN_QUESTION = "open_question"
    """What, when, which …"""
    FAREWELL = "farewell"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class AgentSentence:
    """The agent's last sentence.

    Attributes:
        move: What it asks for.
        words: Its normalised words.
    """

    move: AgentMove
    words: frozenset[str]

    @property
    def is_yes_no_question(self) -> bool:
        """True if "yes" and "no" are answers to it."""
        return self.move in _YES_NO

    @property
    def acts_on_yes(self) -> bool:
        """True if a yes makes the agent do something."""
        return self.move in (AgentMove.OFFER, AgentMove.REQUEST, AgentMove.MIND)


_YES_NO = frozenset(AgentMove) - {
    AgentMove.NONE,
    AgentMove.HOW_ARE_YOU,
    AgentMove.OPEN_QUESTION,
    AgentMove.FAREWELL,
    AgentMove.STATEMENT,
}
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
).split()
_OTHER_FORM = {word: str(number) for number, word in enumerate(_NUMBERS)} | {
    str(number): word for number, word in enumerate(_NUMBERS)
}
"""Agents write "3", recognisers "three"."""
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_MIND = re.compile(r"\b(?:would|do|did) you(?: \w+)? mind\b")
_FURTHER = re.compile(
    r"\b(?:any|some|no) ?things? (?:else|more|further|futher|additional)\b|\ban ?y?thing else\b|\banything (?:that )?i (?:can|could|may) (?:help|do|assist)\b|\bdo you need (?:any |some |more )?(?:help|more)(?: from me)?$|\b(?:can|could|may) i (?:do|help|assist)(?: you)?(?: with)?(?: some| any)? more\b|\b(?:what|how|where) else (?:can|could|may|would|do|are)\b"
    r"|\b(?:other|more|further|additional) (?:questions?|concerns?|issues?|assistance|help|needs?)\b|\bhelp you (?:out )?(?:further|some more|any more|any further)\b|\banother (?:thing|task|question)\b|\bother (?:kinds? of )?help\b"
    r"|\bany other (?:way|thing|matter|requests?|assistance|help)\b|\bfurther assist|\bwhat else\b"
    r"|\belse (?:that )?(?:i|we) (?:can|could|may)\b|\bmore (?:that )?(?:i|we) can do\b"
    r"|\bany ?one else\b.*\bhelp\b|\bassist you (?:any )?further\b"
)
_FURTHER_DETAIL = re.compile(
    r"\b(?:add|include|included|order|report|symptom\w*|allerg\w*|medication\w*|mention|note|notes|form|know about|"
    r"should know|need to know|should be aware|tell me|tell us|share|bring|remember|describe|order\w*|happen\w*|hurt\w*|wrong|"
    r"damage\w*|change about|on the (?:list|side)|with that|in the message|for the (?:driver|doctor|technician|engineer))\b"
)
_THAT_ALL = re.compile(
    r"\b(?:is|was|will|would) (?:that|this|it|you)(?: be| have been)?(?: going to be)? (?:all|everything|it|the lot|done)"
    r"(?: (?:then|today|for (?:today|now|you|the day|me)|you (?:need|needed|wanted|were looking for)|sir|madam|thanks|thank you|(?:that )?(?:i|we) can .*))*$"
    r"|\bthat (?:is|was|will be) (?:all|everything|it)(?: (?:then|for (?:today|now)))*$"
    r"|\bdid that cover everything$|\bhave (?:we|i) covered everything(?: today)?$"
)
_HUMAN_NOUN = (
    r"(?:person|human|agents?|representatives?|operator|manager|supervisor|colleagues?|someone|somebody|specialist|"
    r"team|department|staff|advisor|adviser|receptionist|reception|doctor|nurse|expert|support|sales|billing|"
    r"customer service|front desk|office|technician|member|one of)"
)
_OFFER_HUMAN = re.compile(
    r"\b(?:transfer|connect|patch|redirect) (?:you|your call|the call|this call)\b"
    r"|\b(?:put|pass|hand|switch|send|get) (?:you|your call|the call) (?:through|over|on to|onto|back to|to (?:a|an|the|one|our|"
    r"my|someone|somebody))\b|\bescalate (?:this|it|you)\b"
    r"|\b(?:would|do|want|prefer|shall|like|rather)\b.*\b(?:speak|talk|chat) (?:to|with) "
    rf"(?:\w+ ){{0,3}}{_HUMAN_NOUN}\b|\bget (?:someone|somebody|a colleague) (?:for you|on the line)\b"
)
_OFFER_REPEAT = re.compile(
    r"\b(?:repeat (?:that|it|this|myself|them|those|the)|say (?:that|it) again|go (?:over|through) (?:that|it) again"
    r"|read (?:that|it) (?:again|back)|hear (?:that|it) again)\b"
)
_OFFER_END = re.compile(
    r"\b(?:end|finish|close|disconnect|terminate|conclude|wrap up) (?:the|this|our) (?:call|conversation|chat)\b|\bhang up\b|"
    r"\b(?:end|stop|finish|leave it) (?:here|there)\b"
)
_OFFER_WAIT = re.compile(
    r"\b(?:do|would) you (?:need|like|want) (?:me to wait|a (?:moment|minute|second|little)|some time|more time|a bit)"
    r"|\b(?:shall|should) i (?:wait|hold|pause|stop)\b|\bme to (?:wait|pause|stop talking|hold on|slow down)\b"
)
_HOW_ARE_YOU = re.compile(r"\bhow (?:are|is) (?:you|things|your day|it going|everything)\b|\bhow do you do\b")
_OFFER = re.compile(
    r"\b(?:shall|should) (?:i|we)\b|\b(?:would|do) you (?:still |also )?(?:like|want|wish|prefer|care)\b|\bdo you need (?:me|us)\b"
    r"|\binterest you\b|\b(?:want|like|need) (?:me|us) to\b|\bfancy\b|\bcan i (?:offer|get|send|email|text|help) you\b"
    r"|\b(?:how|what) about\b|\bare you interested\b"
)
_REQUEST = re.compile(
    r"\b(?:can|could|may|might) (?:i|we)\b|\b(?:can|could|will|would) you\b|\b(?:is|are|would|will) (?:it|that|this|you) "
    r"(?:be )?(?:ok|all right|fine|possible|happy|comfortable)\b|\bdo (?:i|we) have your (?:permission|consent|agreement)\b"
    r"|\bdo you (?:agree|consent|accept|confirm|authorize|authorise)\b"
)
_OPEN = re.compile(
    r"^(?:(?:and|so|ok|all right|great|sure|now|but|then|thanks|thank you|perfect|well|just to check|hello|hi) )*"
    r"(?:what|when|where|which|who|whose|whom|why|how|at what|on what|for what|to what|in what|for how|by when|"
    r"with which|for which|on which|to which|from where|what is)\b"
)
_CHOICE = re.compile(r"\b\w+ or (?!not\b|so\b|anything\b|something\b|more\b|less\b|later\b)\w+")
_IF_YOU_LIKE = re.compile(r"\bif you (?:would )?(?:like|want|prefer|wish|need)\b|\bi (?:can|could)\b|\bhappy to\b")
_TO_CONFIRM = re.compile(r"\b(?:please|to|just) (?:confirm|verify|check)\b|^confirming\b|^(?:ok )?so that is\b")
_ASK_ME = re.compile(r"\b(?:let me know|just ask|feel free|if there is|if you (?:need|have))\b")
_AUXILIARY = re.compile(
    r"^(?:(?:and|so|ok|all right|great|sure|now|but|then|thanks|perfect|well|sorry) )*(?:is|are|was|were|do|does|did|have|has|had|"
    r"can|could|will|would|shall|should|may|am|any|anything|something)\b(?! (?:an?|yourself) )"
)
_FAREWELL = re.compile(
    r"\b(?:goodbye|bye|have a (?:\w+ ){0,2}(?:day|one|evening|night|weekend|afternoon|week|morning)|take care|good night)\b"
)


@lru_cache(maxsize=1024)
def read_agent_sentence(context: str | None) -> AgentSentence:
    """Read what the agent said last; None or blank is `AgentMove.NONE`."""
    if context is None or not context.strip():
        return AgentSentence(AgentMove.NONE, frozenset())
    sentences = [part for part in _SENTENCE.split(context.strip()) if part.strip()]
    question = next((part for part in reversed(sentences[-2:]) if part.rstrip(" \"'").endswith("?")), None)
    said = read_spoken(question or sentences[-1])
    words = frozenset(
        form for token in read_spoken(context).tokens for form in (token, _OTHER_FORM.get(token, token))
    )
    return AgentSentence(_move(said.words, asks=question is not None), words)


def _move(words: str, *, asks: bool) -> AgentMove:
    if not asks and not _AUXILIARY.search(words) and not _OPEN.search(words):
        return _move_of_statement(words)
    for pattern, move in _BY_PATTERN:
        if pattern.search(words):
            if move in (AgentMove.ANYTHING_ELSE, AgentMove.THAT_ALL) and _FURTHER_DETAIL.search(words):
                return AgentMove.CHECK
            return move
    if _OPEN.search(words) or _CHOICE.search(words):
        return AgentMove.OPEN_QUESTION
    if _OFFER.search(words):
        return AgentMove.OFFER
    return AgentMove.REQUEST if _REQUEST.search(words) else AgentMove.CHECK


def _move_of_statement(words: str) -> AgentMove:
    if _OFFER_HUMAN.search(words) and _IF_YOU_LIKE.search(words):
        return AgentMove.OFFER_HUMAN
    if _FURTHER.search(words) and _ASK_ME.search(words):
        return AgentMove.ANYTHING_ELSE
    if _TO_CONFIRM.search(words):
        return AgentMove.CHECK
    return AgentMove.FAREWELL if _FAREWELL.search(words) else AgentMove.STATEMENT


_BY_PATTERN = (
    (_MIND, AgentMove.MIND),
    (_FURTHER, AgentMove.ANYTHING_ELSE),
    (_THAT_ALL, AgentMove.THAT_ALL),
    (_HOW_ARE_YOU, AgentMove.HOW_ARE_YOU),
    (_OFFER_REPEAT, AgentMove.OFFER_REPEAT),
    (_OFFER_END, AgentMove.OFFER_END),
    (_OFFER_WAIT, AgentMove.OFFER_WAIT),
    (_OFFER_HUMAN, AgentMove.OFFER_HUMAN),
)
