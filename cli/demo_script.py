"""What the demo's caller says, and what must come of it; the words themselves are in the scenario."""

import re
from dataclasses import dataclass
from pathlib import Path

from cli.demo_transcript import Conversation, Speaker, TurnBody
from config.errors import ConfigurationError
from simulator.twilio.scenario import SCENARIO_FOLDER, Scenario
from simulator.twilio.steps import BargeInStep, ExpectStep, SayStep

DEMO_SCENARIO: Path = SCENARIO_FOLDER / "demo.yaml"
_LEAST_OVERLAP = 0.3
"""Share of words that a turn must have in common with what was said to be its transcript."""


@dataclass(frozen=True, slots=True)
class DemoScript:
    """The scenario's six utterances by their part in the demo, and the facts its answers must hold.

    Attributes:
        question: Only the documents answer it.
        fact: Regular expression of that answer.
        long_question: Its answer is long enough to be interrupted.
        interruption: Said over that answer.
        interruption_fact: Regular expression of the answer to it.
        booking: Asks for an appointment.
        consent: Says yes.
        goodbye: Ends the call.
    """

    question: str
    fact: str
    long_question: str
    interruption: str
    interruption_fact: str
    booking: str
    consent: str
    goodbye: str


def read_script(scenario: Scenario) -> DemoScript:
    """The parts of a scenario.

    Raises:
        ConfigurationError: It is not the demo's: it has other parts.
    """
    spoken = [step.text for step in scenario.steps if isinstance(step, SayStep | BargeInStep)]
    interruptions = [step.text for step in scenario.steps if isinstance(step, BargeInStep)]
    facts = [step.agent_says for step in scenario.steps if isinstance(step, ExpectStep) and step.agent_says]
    if len(spoken) != 6 or interruptions != spoken[2:3] or len(facts) != 2:
        raise ConfigurationError(
            f"Scenario {scenario.name} is not the demo's: it needs six utterances, of which the third is the only "
            "barge_in, and two `agent_says`."
        )
    question, long_question, interruption, booking, consent, goodbye = spoken
    return DemoScript(question, facts[0], long_question, interruption, facts[1], booking, consent, goodbye)


class HeardScript:
    """Finds the script's utterances in a transcript, however speech-to-text wrote them.

    Args:
        script: What was said.
        conversation: What was stored.
    """

    def __init__(self, script: DemoScript, conversation: Conversation) -> None:
        self._turns = conversation.transcript
        self._positions: dict[str, int] = {}
        after = -1
        for utterance in (
            script.question,
            script.long_question,
            script.interruption,
            script.booking,
            script.consent,
            script.goodbye,
        ):
            found = self._best(utterance, after)
            if found is not None:
                self._positions[utterance] = after = found.position

    def position(self, utterance: str) -> int | None:
        """Position of the caller's turn with it; None if it was not understood."""
        return self._positions.get(utterance)

    def answers(self, utterance: str) -> tuple[TurnBody, ...]:
        """The agent's turns between it and the next understood utterance of the script."""
        start = self._positions.get(utterance)
        if start is None:
            return ()
        end = min((p for p in self._positions.values() if p > start), default=None)
        return tuple(
            turn
            for turn in self._turns
            if turn.role is Speaker.AGENT and turn.position > start and (end is None or turn.position < end)
        )

    def agent_turn_before(self, utterance: str) -> TurnBody | None:
        """What the agent was saying before, or when, it was said."""
        position = self._positions.get(utterance)
        earlier = [
            t for t in self._turns if t.role is Speaker.AGENT and position is not None and t.position < position
        ]
        return earlier[-1] if earlier else None

    def _best(self, utterance: str, after: int) -> TurnBody | None:
        wanted = set(words(utterance))
        best, best_share = None, _LEAST_OVERLAP
        for turn in self._turns:
            if turn.role is Speaker.CALLER and turn.position > after:
                heard = set(words(turn.text))
                share = len(wanted & heard) / max(1, len(wanted | heard))
                if share > best_share:
                    best, best_share = turn, share
        return best


def words(text: str) -> list[str]:
    """Its words, without case and punctuation."""
    return re.findall(r"\w+", text.lower())
