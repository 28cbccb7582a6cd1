"""How much silence ends a caller's turn, by what they said and by how eager the agent is to answer."""

from dataclasses import dataclass

from bot.turn_completeness import Completeness
from data.agent_config import TurnEagerness

PAUSE_SECONDS = 0.096
"""Silence that has passed when the voice activity model reports a pause."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds of silence, from the beginning of the pause.

    Attributes:
        complete: After a whole sentence.
        complete_while_answering: The same while a reply to it is being made: that takes longer anyway, so this
            patience costs nothing, and a caller who only took a breath is not cut short.
        open: After what could be whole, as a share of the agent's `silence_threshold_sec`.
        breath: So much more after what could be whole while a reply to it is being made: by then it is ready and
            leaves at once, so that even with this patience the caller waits no longer than without it.
        dictated: Least after a number that could be whole: longer than people pause between groups of digits.
        dangling: Least after what plainly goes on.
    """

    complete: float
    complete_while_answering: float
    open: float
    breath: float
    dictated: float
    dangling: float

    def silence_wanted(self, kind: Completeness, threshold: float, *, answering: bool) -> float:
        """Seconds of silence after which the turn is over.

        Args:
            kind: How whole the caller's words sound.
            threshold: The agent's `silence_threshold_sec`.
            answering: A reply to these words is under way already.
        """
        match kind:
            case Completeness.SUMMONS:
                return 0.0
            case Completeness.COMPLETE:
                return min(threshold, self.complete_while_answering if answering else self.complete)
            case Completeness.OPEN:
                return threshold * self.open + (self.breath if answering else 0.0)
            case Completeness.DICTATED:
                return max(threshold, self.dictated)
            case Completeness.DANGLING:
                return max(threshold, self.dangling)


PATIENCE = {
    TurnEagerness.EAGER: Patience(
        complete=0.2, complete_while_answering=0.25, open=0.6, breath=0.0, dictated=0.8, dangling=1.2
    ),
    TurnEagerness.NORMAL: Patience(
        complete=0.2, complete_while_answering=0.45, open=1.0, breath=0.25, dictated=1.1, dangling=2.0
    ),
    TurnEagerness.PATIENT: Patience(
        complete=0.6, complete_while_answering=0.8, open=1.75, breath=0.2, dictated=2.0, dangling=3.0
    ),
}

SPECULATE_AFTER = {
    Completeness.SUMMONS: 0.0,
    Completeness.COMPLETE: 0.0,
    Completeness.OPEN: 0.25,
    Completeness.DICTATED: 0.5,
}
"""Silence after which a reply is begun early. After what may go on there is time: most such pauses are breaths,
and what is begun in a breath is thrown away. After what plainly goes on nothing is begun."""
