"""Ends of turn for tests, without a call around them."""

import asyncio

from bot.endpointing import EndOfTurn
from bot.generations import Generations
from bot.patience import PATIENCE, Patience
from bot.speculation import NEVER, Speculation, SpeculationHooks
from bot.turn_ledger import TurnLedger
from data.agent_config import TurnEagerness

NORMAL = PATIENCE[TurnEagerness.NORMAL]


def end_of_turn(
    threshold: float,
    *,
    patience: Patience = NORMAL,
    hooks: SpeculationHooks = NEVER,
    covered: bool = True,
) -> EndOfTurn:
    """The strategy of an agent with that `silence_threshold_sec`.

    Args:
        threshold: Seconds.
        patience: By default the usual.
        hooks: By default no reply is begun early.
        covered: Whether recognised words are taken for all that was said.
    """
    ledger = TurnLedger("conv_1", lambda _event: None, asyncio.get_running_loop().time)
    return EndOfTurn(threshold, patience, Speculation(Generations(), ledger, hooks), lambda _seconds: covered)
