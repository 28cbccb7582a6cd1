"""What each step of a scenario does to a caller."""

import re
import time
from collections.abc import Callable

from simulator.twilio.caller import Caller
from simulator.twilio.errors import CallOverError, WaitTimeoutError
from simulator.twilio.hooks import AgentTranscriber
from simulator.twilio.speech import PreparedSpeech
from simulator.twilio.steps import (
    AnyStep,
    BargeInStep,
    DtmfStep,
    ExpectCallEndedStep,
    ExpectStep,
    HangUpStep,
    SayStep,
    SendRawStep,
    SilenceStep,
    WaitForAgentStartStep,
    WaitForAgentStep,
)

_FINISHED_SECS = 1.5  # an agent that pauses between two sentences has not finished


class StepFailedError(Exception):
    """What the step wanted did not come about."""


class StepSkippedError(Exception):
    """The step cannot be done here."""


class StepActions:
    """Carries out steps.

    Args:
        caller: Who does it.
        transcriber: Understands the agent, if anybody can.
        on_speech: Told just before the caller speaks.
    """

    def __init__(
        self,
        caller: Caller,
        transcriber: AgentTranscriber | None,
        on_speech: Callable[[PreparedSpeech], None],
    ) -> None:
        self._caller = caller
        self._transcriber = transcriber
        self._on_speech = on_speech

    async def perform(self, step: AnyStep, speech: PreparedSpeech | None) -> str:
        """Do one step and return what was measured, if anything.

        Args:
            step: What to do.
            speech: For a step that says something.

        Raises:
            StepFailedError: It did not come about.
            StepSkippedError: It cannot be done.
            CallOverError: The call ended first.
            WaitTimeoutError: It did not come about in time.
        """
        caller = self._caller
        match step:
            case SayStep():
                await self._say(speech)
            case BargeInStep():
                return await self._barge_in(step, speech)
            case WaitForAgentStep():
                await caller.wait_for_agent(silence_secs=step.silence_ms / 1000, timeout=step.timeout_ms / 1000)
                return self._voice_to_voice()
            case WaitForAgentStartStep():
                await caller.wait_for_agent_start(timeout=step.timeout_ms / 1000)
                return self._voice_to_voice()
            case DtmfStep():
                await caller.press(step.digits)
            case SilenceStep():
                await self._keep_silent(step.ms / 1000)
            case HangUpStep():
                caller.hang_up()
                await caller.wait_ended()
            case SendRawStep():
                caller.send_raw(step.text)
            case ExpectStep():
                return await self._expect(step)
            case ExpectCallEndedStep():
                await caller.wait_ended(step.within_secs)
                return caller.why_it_ended()
        return ""

    async def _say(self, speech: PreparedSpeech | None) -> None:
        assert speech is not None
        self._on_speech(speech)
        await self._caller.say(speech)

    async def _barge_in(self, step: BargeInStep, speech: PreparedSpeech | None) -> str:
        agent = self._caller.line.agent
        begun = time.perf_counter()
        await self._caller.wait_for_agent_start(timeout=step.timeout_ms / 1000)
        started_at = agent.started_at
        assert started_at is not None

        def now_or_never(now: float) -> bool:
            silent_secs = now - (agent.last_audible_at or now)
            return (agent.speaking and now - started_at >= step.after_ms / 1000) or silent_secs >= _FINISHED_SECS

        left = max(0.1, step.timeout_ms / 1000 - (time.perf_counter() - begun))
        await self._caller.line.wait_until(now_or_never, left, "the agent did not speak long enough")
        if not agent.speaking:
            last = agent.last_audible_at or started_at
            raise StepFailedError(f"the agent had finished after {(last - started_at) * 1000:.0f} ms")
        await self._say(speech)
        turn = self._caller.measures().turns[-1]
        if turn.interruption_ms is None:
            return "no clear so far" if turn.agent_was_speaking else "the agent had just finished"
        return f"clear after {turn.interruption_ms:.0f} ms"

    async def _keep_silent(self, secs: float) -> None:
        # A call that ends meanwhile ends the silence, as anything else that waits.
        try:
            await self._caller.line.wait_until(lambda _now: False, secs, "silence")
        except WaitTimeoutError:
            return

    async def _expect(self, step: ExpectStep) -> str:
        secs = step.within_ms / 1000
        if step.agent_says is not None:
            return await self._expect_words(step.agent_says)
        if step.agent == "speaks":
            await self._caller.wait_for_agent_start(timeout=secs)
            return self._voice_to_voice()
        if step.agent == "silent":
            return await self._expect_silence(secs)
        return self._expect_yield(step.within_ms)

    async def _expect_words(self, pattern: str) -> str:
        recorder = self._caller.line.recorder
        if self._transcriber is None or recorder is None:
            raise StepSkippedError("nobody here understands the agent")
        heard = recorder.agent_audio(self._caller.line.last_words_secs)
        words = await self._transcriber.transcribe(self._caller.record.sid, heard)
        if re.search(pattern, words, re.IGNORECASE) is None:
            raise StepFailedError(f"{pattern!r} is not in {words!r}")
        return words

    async def _expect_silence(self, secs: float) -> str:
        since = time.perf_counter()
        agent = self._caller.line.agent

        def is_heard(_now: float) -> bool:
            return agent.last_audible_at is not None and agent.last_audible_at > since

        try:
            await self._caller.line.wait_until(is_heard, secs, "silence")
        except WaitTimeoutError:
            return f"silent for {secs:.1f} s"
        except CallOverError:
            return "the call ended"
        raise StepFailedError(f"the agent spoke after {time.perf_counter() - since:.1f} s")

    def _expect_yield(self, within_ms: int) -> str:
        turns = self._caller.measures().turns
        if not turns or not turns[-1].agent_was_speaking:
            raise StepFailedError("the caller's last words did not interrupt the agent")
        yielded = turns[-1].yield_ms
        if yielded is None:
            raise StepFailedError("the agent was not interrupted: no clear came")
        if yielded > within_ms:
            raise StepFailedError(f"the agent fell silent after {yielded:.0f} ms, not {within_ms}")
        return f"silent after {yielded:.0f} ms"

    def _voice_to_voice(self) -> str:
        turns = self._caller.measures().turns
        value = turns[-1].voice_to_voice_ms if turns else None
        return "" if value is None else f"voice-to-voice {value:.0f} ms"
