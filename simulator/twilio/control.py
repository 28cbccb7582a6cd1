"""The simulator's own two routes, which the real Twilio lacks: make somebody call in, and see how it went."""

import asyncio
import dataclasses

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.twilio.caller import Caller
from simulator.twilio.errors import ScenarioError
from simulator.twilio.options import DEFAULT_NUMBER
from simulator.twilio.results import ScenarioResult
from simulator.twilio.runner import ScenarioRunner
from simulator.twilio.scenario import parse_scenario
from simulator.twilio.scenario_caller import scenario_options
from simulator.twilio.state import TwilioState

_MAX_KEPT = 1000
_DEFAULT_SCENARIO = "{name: silent, steps: [expect_call_ended: {within_secs: 3600}]}"


class PlaceCall(BaseModel):
    """Who calls whom.

    Attributes:
        voice_url: Public voice webhook; that of the called number by default.
        scenario: The YAML of what the caller does; without, it listens until the other side hangs up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    to_number: str = DEFAULT_NUMBER
    from_number: str = "+14155550100"
    voice_url: str = ""
    scenario: str = _DEFAULT_SCENARIO


class ControlResource:
    """Places calls on request and keeps their results."""

    def __init__(self, state: TwilioState) -> None:
        self._state = state
        self._runs: dict[str, asyncio.Task[ScenarioResult]] = {}

    async def place(self, request: Request) -> Response:
        """Start a call; answers 201 with its `call_sid` at once, 400 with a `message` if it cannot."""
        try:
            wanted = PlaceCall.model_validate_json(await request.body())
            scenario = parse_scenario(wanted.scenario)
        except (ValidationError, ScenarioError) as error:
            return JSONResponse({"message": str(error)}, status_code=400)
        number = self._state.number_of(wanted.to_number)
        voice_url = wanted.voice_url or (number.voice_url if number else "")
        if not voice_url:
            return JSONResponse({"message": "the number has no VoiceUrl; give voice_url"}, status_code=400)
        options = scenario_options(scenario, voice_url)
        options = dataclasses.replace(options, to_number=wanted.to_number, from_number=wanted.from_number)
        caller = Caller(self._state, options)
        run = asyncio.create_task(ScenarioRunner(caller, scenario).run(), name="scenario")
        self._runs[caller.record.sid] = run
        if len(self._runs) > _MAX_KEPT:
            self._runs.pop(next(iter(self._runs))).cancel()
        return JSONResponse({"call_sid": caller.record.sid}, status_code=201)

    async def read(self, request: Request) -> Response:
        """Answer the call's resource, what was said to it, and once it is over the scenario's `result`.

        `?wait_secs=` waits for that end, at most so long.
        """
        sid = request.path_params["call_sid"]
        call = self._state.calls.get(sid)
        if call is None:
            return JSONResponse({"message": "no such call"}, status_code=404)
        run = self._runs.get(sid)
        wait_secs = request.query_params.get("wait_secs", "0")
        if run is not None and wait_secs.isdecimal():
            await asyncio.wait({run}, timeout=int(wait_secs))
        finished = run is not None and run.done() and not run.cancelled() and run.exception() is None
        result = dataclasses.asdict(run.result()) if run is not None and finished else None
        return JSONResponse({"call": call.record.json(), "said": call.record.said, "result": result})

    async def close(self) -> None:
        """Stop all scenarios."""
        for run in self._runs.values():
            run.cancel()
        if self._runs:
            await asyncio.wait(self._runs.values())
