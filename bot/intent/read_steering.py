"""Does the caller want the last thing again, or the agent silent or waiting?"""

import itertools
import re

from bot.intent.agent_move import AgentMove
from bot.intent.phrases import Kind
from bot.intent.turn import POLITE, Turn

_BESIDE = POLITE | {Kind.SOFT_DOUBT, Kind.YES, Kind.NO, Kind.AGREEMENT, Kind.REASON, Kind.TROUBLE_HEARING}
_SURE_REPEAT = re.compile(
    r"\b(?:repeat(?:ing|ed)?|say (?:that|it|this|the last \w+|what)?.{0,12}again|say again|come again|pardon|(?:catch|hear|get) (?:that|it|you|what|the last|a word|any)|"
    r"did you (?:just )?say|missed|rephrase|saying|breaking up|cut out|tell .{0,8}again|that again|broke up)\b"
)
_COMES_AGAIN = re.compile(
    r"\b(?:i|ill|we|he|she|they|you|to|and|will|can|could|may|might|should|would|not) come again\b"
)
"""A visit, where "come again?" by itself asks for the sentence."""
_ONLY_SORRY = re.compile(
    r"^(?:(?:i am |very |so |ok |uh |oh |hey )*(?:sorry|excuse me))(?: (?:please|love|dear|sir|madam|sorry|excuse me|mate))*$"
)
_MATTERS = re.compile(
    r"\b(?:what|how|when|where|which|why|who|can i|could i|do i|does|did|do they|do you|they|he|she|is it|is the|are the|need to|is there|is that|are there|will|would|order|appointment|booking|prescription|customer|test|myself|yesterday|"
    r"last (?:week|month|year|time)|earlier|my|for next|every)\b"
)
_STATEMENT_START = frozenset(
    "i my the there someone somebody he she it we our let this because so a an his her they you that while until before".split()
)
_ASKS_FOR_ITEM = re.compile(
    r"\b(?:was|say|give me|tell me|repeat) the (?:\w+ )?(number|time|date|code|price|day|amount|total|reference|email|website|gate|street)\b|(?:what|which) (\w+) (?:was|is) (?:that|it)\b"
)
_RECEIVED = frozenset("received receive get got hear heard seen see arrived email message letter".split())
_DID_NOT_GET = re.compile(r"\b(?:did|have) not (?:get|got|hear|heard|receive|received)\b")
_HALTS = re.compile(
    r"^(?:(?:please|just|ok|no|can you|could you|will you|would you) )*(?:stop|pause|halt|freeze|hold|cease)\b"
)
_FOR_A_WHILE = re.compile(r"\b(?:on|second|seconds|moment|minute|minutes|there)$")
_DURATION = re.compile(
    r"^(?:just |only |about |in |for )*(?:a few|a couple(?: of)?|five|ten|two|thirty|\d+|few|couple|the|another|a|one)? ?(?:seconds?|minutes?|moments?|ticks?|secs?)$"
)
_SILENCES = re.compile(r"\b(?:stop|quiet|shut|enough|hush|silent|silence|interrupt|talk|speak|finish)\b")


def wants_repeat(turn: Turn) -> bool:
    """True if the turn asks for what was said last, with nothing else to it."""
    cover = turn.cover
    if _ONLY_SORRY.match(turn.words):
        return True
    if turn.agent.move is AgentMove.OFFER_REPEAT and _accepts(turn):
        return True
    if (
        not cover.has(Kind.REPEAT)
        or _COMES_AGAIN.search(turn.words)
        or _says_that_it_did_not_come(turn)
        or _refuses_it(turn)
    ):
        return False
    if not cover.rest:
        if not _is_about_what_was_said(turn):
            return False
        only_what = all(piece.text == "what" for piece in cover.pieces if piece.kind is Kind.REPEAT)
        return cover.is_only(_BESIDE | {Kind.REPEAT, Kind.STOP}) and not (only_what and cover.has(Kind.AGREEMENT))
    asked = " ".join(piece.text for piece in cover.pieces if piece.kind is Kind.REPEAT)
    return bool(_SURE_REPEAT.search(asked)) and len(cover.rest) <= 4 and not _MATTERS.search(turn.rest)


def _is_about_what_was_said(turn: Turn) -> bool:
    """False for "what was the price" where the agent's last sentence had none: that is a question of its own."""
    found = _ASKS_FOR_ITEM.search(turn.words)
    if found is None or turn.agent.move is AgentMove.NONE:
        return True
    if found.group(2):
        return found.group(2) in turn.agent.words
    has_number = any(word.isdigit() for word in turn.agent.words)
    return (
        has_number
        or found.group(1) in turn.agent.words
        or found.group(1) in ("part", "bit", "thing", "word", "name", "address")
    )


def _says_that_it_did_not_come(turn: Turn) -> bool:
    """True for "I didn't get it" in reply to "Have you received …?"."""
    return (
        turn.agent.move is AgentMove.CHECK
        and bool(_RECEIVED & turn.agent.words)
        and bool(_DID_NOT_GET.search(turn.words))
    )


def _refuses_it(turn: Turn) -> bool:
    """True for "I don't want to go through that again"."""
    pieces = turn.cover.pieces
    return any(
        before.kind is Kind.REFUSAL and after.kind is Kind.REPEAT for before, after in itertools.pairwise(pieces)
    )


def wants_silence(turn: Turn) -> bool:
    """True if the turn asks the agent to be silent or to wait, with nothing else to it."""
    cover = turn.cover
    if turn.agent.move is AgentMove.OFFER_WAIT and _accepts(turn):
        return True
    if not cover.has(Kind.STOP):
        return False
    if _is_answered_after_all(turn) or _is_a_duration(turn):
        return False
    if cover.is_only(
        _BESIDE | {Kind.STOP, Kind.REFUSAL, Kind.FAREWELL, Kind.DEPARTURE, Kind.SATISFIED, Kind.CLOSER}
    ):
        pieces = cover.without(POLITE | {Kind.NO, Kind.YES, Kind.SOFT_DOUBT})
        return pieces[0].kind is not Kind.REFUSAL
    return _gives_a_reason(turn)


def _accepts(turn: Turn) -> bool:
    cover = turn.cover
    return (
        cover.has(Kind.YES, Kind.AGREEMENT)
        and not cover.has(Kind.NO, Kind.REFUSAL)
        and cover.is_only(_BESIDE | {Kind.REPEAT, Kind.STOP})
    )


def _is_answered_after_all(turn: Turn) -> bool:
    """True for "wait, no" and "hold on, yes" in reply to a question: the answer counts."""
    if not turn.agent.is_yes_no_question:
        return False
    seen_wait = False
    for piece in turn.cover.pieces:
        if piece.kind is Kind.STOP:
            if _SILENCES.search(piece.text):
                return False
            seen_wait = True
        elif seen_wait and piece.kind in (Kind.NO, Kind.YES, Kind.REFUSAL, Kind.AGREEMENT):
            return True
    return False


def _is_a_duration(turn: Turn) -> bool:
    """True for "ten minutes" in reply to "How long …?"."""
    return (
        turn.agent.move is AgentMove.OPEN_QUESTION
        and bool({"long", "which", "many", "when", "often"} & turn.agent.words)
        and bool(_DURATION.match(turn.words))
    )


def _gives_a_reason(turn: Turn) -> bool:
    """True for "hold on, my baby is crying"; "stop my subscription" and "wait, is that per month" are none."""
    if turn.spoken.asks or _MATTERS_TO_WAIT.search(turn.rest) or len(turn.cover.rest) > 10:
        return False
    pieces = turn.cover.without(POLITE | {Kind.NO, Kind.YES})
    if (
        not pieces
        or pieces[0].kind is not Kind.STOP
        or (_HALTS.match(pieces[0].text) and not _FOR_A_WHILE.search(pieces[0].text))
    ):
        return len(pieces) > 1 and pieces[1].kind is Kind.REFUSAL and len(turn.cover.rest) <= 3
    if turn.cover.has(Kind.REPEAT):
        return False
    following = turn.words.partition(pieces[0].text)[2].split()
    if pieces[-1].kind is Kind.STOP:
        return True
    if _CONCLUDES.search(turn.words) or pieces[0].text.startswith(("i am", "i was", "let me see")):
        return False
    return bool(following) and following[0] in _STATEMENT_START


_CONCLUDES = re.compile(r"\b(?:wait|hold on|hang on) (?:so|then|but|and|that|this|it)\b")
_MATTERS_TO_WAIT = re.compile(
    r"\b(?:what|how|when|where|which|why|who|whose|can i|could i|do i|does|did|is it|is that|are|will|would|said|thought|want|paid|told|same|wrong|refund|price|cost)\b"
)
