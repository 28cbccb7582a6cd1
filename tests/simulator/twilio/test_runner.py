import json

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.hosting import serve_app
from simulator.twilio.call_record import CallEnder
from simulator.twilio.hooks import RecogniserRegistration
from simulator.twilio.progress import Progress, ProgressKind
from simulator.twilio.results import ScenarioResult, StepStatus
from simulator.twilio.runner import ScenarioRunner
from simulator.twilio.scenario import parse_scenario
from tests.simulator.twilio.conftest import MakeCaller
from tests.simulator.twilio.fake_agent import FakeAgent, tone_mulaw


class Ears:
    """Understands nothing, and says what it should have."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.heard = b""

    async def transcribe(self, call_sid: str, mulaw: bytes) -> str:
        assert call_sid.startswith("CA")
        self.heard = mulaw
        return self.words


async def run(make_caller: MakeCaller, agent: FakeAgent, steps: str) -> ScenarioResult:
    caller = await make_caller(agent, place=False)
    return await ScenarioRunner(caller, parse_scenario(f"{{name: test, steps: [{steps}]}}")).run()


async def test_a_whole_conversation(make_caller: MakeCaller) -> None:
    agent = FakeAgent(greeting=tone_mulaw(0.3), reply=tone_mulaw(3.0), clear_on_speech=True)
    caller = await make_caller(agent, place=False)
    scenario = parse_scenario(
        """
        name: whole
        steps:
          - wait_for_agent: {silence_ms: 200}
          - say: question
          - barge_in: {text: stop it, after_ms: 200}
          - expect: {agent: yields, within_ms: 300}
          - expect: {agent: speaks, within_ms: 2000}
          - expect: {agent_says: "FORTY"}
          - dtmf: "1"
          - send_raw: "rubbish"
          - hang_up
        """
    )
    told: list[Progress] = []
    texts: list[tuple[str, str]] = []

    async def note(text: str, voice: str) -> None:
        assert not told
        texts.append((text, voice))

    ears = Ears("It is forty-two.")
    runner = ScenarioRunner(caller, scenario, on_progress=told.append, on_utterance=note, transcriber=ears)
    result = await runner.run()
    assert result.passed, result.failures
    assert [step.status for step in result.steps] == [StepStatus.PASSED] * 9
    assert texts == [("question", "en-us"), ("stop it", "en-us")]
    assert result.ended_by is CallEnder.CALLER
    assert [turn.text for turn in result.measures.turns] == ["question", "stop it"]
    assert result.measures.turns[1].interruption_ms is not None
    assert result.measures.turns[1].reply_at is not None
    assert len(ears.heard) > 0
    kinds = [progress.kind for progress in told]
    assert kinds[0] is ProgressKind.CALL_PLACED
    assert kinds[-1] is ProgressKind.CALL_ENDED
    assert kinds.count(ProgressKind.STEP_FINISHED) == 9
    assert [entry.text for entry in told if entry.kind is ProgressKind.CALLER_SPEAKS] == ["question", "stop it"]
    assert ProgressKind.AGENT_STARTED in kinds
    assert json.dumps([entry.text for entry in told])


async def test_what_fails_and_what_is_skipped(make_caller: MakeCaller) -> None:
    steps = (
        "expect: {agent: speaks, within_ms: 100}, expect: {agent: silent, within_ms: 100}, "
        "expect: {agent_says: a}, expect: {agent: yields}, expect_call_ended: {within_secs: 0.1}, "
        "wait_for_agent: {timeout_ms: 100}, say: hello"
    )
    result = await run(make_caller, FakeAgent(), steps)
    failed, passed, skipped = StepStatus.FAILED, StepStatus.PASSED, StepStatus.SKIPPED
    assert [step.status for step in result.steps] == [failed, passed, skipped, failed, failed, failed, skipped]
    assert result.steps[-1].detail == "step 6 failed"
    assert not result.passed
    assert result.ended_by is CallEnder.CALLER


async def test_a_barge_in_needs_an_agent_that_still_speaks(make_caller: MakeCaller) -> None:
    steps = "barge_in: {text: stop, after_ms: 2000}"
    result = await run(make_caller, FakeAgent(greeting=tone_mulaw(0.2)), steps)
    assert "the agent had finished after" in result.steps[0].detail


async def test_silence_is_broken_by_speech(make_caller: MakeCaller) -> None:
    agent = FakeAgent(greeting=tone_mulaw(0.2))
    result = await run(make_caller, agent, "expect: {agent: silent, within_ms: 2000}")
    assert "the agent spoke after" in result.steps[0].detail


async def test_the_agent_ends_the_call(make_caller: MakeCaller) -> None:
    agent = FakeAgent(close_after_messages=20)
    result = await run(make_caller, agent, "expect_call_ended: {within_secs: 5}, silence: 10000")
    assert [step.status for step in result.steps] == [StepStatus.PASSED, StepStatus.FAILED]
    assert result.ended_by is CallEnder.DOCUMENT
    assert result.duration_secs < 5


async def test_a_call_that_never_streams_fails_with_the_reason(make_caller: MakeCaller) -> None:
    agent = FakeAgent(twiml="<Response><Say>We are closed.</Say></Response>")
    result = await run(make_caller, agent, "say: hello")
    assert result.steps[0].name == "connect"
    assert "without a media stream" in result.steps[0].detail
    assert result.said_by_twilio == ("We are closed.",)
    assert not result.passed


async def test_the_recogniser_is_told_once_per_text() -> None:
    bodies: list[object] = []

    async def take(request: Request) -> Response:
        bodies.append(await request.json())
        return Response(status_code=204 if len(bodies) < 2 else 500)

    async with serve_app(Starlette(routes=[Route("/simulator/utterances", take, methods=["POST"])])) as url:
        register = RecogniserRegistration(url + "/")
        await register("Hello", "en-us")
        await register("Hello", "en-us")
        with pytest.raises(httpx.HTTPStatusError):
            await register("Other", "en-us")
    assert bodies[0] == {"texts": ["Hello"], "voices": ["en-us"]}
    assert len(bodies) == 2
