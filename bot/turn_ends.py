"""Who finds the end of the caller's turn: the local model and the words, or the recogniser itself."""

from collections.abc import Callable

from pipecat.turns.user_stop import BaseUserTurnStopStrategy

from bot.endpointing import EndOfTurn
from bot.flux_endpointing import FluxEndOfTurn
from bot.patience import PATIENCE
from bot.services.call_listener import CallListener
from bot.services.flux_listen import FluxListener
from bot.speculation import Speculation
from data.agent_config import AgentConfig


def make_end_of_turn(
    listener: CallListener, agent: AgentConfig, speculation: Speculation, covers_speech: Callable[[float], bool]
) -> BaseUserTurnStopStrategy:
    """The strategy that goes with a call's recogniser.

    Args:
        listener: The recogniser.
        agent: Who is called.
        speculation: Told when a reply may be begun early.
        covers_speech: Whether a recognition up to that second of the caller's audio holds all they said so far.
    """
    if isinstance(listener, FluxListener):
        return FluxEndOfTurn(listener.options.longest_silence, speculation, listener.end_turn)
    patience = PATIENCE[agent.settings.turn_eagerness]
    return EndOfTurn(agent.silence_threshold_sec, patience, speculation, covers_speech)
