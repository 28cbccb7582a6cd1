"""Does the caller decline what was asked, whatever their words begin with?"""

import re

from bot.intent.agent_move import AgentMove
from bot.intent.answers import (
    AGREES,
    CLOSINGS,
    DECLINES,
    echoes_the_question,
    is_kindly_yes,
    last_polarity,
    minds,
    thanks_but_fine,
)
from bot.intent.phrases import Kind
from bot.intent.turn import POLITE, Turn

_OPENERS = POLITE | {Kind.SOFT_DOUBT, Kind.STOP}
_GOES_ON_ASKING = re.compile(
    r"^(?:but|except|just|what|how|when|where|which|why|who|can|could|would you|will you|do you|does|did|tell|one more|only one|actually (?:what|how|can|could|yes)|i (?:forgot|have (?:a|another|one)|need to ask|wanted to ask|was wondering)|"
    r"oh one|oh what|then (?:what|how)|wait|my (?:question|other)|another|please (?:tell|check|send)|first|although|though|there is one|let me ask)\b"
)
_NEGATIVE = re.compile(
    r"\b(?:not (?:work|suit|do|possible|good|make|going|available|free|come|afford)|wrong|no good|impossible|not what|too (?:early|late|expensive|far|much|soon|long))\b"
)
_NO_NOUNS = frozenset(
    "idea clue preference one body matter difference doubt problem longer later earlier sooner signal answer".split()
)
_QUANTITY_NO = re.compile(
    r"^no (?:later|less|earlier|sooner|longer|more than|fewer|bigger|smaller|idea|clue|preference|one|body)\b"
)
_FORBIDS = re.compile(
    r"^(?:please )?do not (?:transfer|call|send|cancel|put|charge|contact|use|add|change|touch|make|sign)\b"
)
_REJECTS = re.compile(
    r"\b(?:want|like|need|interested|think so|thanks|thank you|care|agree|rather|prefer|wrong|incorrect|not (?:right|correct|true|what|for me|now|today|really|at all|yet|going to)|false|"
    r"cancel|scrap|forget|never ?mind|pass|skip|leave it|no good|work for|will not work|too (?:much|expensive|late|early)|do not (?:do|bother|book|send|think)|afford|hold off|decline|refuse)\b"
)
_NO_CLUE = re.compile(
    r"\b(?:clue|idea)\b|\bmaybe (?:yes )?(?:and )?maybe\b|\bmaybe (?:yes|so|no)\b.*\bmaybe\b|^oh no (?:\w+ ){2,}"
)


def declines(turn: Turn) -> bool:
    """True if the turn says no to what was asked, whatever it opens with."""
    cover = turn.cover
    if not cover.pieces or _QUANTITY_NO.match(turn.words):
        return False
    if turn.agent.move is AgentMove.MIND:
        return minds(turn)
    if echoes_the_question(turn):
        return False
    if (
        turn.agent.is_yes_no_question
        and turn.agent.move is not AgentMove.ANYTHING_ELSE
        and _declines_politely(turn)
    ):
        return True
    if _NO_CLUE.search(turn.words):
        return False
    polarity = last_polarity(turn)
    if cover.rest == ["but"] and polarity is Kind.NO:
        return True
    if thanks_but_fine(turn) or _corrects(turn):
        return True
    if polarity is None or polarity is Kind.YES:
        return _is_no_then_content(turn) if polarity is None or cover.rest else False
    if cover.has(Kind.DEPARTURE, Kind.FAREWELL) and not cover.has(Kind.NO):
        return False
    if _ends_with_no(turn):
        return True
    if not cover.rest:
        return not is_kindly_yes(turn) and not _states_a_fault(turn)
    return _is_no_then_content(turn)


def _corrects(turn: Turn) -> bool:
    """True for "no, green": two or three words in reply to a question that proposed something."""
    tokens = turn.spoken.tokens
    if turn.agent.move not in (AgentMove.CHECK, AgentMove.OFFER, AgentMove.REQUEST) or turn.spoken.asks:
        return False
    return (
        2 <= len(tokens) <= 3
        and tokens[0] == "no"
        and tokens[1] not in _NO_NOUNS
        and len(turn.cover.rest) == len(tokens)
    )


def _declines_politely(turn: Turn) -> bool:
    """True for "I'm good", "we're all set", "nothing for me" in reply to an offer."""
    cover = turn.cover
    if turn.agent.move not in (
        AgentMove.OFFER,
        AgentMove.OFFER_HUMAN,
        AgentMove.OFFER_REPEAT,
        AgentMove.OFFER_WAIT,
        AgentMove.CHECK,
        AgentMove.REQUEST,
    ):
        return False
    offered = turn.agent.move not in (AgentMove.CHECK, AgentMove.REQUEST)
    kinds = (
        POLITE
        | CLOSINGS
        | DECLINES
        | {Kind.NO_PROBLEM, Kind.REASON, Kind.SOFT_DOUBT, Kind.AGREEMENT, Kind.THAT_IS_ME, Kind.NOT_AT_ALL}
    )
    if not cover.is_only(kinds):
        return (
            offered
            and cover.has(Kind.SATISFIED)
            and bool(cover.rest)
            and cover.rest[0] not in ("with", "to", "for", "by", "but", "and", "any")
            and len(cover.rest) <= 4
            and not turn.asks_something
            and not cover.has(Kind.YES)
        )
    if cover.has(Kind.NO) and cover.has(*CLOSINGS):
        return True
    if offered and cover.has(*CLOSINGS):
        return not cover.has(Kind.AGREEMENT)
    if cover.has(Kind.REASON) and not cover.has(*AGREES):
        return bool(
            re.search(r"interested|time|busy|talk|speak|work|driv|meeting|call|number", turn.words)
        ) and not _asked_about_self(turn)
    return False


def _asked_about_self(turn: Turn) -> bool:
    return (
        turn.agent.move is AgentMove.CHECK
        and not {"time", "talk", "available", "free", "moment", "minute"} & turn.agent.words
        and "interested" not in turn.words
    )


def _is_no_then_content(turn: Turn) -> bool:
    """True for "no, it's too expensive" and "yeah no that won't work"; a "no" that goes on to ask is other."""
    pieces = turn.cover.pieces
    at = next(
        (i for i, piece in enumerate(pieces) if piece.kind not in _OPENERS and piece.kind is not Kind.YES), None
    )
    if at is None or turn.spoken.asks:
        return False
    first = pieces[at]
    after = " ".join(piece.text for piece in pieces[at + 1 :])
    if first.text == "unfortunately":
        return False
    if first.kind is Kind.NO or (
        first.kind is Kind.REFUSAL and turn.spoken.commas == " ".join(piece.text for piece in pieces[: at + 1])
    ):
        return not _GOES_ON_ASKING.match(after) and not turn.asks_something and not _wants_after_all(turn, after)
    if first.kind is Kind.REFUSAL:
        opened_yes = any(piece.kind is Kind.YES for piece in pieces[:at])
        if not turn.agent.is_yes_no_question or (
            _BARE_VERB.match(first.text) and after and pieces[at + 1].kind is None
        ):
            return False
        short = len(turn.cover.rest) <= 3 and not re.match(
            r"(?:know|remember|have|see|understand|sure|find|get)\b", turn.rest
        )
        return (
            (short or (opened_yes and bool(_NEGATIVE.search(turn.words))))
            and not turn.asks_something
            and not _DOUBTS.search(turn.words)
        )
    return False


_BARE_VERB = re.compile(
    r"^(?:just )?(?:cancel|scrap|forget|drop|scratch|leave|skip|undo|ignore|pass|not that \w+)$"
)
_DOUBTS = re.compile(r"\b(?:know|sure|remember|certain|decided|recall)\b")


def _ends_with_no(turn: Turn) -> bool:
    """True for "I already have insurance, no thank you"."""
    decisive = [piece for piece in turn.cover.pieces if piece.kind not in POLITE]
    return (
        turn.agent.is_yes_no_question
        and decisive[-1].kind is Kind.NO
        and len(turn.cover.rest) <= 6
        and not turn.asks_something
        and not turn.spoken.asks
    )


def _states_a_fault(turn: Turn) -> bool:
    """True for "it is not working" where nothing was asked that it could answer."""
    if turn.agent.is_yes_no_question or turn.cover.has(Kind.NO):
        return False
    if turn.agent.move is AgentMove.NONE and _FORBIDS.search(turn.words):
        return True
    if turn.agent.move is not AgentMove.NONE and not _REJECTS.search(turn.words):
        return True
    if re.search(r"^(?!that|this)\w+ (?:does|do|will|would) not (?:work|suit|fit)\b", turn.words):
        return True
    return bool(
        re.search(
            r"^(?:\w+ ){0,2}(?:it|he|she|they|the \w+) (?:\w+ )?(?:is|was|did|does|has|do|are|have) not\b",
            turn.words,
        )
    )


def _wants_after_all(turn: Turn, after: str) -> bool:
    if turn.agent.move is AgentMove.ANYTHING_ELSE and (
        len(turn.cover.rest) > 2 or re.search(r"\bbut\b(?: \w+){2,}", after)
    ):
        return True
    if not turn.agent.is_yes_no_question and re.search(r"\b(?:want|need|like|looking|calling|know)\b", after):
        return True
    return bool(re.search(r"\b(?:question|tell me|can you|could you|how much|what about)\b", after))
