"""The tools of one call, as the pipeline's processors use them."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.call_config import CallConfig
from bot.chat_model import ToolCallRequest
from bot.generations import Generations
from bot.tools.confirmation import ConfirmationGate
from bot.tools.executor import ToolExecutor
from bot.tools.outcome import ToolOutcome
from bot.tools.tool import ToolContext
from processors.tool_requests import ToolRequest, ToolRound


class CallTools:
    """Implements the processors' `ToolRunner` and `ConsentDesk` over the executor.

    Args:
        executor: Runs them.
        gate: Where the executor's writes wait for the caller's yes.
        config: The call.
        generations: Tells which replies may still act.
        caller_turns: How many turns the caller has had.
        now: The time, with a timezone.
    """

    def __init__(
        self,
        executor: ToolExecutor,
        gate: ConfirmationGate,
        config: CallConfig,
        generations: Generations,
        caller_turns: Callable[[], int],
        now: Callable[[], datetime],
    ) -> None:
        self._executor = executor
        self._gate = gate
        self._config = config
        self._generations = generations
        self._caller_turns = caller_turns
        self._now = now

    async def run(self, generation: int, requests: Sequence[ToolRequest]) -> ToolRound:
        """Run what a reply asked for, side by side; the order of the results is that of the requests."""
        context = self._context(lambda: self._generations.is_current(generation))
        outcomes = await asyncio.gather(
            *(self._executor.execute(ToolCallRequest(r.name, r.arguments), context) for r in requests)
        )
        return _round(outcomes)

    @property
    def asking(self) -> bool:
        """True while a question is open."""
        return self._gate.pending is not None

    async def answered(self, text: str) -> ToolRound | None:
        """The caller's words in a new turn, held against the open question."""
        outcome = await self._executor.answer(text, self._context(lambda: True))
        return None if outcome is None else _round([outcome])

    def _context(self, is_current: Callable[[], bool]) -> ToolContext:
        return ToolContext(config=self._config, turn=self._caller_turns(), now=self._now(), is_current=is_current)


def _round(outcomes: Sequence[ToolOutcome]) -> ToolRound:
    said = [outcome.say for outcome in outcomes if outcome.say]
    asking = any(_is_question(outcome) for outcome in outcomes)
    return ToolRound(
        records=tuple(outcome.record for outcome in outcomes),
        say=" ".join(said) or None,
        # A call does not end on a question that the caller was just asked.
        ends_call=not asking and any(outcome.ends_call for outcome in outcomes),
        # Whatever else was looked up has to be told.
        silent=all(outcome.silent for outcome in outcomes),
    )


def _is_question(outcome: ToolOutcome) -> bool:
    return isinstance(outcome.content, dict) and outcome.content.get("status") == "needs_confirmation"
