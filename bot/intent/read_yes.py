"""Does the caller agree to what was asked?

A wrong yes here does something that nobody agreed to, so agreement is a turn in which nothing is left over: no
condition, no doubt, no question, no other day or time than the one in the question.
"""

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

_DOUBT = re.compile(
    r"\b(?:but|if|unless|though|although|however|except|only|as long as|provided|depends|depending|maybe|perhaps|possibly|probably|might|not sure|unsure|guess|suppose|instead|rather|different|"
    r"another|other|change|later|earlier|once|when|before|after|until|first|how|what|where|which|who|why|whether|or|can i|could|is it|does|do you|question|wondering|wonder|need to know|hopefully|hmm|"
    r"otherwise|because|cheaper|else|also|second|third|half|think|know|not)\b"
)
_TIME = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|tomorrow|tonight|"
    r"morning|afternoon|evening|noon|midnight|weekend|month|year|week|am|pm|oclock|\w+(?:th|st|nd|rd))\b"
)
_FEW = frozenset(
    "a an i have got one two three couple few more another lot several some quick small last thing question questions things of just there is are".split()
)
_ABOUT_ASKED = frozenset(
    "it that this them one me us a an the for to at on in is are be am pm oclock please my i we you and with of want would like need wish love am will do thanks same still".split()
)
_SETTLES = re.compile(
    r"\b(?:sounds|works|go ahead|please do|do it|is fine|fine by|fine with|agree|is ok|go for it)\b"
)
_EITHER = re.compile(r"\b(?:either|whatever|any|anything|both|whichever)\b")
_SUBJECTS = frozenset("i we he she it they there you that this my our".split())
_PROPOSES = frozenset(
    "want like shall plan planning would wanna reserve need book buy schedule confirm confirming confirmed".split()
)
_IMPERATIVE = re.compile(
    r"\b(?:give|tell|send|show|check|make|find|get|put|play|change|move|call|add|remove|include|transfer)\b"
)


def agrees(turn: Turn) -> bool:
    """True if the turn says yes to what was asked, and nothing that takes it back or goes beyond it."""
    cover = turn.cover
    if (
        not cover.pieces
        or turn.spoken.asks
        or turn.asks_something
        or cover.has(Kind.REPEAT, Kind.SOFT_DOUBT, Kind.LATER)
    ):
        return False
    move = turn.agent.move
    if move is AgentMove.MIND and _does_not_mind(turn):
        return True
    if echoes_the_question(turn):
        return True
    if is_kindly_yes(turn):
        return True
    if thanks_but_fine(turn) or ("tell me more" in turn.words and not turn.agent.acts_on_yes):
        return False
    if last_polarity(turn) is not Kind.YES:
        return _acknowledges_a_question(turn) or _waves_through(turn)
    if (
        move is AgentMove.MIND
        and cover.is_only({Kind.YES})
        and not re.search(r"sure|course|absolutely|definitely|certainly", turn.words)
    ):
        return False
    if move is AgentMove.ANYTHING_ELSE and cover.has(Kind.YES) and set(cover.rest) <= _FEW:
        return True
    if (
        not cover.has(Kind.YES)
        and move in (AgentMove.OPEN_QUESTION, AgentMove.ANYTHING_ELSE)
        and not _SETTLES.search(turn.words)
    ):
        return False
    if move is AgentMove.OPEN_QUESTION and (cover.rest or _EITHER.search(turn.words)):
        return False
    return _has_only_what_was_asked(turn) or _elaborates(turn)


def may_agree(turn: Turn) -> bool:
    """True if the fitted model may call this turn a yes: there is a sign of one, and nothing against it."""
    cover = turn.cover
    if (
        turn.spoken.asks
        or cover.has(Kind.REPEAT, Kind.SOFT_DOUBT, Kind.STOP)
        or len(cover.rest) > 4
        or not cover.has(*AGREES)
    ):
        return False
    return last_polarity(turn) is Kind.YES and not _DOUBT.search(turn.rest) and not _names_another_time(turn)


def _does_not_mind(turn: Turn) -> bool:
    cover = turn.cover
    easy = {Kind.NO, Kind.NOT_AT_ALL, Kind.NO_PROBLEM, Kind.AGREEMENT, Kind.YES}
    if (
        not cover.is_only(easy | POLITE | {Kind.STOP, Kind.SATISFIED})
        or minds(turn)
        or not cover.has(*easy - {Kind.YES})
    ):
        return cover.is_only({Kind.ACKNOWLEDGEMENT, Kind.COURTESY, Kind.FILLER}) and cover.has(
            Kind.ACKNOWLEDGEMENT
        )
    return not cover.has(Kind.STOP)


def _acknowledges_a_question(turn: Turn) -> bool:
    """True for "okay", "perfect", "please" in reply to a yes-or-no question."""
    cover = turn.cover
    if cover.has(*DECLINES, *CLOSINGS) or not cover.is_only(
        {Kind.ACKNOWLEDGEMENT, Kind.PRAISE, Kind.COURTESY, Kind.FILLER, Kind.APPRECIATION, Kind.NO_PROBLEM}
    ):
        return False
    move = turn.agent.move
    if move is AgentMove.NONE:
        return cover.has(Kind.ACKNOWLEDGEMENT) and bool(
            re.search(r"\b(?:ok|all right|mmhm|uhhuh|righto?)\b", turn.words)
        )
    if not turn.agent.is_yes_no_question or move in (AgentMove.ANYTHING_ELSE, AgentMove.THAT_ALL):
        return False
    if re.search(r"\b(?:i see|see|understand|understood|noted|makes sense)\b", turn.words):
        return False
    only_please = cover.is_only({Kind.COURTESY, Kind.FILLER}) and "please" in turn.words
    return only_please or cover.has(Kind.ACKNOWLEDGEMENT, Kind.PRAISE, Kind.NO_PROBLEM)


def _waves_through(turn: Turn) -> bool:
    """True for "no problem" in reply to a request, or to nothing."""
    cover = turn.cover
    if not cover.has(Kind.NO_PROBLEM) or not cover.is_only(POLITE | {Kind.NO_PROBLEM}):
        return False
    return (
        turn.agent.is_yes_no_question and turn.agent.move is not AgentMove.ANYTHING_ELSE
    ) or turn.agent.move is AgentMove.NONE


def _names_another_time(turn: Turn) -> bool:
    """True if a time or number is said that the question did not contain."""
    return any(found.group() not in turn.agent.words for found in _TIME.finditer(turn.rest))


def _has_only_what_was_asked(turn: Turn) -> bool:
    cover = turn.cover
    if cover.has(Kind.STOP, Kind.REASON, Kind.NOTHING_MORE):
        return False
    if any(re.search(r"\bbut\b(?! of course)", piece.text) for piece in cover.pieces):
        return False
    rest = cover.rest
    if not rest:
        return cover.is_only(
            POLITE
            | AGREES
            | {
                Kind.NO,
                Kind.NO_PROBLEM,
                Kind.NOT_AT_ALL,
                Kind.SATISFIED,
                Kind.CLOSER,
                Kind.THAT_IS_ME,
                Kind.FAREWELL,
            }
        )
    if _DOUBT.search(turn.rest) or _names_another_time(turn) or len(rest) > 14:
        return False
    return all(word in turn.agent.words or word in _ABOUT_ASKED for word in rest) and bool(turn.agent.words)


def _elaborates(turn: Turn) -> bool:
    """True for "yes, we were there in March" in reply to a question of fact; nothing is done upon it."""
    if turn.agent.move is not AgentMove.CHECK or turn.wants_more or _PROPOSES.intersection(turn.agent.words):
        return False
    pieces = turn.cover.without(POLITE)
    if (
        len(pieces) < 2
        or pieces[0].kind is not Kind.YES
        or _DOUBT.search(turn.rest)
        or turn.cover.has(Kind.STOP, *DECLINES)
    ):
        return False
    if pieces[1].text.split()[0] not in _SUBJECTS or _IMPERATIVE.search(turn.rest):
        return False
    return len(turn.cover.rest) <= 7 and not (_names_another_time(turn) and _proposes_a_time(turn))


def _proposes_a_time(turn: Turn) -> bool:
    return any(_TIME.fullmatch(word) for word in turn.agent.words)
