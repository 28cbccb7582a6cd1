"""Twilio's REST API on loopback, as much of it as a phone agent uses."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.twilio import rest_errors
from simulator.twilio.call_record import API_VERSION
from simulator.twilio.callee import CalleeDirectory
from simulator.twilio.control import ControlResource
from simulator.twilio.dialer import Dialer
from simulator.twilio.rest_auth import require_account
from simulator.twilio.rest_calls import CallsResource
from simulator.twilio.rest_errors import RestError, handle_rest_error, not_found
from simulator.twilio.rest_numbers import NumbersResource
from simulator.twilio.state import TwilioState

Endpoint = Callable[[Request], Awaitable[Response]]


def create_app(state: TwilioState, callees: CalleeDirectory | None = None) -> Starlette:
    """Return the REST app of one account; its lifespan does not close the state, whose owner does.

    Args:
        state: The account. Calls that `Caller`s place over it are seen, redirected and ended here.
        callees: Who answers outbound calls; everybody does, silently, by default.
    """
    dialer = Dialer(state, callees or CalleeDirectory())
    calls, numbers, control = CallsResource(state, dialer), NumbersResource(state), ControlResource(state)
    account = f"/{API_VERSION}/Accounts/{{account_sid}}"

    async def account_json(request: Request) -> Response:
        return JSONResponse(_account(state))

    def guarded(endpoint: Endpoint) -> Endpoint:
        async def run(request: Request) -> Response:
            await asyncio.sleep(state.options.rest_latency_secs)
            failure = state.take_rest_failure()
            if failure is not None:
                raise RestError(failure, rest_errors.SERVER_ERROR, "Simulated failure")
            require_account(request, state.options)
            return await endpoint(request)

        return run

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await control.close()
        await dialer.close()

    methods: Mapping[str, tuple[Endpoint, list[str]]] = {
        f"{account}/Calls.json": (calls.collection, ["GET", "POST"]),
        f"{account}/Calls/{{call_sid}}.json": (calls.item, ["GET", "POST", "DELETE"]),
        f"{account}/IncomingPhoneNumbers.json": (numbers.collection, ["GET"]),
        f"{account}/IncomingPhoneNumbers/{{number_sid}}.json": (numbers.item, ["GET", "POST"]),
        f"{account}.json": (account_json, ["GET"]),
    }
    routes = [Route(path, guarded(endpoint), methods=verbs) for path, (endpoint, verbs) in methods.items()]
    routes += [
        Route("/simulator/calls", control.place, methods=["POST"]),
        Route("/simulator/calls/{call_sid}", control.read, methods=["GET"]),
    ]
    return Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={RestError: handle_rest_error, HTTPException: _handle_http_error},
    )


async def _handle_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        return RestError(405, rest_errors.METHOD_NOT_ALLOWED, "Method not allowed").response()
    return not_found(request).response()


def _account(state: TwilioState) -> dict[str, object]:
    sid = state.options.account_sid
    path = f"/{API_VERSION}/Accounts/{sid}"
    return {
        "sid": sid,
        "friendly_name": "Simulated account",
        "status": "active",
        "type": "Full",
        "owner_account_sid": sid,
        "subresource_uris": {"calls": f"{path}/Calls.json"},
        "uri": f"{path}.json",
    }
