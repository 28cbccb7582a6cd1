from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from simulator.hosting import serve_app
from simulator.twilio.caller import Caller, CallerOptions
from simulator.twilio.faults import NO_FAULTS, CallerFaults
from simulator.twilio.options import TwilioOptions
from simulator.twilio.routes import PublicRoute
from simulator.twilio.state import TwilioState
from simulator.twilio.status_callbacks import StatusCallback
from tests.simulator.twilio.fake_agent import PUBLIC, FakeAgent, synthesize_tone

MakeState = Callable[[FakeAgent], Awaitable[TwilioState]]
MakeCaller = Callable[..., Awaitable[Caller]]


@pytest.fixture
async def make_state() -> AsyncIterator[MakeState]:
    """Serves an agent and gives the account whose network reaches it."""
    async with AsyncExitStack() as stack:

        async def make(agent: FakeAgent) -> TwilioState:
            url = await stack.enter_async_context(serve_app(agent.app()))
            routes = (PublicRoute(PUBLIC, url),)
            options = TwilioOptions(routes=routes, verb_time_scale=0.0, ring_secs=0.02, no_answer_secs=0.02)
            return await stack.enter_async_context(TwilioState(options))

        yield make


@pytest.fixture
def make_caller(make_state: MakeState) -> MakeCaller:
    """Gives a caller who has dialled an agent."""

    async def make(
        agent: FakeAgent,
        faults: CallerFaults = NO_FAULTS,
        callback: StatusCallback | None = None,
        *,
        place: bool = True,
    ) -> Caller:
        options = CallerOptions(
            f"{PUBLIC}/voice/incoming",
            faults=faults,
            status_callback=callback,
            synthesizer=synthesize_tone,
        )
        caller = Caller(await make_state(agent), options)
        if place:
            caller.place()
        return caller

    return make
