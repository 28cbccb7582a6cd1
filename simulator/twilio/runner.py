"""Runs a scenario over a caller: one step after the other, speech prepared before it is due."""

import time
from collections.abc import Sequence

from simulator.twilio.agent_speech import AgentSpeechChange
from simulator.twilio.caller import Caller
from simulator.twilio.errors import CallOverError, WaitTimeoutError
from simulator.twilio.hooks import AgentTranscriber, UtteranceHook
from simulator.twilio.progress import Progress, ProgressKind, ProgressListener
from simulator.twilio.results import ScenarioResult, StepOutcome, StepStatus
from simulator.twilio.scenario import Scenario
from simulator.twilio.speech import PreparedSpeech
from simulator.twilio.step_actions import StepActions, StepFailedError, StepSkippedError
from simulator.twilio.steps import AnyStep, BargeInStep, ExpectCallEndedStep, ExpectStep, SayStep

_CONTINUES_AFTER_FAILURE = (ExpectStep, ExpectCallEndedStep)


class ScenarioRunner:
    """Runs one scenario once.

    Args:
        caller: Whose call it is; must not have been placed yet unless `place` is False.
        scenario: What to do.
        on_progress: Told what happens, live.
        on_utterance: Told every text before the call begins, so that a recogniser can learn it.
        transcriber: Understands the agent; without it, steps that need it are skipped.
        place: Place the call; False for a callee, whose call exists.
    """

    def __init__(
        self,
        caller: Caller,
        scenario: Scenario,
        *,
        on_progress: ProgressListener | None = None,
        on_utterance: UtteranceHook | None = None,
        transcriber: AgentTranscriber | None = None,
        place: bool = True,
    ) -> None:
        self._caller = caller
        self._scenario = scenario
        self._on_progress = on_progress
        self._on_utterance = on_utterance
        self._place = place
        self._actions = StepActions(caller, transcriber, self._announce_speech)
        self._placed_at = 0.0
        self._number = 0
        self._outcomes: list[StepOutcome] = []

    async def run(self) -> ScenarioResult:
        """Prepare all speech, place the call, do the steps, hang up if need be; failed steps never raise."""
        speeches = await self._prepare()
        self._caller.line.add_speech_listener(self._agent_changed)
        self._placed_at = time.perf_counter()
        if self._place:
            self._caller.place()
            self._tell(ProgressKind.CALL_PLACED, self._caller.record.sid)
        try:
            await self._run_steps(speeches)
        finally:
            self._caller.hang_up()
        await self._caller.wait_ended()
        self._tell(ProgressKind.CALL_ENDED, self._caller.why_it_ended())
        return self._result()

    async def _prepare(self) -> Sequence[PreparedSpeech | None]:
        speeches: list[PreparedSpeech | None] = []
        for step in self._scenario.steps:
            if not isinstance(step, SayStep | BargeInStep):
                speeches.append(None)
                continue
            voice = step.voice or self._scenario.voice
            if self._on_utterance is not None:
                await self._on_utterance(step.text, voice)
            speeches.append(await self._caller.prepare(step.text, voice=voice, level_db=step.level_db))
        return speeches

    async def _run_steps(self, speeches: Sequence[PreparedSpeech | None]) -> None:
        reason = await self._connect()
        for number, (step, speech) in enumerate(zip(self._scenario.steps, speeches, strict=True), start=1):
            self._number = number
            if reason:
                self._finish_step(step, StepStatus.SKIPPED, reason, time.perf_counter())
                continue
            if not await self._run_step(step, speech):
                reason = f"step {number} failed"

    async def _connect(self) -> str:
        """Wait for the stream; returns why the steps cannot be done, empty if they can."""
        started = time.perf_counter()
        try:
            await self._caller.wait_connected()
        except (CallOverError, WaitTimeoutError) as error:
            at = started - self._placed_at
            took = time.perf_counter() - started
            self._outcomes.append(StepOutcome(0, "connect", StepStatus.FAILED, error.message, at, took))
            return error.message
        self._tell(ProgressKind.STREAM_STARTED)
        return ""

    async def _run_step(self, step: AnyStep, speech: PreparedSpeech | None) -> bool:
        """Do one step; returns whether the scenario can go on."""
        started = time.perf_counter()
        self._tell(ProgressKind.STEP_STARTED, step.step)
        try:
            detail = await self._actions.perform(step, speech)
        except StepSkippedError as skipped:
            self._finish_step(step, StepStatus.SKIPPED, str(skipped), started)
        except (StepFailedError, CallOverError, WaitTimeoutError) as error:
            self._finish_step(step, StepStatus.FAILED, str(error), started)
            return isinstance(step, _CONTINUES_AFTER_FAILURE)
        else:
            self._finish_step(step, StepStatus.PASSED, detail, started)
        return True

    def _finish_step(self, step: AnyStep, status: StepStatus, detail: str, started: float) -> None:
        took = time.perf_counter() - started
        outcome = StepOutcome(self._number, step.step, status, detail, started - self._placed_at, took)
        self._outcomes.append(outcome)
        self._tell(ProgressKind.STEP_FINISHED, f"{step.step}: {status.value} {detail}".rstrip())

    def _announce_speech(self, speech: PreparedSpeech) -> None:
        self._tell(ProgressKind.CALLER_SPEAKS, speech.text)

    def _agent_changed(self, change: AgentSpeechChange) -> None:
        started = change is AgentSpeechChange.STARTED
        self._tell(ProgressKind.AGENT_STARTED if started else ProgressKind.AGENT_STOPPED)

    def _tell(self, kind: ProgressKind, text: str = "") -> None:
        if self._on_progress is not None:
            self._on_progress(Progress(kind, time.perf_counter() - self._placed_at, self._number, text))

    def _result(self) -> ScenarioResult:
        record = self._caller.record
        return ScenarioResult(
            name=self._scenario.name,
            call_sid=record.sid,
            call_status=record.status,
            ended_by=record.ended_by,
            steps=tuple(self._outcomes),
            measures=self._caller.measures(),
            duration_secs=time.perf_counter() - self._placed_at,
            said_by_twilio=tuple(record.said),
            notifications=tuple(record.notifications),
        )
