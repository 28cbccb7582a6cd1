"""Does the caller end the call now?

A wrong yes here hangs up on somebody, so a turn has to be an ending as a whole: a farewell with words that
nobody accounts for, a question, a condition or a "before …" is none.
"""

import itertools
import re

from bot.intent.agent_move import AgentMove
from bot.intent.phrases import Kind
from bot.intent.turn import POLITE, Turn

_ENDINGS = frozenset({Kind.FAREWELL, Kind.DEPARTURE})
_CLOSINGS = frozenset({Kind.CLOSER, Kind.SATISFIED, Kind.NOTHING_MORE, Kind.THAT_IS_ME})
_DECLINES = frozenset({Kind.NO, Kind.REFUSAL, Kind.NOT_AT_ALL, Kind.NO_PROBLEM})
_BESIDE = POLITE | {Kind.SOFT_DOUBT, Kind.REASON, Kind.RETURNED_WISH}
_ANYTHING = _BESIDE | _ENDINGS | _CLOSINGS | _DECLINES | {Kind.YES, Kind.AGREEMENT, Kind.LATER}
_ANYTHING_OR_A_NAME: frozenset[Kind | None] = _ANYTHING | frozenset({None})
_NOT_BEFORE_A_FAREWELL = frozenset(
    (
        "i we they he she to a an the my your his her our their say says said saying is was with without or of called that for at on by not never "
        "do did should if when before where will can could would who what which kiss wave waved word song does any ever until unless after "
        "told me him them like have had been than more most as how"
    ).split()
)
_CONDITION = re.compile(
    r"\b(?:if|unless|before|until|when|whether|either|or|otherwise|in case|while|after|since|though|although|but|except|without|how|what|where|why|who|which|"
    r"did|does|do you|can i|could i|should i|will i|may i|are you|is it|is there)\b"
)
_GOES_ON = frozenset(
    "to on through with and into for in at over by if when before after up down because until unless of about the a my see pick get under off".split()
)
_SPOKEN_OF = frozenset(
    "kiss kissed wave waved waving say says said saying tell told called named song word wrote spelled text texting send compose write".split()
)
_GOODBYE_THINGS = frozenset(
    "party parties card cards gift gifts present message messages letter song speech email sale show kiss week day note dinner lunch "
    "tour cake flowers what how when where why who yellow once again voicemail greeting parking back".split()
)
_UNFINISHED = re.compile(r"\b(?:not|to|want|need|please)$")
_YET = re.compile(r"\byet\b")
_UNDOES = re.compile(
    r"\b(?:cancel|scrap|undo|scratch|delete|remove|change|skip|drop|ignore|reverse|hold off|wrong|incorrect)\b"
)
_ELABORATES = re.compile(
    r"\b(?:(?:will|would) be (?:all|it|everything)|need(?:ed)?|want(?:ed)?|came for|called|for (?:now|today|me|the day)|today|no more|no further|done|through|finished|covered|answered|questions?)\b"
)
_ORDERING = frozenset(
    "order add drink drinks size fries topping toppings items item side sides dessert sauce menu".split()
)
_WILL_DO = re.compile(r"\b(?:will|would|should|can) do\b")
_MORE_WORDS = re.compile(r"\b(?:else|more|further|other|to add)\b")


def ends_call(turn: Turn) -> bool:
    """True if the turn, as a whole, ends the call."""
    cover = turn.cover
    if turn.spoken.asks or not cover.pieces or cover.has(Kind.STOP, Kind.REPEAT):
        return False
    if cover.has(*_ENDINGS):
        return not _forbids(turn) and _is_farewell(turn)
    if cover.is_only(_BESIDE | {Kind.LATER}) and cover.has(Kind.LATER):
        return turn.agent.move in (
            AgentMove.NONE,
            AgentMove.STATEMENT,
            AgentMove.FAREWELL,
            AgentMove.ANYTHING_ELSE,
        )
    if "wrong number" in turn.words and cover.is_only(_BESIDE):
        return not turn.agent.is_yes_no_question
    return _READERS.get(turn.agent.move, _after_anything_other)(turn)


def may_end_call(turn: Turn) -> bool:
    """True if the fitted model may call this turn a goodbye: there is a sign of one, and nothing against it."""
    cover = turn.cover
    if turn.spoken.asks or cover.has(Kind.STOP, Kind.REPEAT) or _CONDITION.search(turn.rest):
        return False
    if len(cover.rest) > 6:
        return False
    if cover.has(Kind.FAREWELL):
        return not _farewell_is_an_object(turn)
    closes = turn.agent.move is AgentMove.ANYTHING_ELSE and cover.has(*_CLOSINGS)
    return len(cover.rest) <= 3 and closes


def _is_farewell(turn: Turn) -> bool:
    cover = turn.cover
    rest = cover.rest
    if not rest:
        return cover.is_only(_ANYTHING - {Kind.LATER}) or (
            not cover.has(Kind.DEPARTURE) and cover.is_only(_ANYTHING)
        )
    if _is_name_after_thanks(turn):
        return True
    if _CONDITION.search(turn.rest) or len(rest) > 12 or turn.asks_something:
        return False
    return not _farewell_is_an_object(turn) and not _SPOKEN_OF & set(rest) and _ends_with_it(turn)


def _forbids(turn: Turn) -> bool:
    """True for "don't hang up": an ending right after a "not" is what the caller does not want."""
    pieces = turn.cover.pieces
    return any(
        before.kind is Kind.REFUSAL and _UNFINISHED.search(before.text) is not None and after.kind in _ENDINGS
        for before, after in itertools.pairwise(pieces)
    )


def _ends_with_it(turn: Turn) -> bool:
    """True if the farewell is the last thing said, but for politeness."""
    last = [piece for piece in turn.cover.pieces if piece.kind not in _BESIDE | {Kind.NO, Kind.YES}]
    return bool(last) and last[-1].kind in _ENDINGS


def _farewell_is_an_object(turn: Turn) -> bool:
    """True for "say goodbye to …", "a bye", "i have to go to …": part of a sentence about something else."""
    pieces = turn.cover.pieces
    for index, piece in enumerate(pieces):
        if piece.kind not in _ENDINGS:
            continue
        before = pieces[index - 1] if index else None
        after = pieces[index + 1] if index + 1 < len(pieces) else None
        if (
            before is not None
            and before.text.split()[-1] in _NOT_BEFORE_A_FAREWELL
            and before.kind is not Kind.REASON
        ):
            return True
        if after is not None and after.kind is None and (piece.kind is Kind.DEPARTURE or after.text in _GOES_ON):
            return True
    return False


def _is_name_after_thanks(turn: Turn) -> bool:
    """True if the only word left over may be a name: "thanks ava take care"."""
    pieces = turn.cover.pieces
    places = [index for index, piece in enumerate(pieces) if piece.kind is None]
    if len(places) != 1:
        return False
    before = pieces[places[0] - 1] if places[0] else None
    if before is not None and before.kind is Kind.FAREWELL and places[0] == len(pieces) - 1:
        no_name = _GOES_ON | _NOT_BEFORE_A_FAREWELL | _GOODBYE_THINGS
        return pieces[places[0]].text not in no_name and turn.cover.is_only(_ANYTHING_OR_A_NAME)
    polite = before is not None and (
        before.kind in (Kind.COURTESY, Kind.APPRECIATION) or before.text in ("bye", "goodbye", "ok")
    )
    return (
        polite
        and pieces[places[0]].text not in _GOES_ON | _NOT_BEFORE_A_FAREWELL
        and turn.cover.is_only(_ANYTHING_OR_A_NAME)
    )


def _after_anything_else(turn: Turn) -> bool:
    cover = turn.cover
    if cover.rest == ["but"] and cover.has(Kind.COURTESY) and cover.has(Kind.CLOSER, Kind.NO):
        return True
    if not cover.is_only(_ANYTHING) and not _is_name_after_thanks(turn):
        return False
    if _YET.search(turn.words) or _UNDOES.search(turn.words):
        return False
    if cover.has(Kind.CLOSER, Kind.SATISFIED, Kind.NOTHING_MORE, Kind.THAT_IS_ME):
        return True
    if cover.has(Kind.YES):
        return False
    return cover.has(*(_DECLINES - {Kind.NO_PROBLEM}), Kind.APPRECIATION)


def _after_that_all(turn: Turn) -> bool:
    cover = turn.cover
    if not cover.is_only(_ANYTHING):
        return False
    if cover.has(Kind.CLOSER, Kind.NOTHING_MORE, Kind.SATISFIED, Kind.THAT_IS_ME):
        return not cover.has(Kind.REFUSAL)
    if cover.has(*_DECLINES):
        return False
    return cover.has(Kind.YES, Kind.AGREEMENT) or any(
        piece.text in ("right", "mmhm", "uhhuh", "correct") for piece in cover.pieces
    )


def _after_offer_to_end(turn: Turn) -> bool:
    cover = turn.cover
    if not cover.is_only(_ANYTHING) or cover.has(Kind.NO, Kind.REFUSAL):
        return cover.is_only(_ANYTHING) and cover.has(Kind.CLOSER) and not cover.has(Kind.REFUSAL)
    return cover.has(Kind.YES, Kind.AGREEMENT, Kind.CLOSER) or cover.is_only(
        {Kind.ACKNOWLEDGEMENT, Kind.COURTESY, Kind.PRAISE}
    )


def _after_farewell(turn: Turn) -> bool:
    cover = turn.cover
    return cover.is_only(_ANYTHING) and cover.has(Kind.RETURNED_WISH, Kind.CLOSER, Kind.APPRECIATION)


def _after_nothing(turn: Turn) -> bool:
    cover = turn.cover
    if not cover.is_only(_ANYTHING - {Kind.REFUSAL, Kind.AGREEMENT}):
        return False
    if cover.has(Kind.CLOSER) and not _WILL_DO.search(turn.words):
        return not cover.has(Kind.YES) or cover.has(Kind.COURTESY, Kind.NO) or bool(_ELABORATES.search(turn.words))
    if cover.has(Kind.NOTHING_MORE):
        return bool(_MORE_WORDS.search(turn.words))
    return cover.has(Kind.SATISFIED) and "all set" in turn.words


def _after_statement(turn: Turn) -> bool:
    cover = turn.cover
    if not cover.is_only(_ANYTHING - {Kind.REFUSAL}):
        return False
    if cover.has(Kind.CLOSER) and not _WILL_DO.search(turn.words):
        return cover.has(Kind.COURTESY, Kind.APPRECIATION, Kind.NO) or bool(_ELABORATES.search(turn.words))
    if cover.has(Kind.NOTHING_MORE):
        return bool(_MORE_WORDS.search(turn.words))
    return cover.has(Kind.SATISFIED) and "all set" in turn.words


def _after_anything_other(turn: Turn) -> bool:
    """After a question about something else, only words that speak of the whole call count."""
    cover = turn.cover
    if turn.agent.move in (AgentMove.OPEN_QUESTION, AgentMove.HOW_ARE_YOU) or _ORDERING & turn.agent.words:
        return False
    closers = [piece.text for piece in cover.pieces if piece.kind is Kind.CLOSER]
    if not closers or not cover.is_only(_ANYTHING - {Kind.REFUSAL}):
        return False
    return bool(_ELABORATES.search(turn.words)) and not any(
        text.startswith(("i have", "we have")) for text in closers
    )


_READERS = {
    AgentMove.ANYTHING_ELSE: _after_anything_else,
    AgentMove.THAT_ALL: _after_that_all,
    AgentMove.OFFER_END: _after_offer_to_end,
    AgentMove.FAREWELL: _after_farewell,
    AgentMove.NONE: _after_nothing,
    AgentMove.STATEMENT: _after_statement,
}
