"""What declining and agreeing have in common: which way a turn leans, and answers to "would you mind …?"."""

import re

from bot.intent.agent_move import AgentMove
from bot.intent.phrases import Kind
from bot.intent.turn import POLITE, Turn

AGREES = frozenset({Kind.YES, Kind.AGREEMENT})
DECLINES = frozenset({Kind.NO, Kind.REFUSAL})
CLOSINGS = frozenset({Kind.CLOSER, Kind.SATISFIED, Kind.NOTHING_MORE})
MINDS = re.compile(
    r"\b(?:i (?:do|would|really do|actually do|do actually)(?: actually| really)? mind|(?:rather|prefer)(?: (?:you|that you|it|if you|that))* (?:did |do |would )?not|yes i (?:do|would)|i (?:actually )?(?:do|would) actually|i do)\b"
)
FITS = re.compile(
    r"\b(?:works?|suits?|perfect|great|sounds|lovely|wonderful|yes|yeah|yep|for sure|go ahead|go for it|absolutely|definitely)\b"
)
FITS_OR_FINE = re.compile(
    rf"{FITS.pattern}|\b(?:fine|ok|all right|correct|right|true|good|problem|worries|trouble|issue)\b"
)
STRENGTHENS = re.compile(
    r"^(?:for sure|definitely|absolutely|certainly|totally|exactly|of course|indeed|surely|precisely|positively|without|by all means)"
)
UNFINISHED = re.compile(r"\b(?:to|not|want|do|be|need|think)$")
VERB_AND_IT = re.compile(
    r"^(?:just )?(leave|cancel|skip|scrap|keep|drop|ignore|forget)(?: (?:it|that|this|about it))?(?: as it is)?$"
)


def minds(turn: Turn) -> bool:
    """True for "yes" in reply to "would you mind …?": they do."""
    cover = turn.cover
    if cover.has(Kind.NO, Kind.NOT_AT_ALL) and not cover.rest:
        return False
    return bool(MINDS.search(turn.words)) and "not mind" not in turn.words and not turn.spoken.asks


def thanks_but_fine(turn: Turn) -> bool:
    """True for "no, that's okay" in reply to an offer."""
    cover = turn.cover
    if turn.agent.move not in (AgentMove.OFFER, AgentMove.CHECK) or not cover.has(Kind.NO) or cover.has(Kind.YES):
        return False
    return cover.is_only(
        POLITE | {Kind.NO, Kind.AGREEMENT, Kind.NO_PROBLEM, Kind.SATISFIED}
    ) and not is_kindly_yes(turn)


def last_polarity(turn: Turn) -> Kind | None:
    """YES or NO by the last piece that decides; None if there is none."""
    found: Kind | None = None
    unfinished = False
    for piece in turn.cover.pieces:
        if piece.kind is Kind.AGREEMENT and unfinished:
            continue
        unfinished = piece.kind is Kind.REFUSAL and bool(UNFINISHED.search(piece.text))
        if (
            found is Kind.NO
            and piece.kind is Kind.YES
            and STRENGTHENS.match(piece.text)
            and turn.cover.pieces[0].kind is not Kind.YES
        ):
            continue
        if piece.kind in AGREES:
            found = Kind.YES
        elif (
            (piece.kind is Kind.NOTHING_MORE and (piece.text.endswith(" so") or piece.text.startswith("not ")))
            or piece.kind in DECLINES
            or (piece.kind is Kind.NOT_AT_ALL and turn.agent.move is not AgentMove.MIND)
        ):
            found = Kind.NO
    return found


def is_kindly_yes(turn: Turn) -> bool:
    """True for "no, that works", "no, go ahead": the "no" answers a worry, not the question."""
    cover = turn.cover
    if not cover.has(Kind.NO, Kind.NO_PROBLEM) or not cover.is_only(
        POLITE | {Kind.NO, Kind.YES, Kind.AGREEMENT, Kind.NO_PROBLEM}
    ):
        return False
    decisive = [
        piece
        for piece in cover.pieces
        if piece.kind in (Kind.NO, Kind.YES, Kind.AGREEMENT, Kind.NO_PROBLEM, Kind.PRAISE)
    ]
    last = decisive[-1]
    if last.kind is Kind.YES and STRENGTHENS.match(last.text) and decisive[0].kind is Kind.NO:
        return False
    if last.kind is Kind.NO or (not turn.agent.is_yes_no_question and turn.agent.move is not AgentMove.NONE):
        return False
    if cover.has(Kind.NO_PROBLEM) and not cover.has(Kind.NO):
        return turn.agent.move is not AgentMove.ANYTHING_ELSE
    if turn.agent.move is AgentMove.CHECK and not FITS_OR_FINE.search(turn.words):
        return False
    if turn.agent.move is AgentMove.OFFER:
        return bool(FITS.search(" ".join(piece.text for piece in decisive if piece.kind in AGREES)))
    return (
        last.kind in (Kind.AGREEMENT, Kind.YES, Kind.NO_PROBLEM) and turn.agent.move is not AgentMove.ANYTHING_ELSE
    )


def echoes_the_question(turn: Turn) -> bool:
    """True for "cancel it" in reply to "Shall I cancel it?", and for "leave it" in reply to "Shall I leave it?"."""
    if turn.agent.move not in (AgentMove.OFFER, AgentMove.REQUEST, AgentMove.CHECK):
        return False
    if not turn.cover.is_only(POLITE | AGREES | {Kind.REFUSAL}):
        return False
    echoes = [VERB_AND_IT.match(piece.text) for piece in turn.cover.pieces if piece.kind is Kind.REFUSAL]
    return bool(echoes) and all(found is not None and found.group(1) in turn.agent.words for found in echoes)
