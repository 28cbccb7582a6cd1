"""Runs tools for one call, so that whatever a model asks for ends, once, in a known way.

pipecat's own function calls can stay "in progress" for ever after an interruption, run for a generation that
was thrown away, and have no deadline (pipecat#5779, #4997); here every request ends in exactly one
`ToolOutcome`, which both the awaiting code and the listener get.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from loguru import logger
from pydantic import JsonValue

from bot.chat_model import ToolCallRequest
from bot.spoken_answers import ConfirmationAnswer
from bot.tools.confirmation import ConfirmationGate
from bot.tools.outcome import ToolOutcome, ToolStatus
from bot.tools.registry import ToolRegistry
from bot.tools.tool import Tool, ToolArgumentsError, ToolContext, ToolResult
from config.errors import PhoneAgentError

DEADLINE_SECONDS = 10.0

_ASKING = "Not done yet: the caller has to answer this question first."
_ONE_AT_A_TIME = (
    "Not asked yet: the caller is being asked about something else. Call this again once they have answered that."
)
_DECLINED = "The caller did not agree. If they want it otherwise, call the tool again with the new details."
_SUPERSEDED = "Not done: the caller went on talking before this could start."
_LATE_READ = "No answer in time. Apologise and go on without it."
_LATE_WRITE = "No answer in time: it is not known whether it was done. Say so; do not promise it."


@dataclass(slots=True)
class _Attempt:
    """One request on its way to its one outcome."""

    request_id: str
    request: ToolCallRequest
    began: float = field(default_factory=time.monotonic)


class ToolExecutor:
    """The tools of one call; `close()` it with the call.

    Args:
        registry: What may be called.
        gate: Where writes wait for the caller's yes.
        on_outcome: Gets every outcome, once, also those that nobody awaits any more. Must not raise.
        deadline: Seconds that one tool may take.
    """

    def __init__(
        self,
        registry: ToolRegistry,
        gate: ConfirmationGate,
        *,
        on_outcome: Callable[[ToolOutcome], None] = lambda outcome: None,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        self._registry = registry
        self._gate = gate
        self._on_outcome = on_outcome
        self._deadline = deadline
        self._requests = 0
        self._writes: dict[str, asyncio.Task[ToolResult]] = {}
        self._settling: set[asyncio.Task[ToolOutcome]] = set()

    async def execute(self, request: ToolCallRequest, context: ToolContext) -> ToolOutcome:
        """Run what the model asked for, or say why not.

        Being cancelled stops a read. A write goes on: its outcome then reaches only the listener.
        """
        attempt = self._attempt(request)
        tool = self._registry.find(request.name)
        if tool is None:
            known = ", ".join(self._registry.names) or "none"
            return self._fail(attempt, ToolStatus.ERROR, f"There is no such tool. Your tools: {known}.")
        try:
            checked = tool.check(request.arguments, context)
        except ToolArgumentsError as error:
            return self._fail(attempt, ToolStatus.ERROR, error.message)
        attempt.request = replace(request, arguments=checked)
        if tool.is_write and not context.is_current():
            return self._fail(attempt, ToolStatus.CANCELLED, _SUPERSEDED)
        if tool.requires_confirmation and self._write_of(attempt.request) is None:
            return self._ask(attempt, tool, context)
        return await self._run(attempt, tool, context)

    async def answer(self, text: str, context: ToolContext) -> ToolOutcome | None:
        """Take the caller's words as the answer to the open question, if there is one.

        Call it with every caller turn, before the model sees that turn. After an outcome put its `exchange`
        into the prompt: it is done, failed or declined by then, and the model says so.

        Returns:
            None when nothing was decided.
        """
        decision = self._gate.answer(text, context.turn)
        if decision is None or decision.answer is ConfirmationAnswer.OTHER:
            return None
        action = decision.action
        attempt = self._attempt(ToolCallRequest(action.tool_name, action.arguments))
        tool = self._registry.find(action.tool_name)
        if tool is None or decision.answer is ConfirmationAnswer.NO:
            declined: JsonValue = {"status": "declined", "message": "All right, not done.", "note": _DECLINED}
            return self._finish(attempt, ToolStatus.RESULT, ToolResult(declined))
        return await self._run(attempt, tool, context)

    async def close(self) -> None:
        """Let running writes end, for at most one deadline; then cancel what is left."""
        running = [task for task in self._writes.values() if not task.done()]
        if running:
            _, late = await asyncio.wait(running, timeout=self._deadline)
            for task in late:
                task.cancel()
        await asyncio.gather(*running, *self._settling, return_exceptions=True)

    def _attempt(self, request: ToolCallRequest) -> _Attempt:
        self._requests += 1
        return _Attempt(f"call_{self._requests}", request)

    def _ask(self, attempt: _Attempt, tool: Tool, context: ToolContext) -> ToolOutcome:
        arguments = attempt.request.arguments
        if self._gate.is_asking_otherwise(tool.name, arguments, context.turn):
            # A reply that wants two things: one question may not overwrite the other.
            return self._finish(
                attempt, ToolStatus.RESULT, ToolResult({"status": "waiting", "note": _ONE_AT_A_TIME})
            )
        question = tool.confirmation_question(arguments, context)
        self._gate.propose(tool.name, arguments, question, context.turn)
        content: JsonValue = {"status": "needs_confirmation", "say": question, "note": _ASKING}
        return self._finish(attempt, ToolStatus.RESULT, ToolResult(content, say=question))

    async def _run(self, attempt: _Attempt, tool: Tool, context: ToolContext) -> ToolOutcome:
        if not tool.is_write:
            running = tool.run(attempt.request.arguments, context)
            return await self._settle(attempt, running, _LATE_READ)
        # In tasks of their own: neither an interruption nor the deadline may stop a write half-way.
        writing = self._write_of(attempt.request)
        if writing is None:
            writing = asyncio.ensure_future(tool.run(attempt.request.arguments, context))
            self._writes[_key(attempt.request)] = writing
        settling = asyncio.ensure_future(self._settle(attempt, asyncio.shield(writing), _LATE_WRITE))
        self._settling.add(settling)
        settling.add_done_callback(self._settling.discard)
        return await asyncio.shield(settling)

    def _write_of(self, request: ToolCallRequest) -> "asyncio.Task[ToolResult] | None":
        """The same write, running or done, in this call; a failed one may be tried again."""
        task = self._writes.get(_key(request))
        if task is None or not task.done():
            return task
        return None if task.cancelled() or task.exception() is not None else task

    async def _settle(self, attempt: _Attempt, running: Awaitable[ToolResult], late: str) -> ToolOutcome:
        try:
            async with asyncio.timeout(self._deadline):
                result = await running
        except TimeoutError:
            return self._fail(attempt, ToolStatus.TIMEOUT, late)
        except asyncio.CancelledError:
            self._fail(attempt, ToolStatus.CANCELLED, _SUPERSEDED)
            raise
        except PhoneAgentError as error:
            return self._fail(attempt, ToolStatus.ERROR, error.message)
        except Exception:
            # A tool's defect must not cost the caller the call: the model is told, and the trace is logged.
            logger.bind(tool=attempt.request.name).exception("Tool failed unexpectedly")
            return self._fail(attempt, ToolStatus.ERROR, "The tool failed. Apologise and go on without it.")
        return self._finish(attempt, ToolStatus.RESULT, result)

    def _fail(self, attempt: _Attempt, status: ToolStatus, message: str) -> ToolOutcome:
        content: JsonValue = {"status": status.value, "error": message}
        return self._finish(attempt, status, ToolResult(content))

    def _finish(self, attempt: _Attempt, status: ToolStatus, result: ToolResult) -> ToolOutcome:
        outcome = ToolOutcome(
            request_id=attempt.request_id,
            request=attempt.request,
            status=status,
            content=result.content,
            latency_ms=(time.monotonic() - attempt.began) * 1000,
            say=result.say,
            ends_call=result.ends_call,
            silent=result.silent,
        )
        self._on_outcome(outcome)
        return outcome


def _key(request: ToolCallRequest) -> str:
    return f"{request.name} {json.dumps(request.arguments, sort_keys=True)}"
