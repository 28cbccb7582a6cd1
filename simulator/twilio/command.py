"""`python -m simulator twilio`: the REST API of one simulated account, and callers on request."""

import argparse
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount

from simulator.twilio.app import create_app
from simulator.twilio.callee import CalleeDirectory
from simulator.twilio.options import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, DEFAULT_NUMBER, TwilioOptions
from simulator.twilio.routes import PublicRoute
from simulator.twilio.scenario import load_scenario
from simulator.twilio.scenario_callee import ScenarioCallee
from simulator.twilio.state import TwilioState


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be set on the command line."""
    parser.add_argument("--account-sid", default=DEFAULT_ACCOUNT_SID)
    parser.add_argument("--auth-token", default=DEFAULT_AUTH_TOKEN, help="signs webhooks; the REST password")
    parser.add_argument("--number", action="append", help=f"a number of the account (default {DEFAULT_NUMBER})")
    parser.add_argument("--voice-url", default="", help="voice webhook of the account's numbers")
    parser.add_argument("--public-url", help="PUBLIC_URL of the server under test")
    parser.add_argument("--connect-url", help="where that server really runs, as http://127.0.0.1:9001")
    parser.add_argument("--callee", type=Path, help="scenario file of whoever answers outbound calls")


def build(namespace: argparse.Namespace) -> Starlette:
    """Return the app.

    Raises:
        ScenarioError: The callee's scenario file is wrong.
    """
    routes: tuple[PublicRoute, ...] = ()
    if namespace.public_url and namespace.connect_url:
        routes = (PublicRoute(namespace.public_url, namespace.connect_url),)
    options = TwilioOptions(
        account_sid=namespace.account_sid,
        auth_token=namespace.auth_token,
        numbers=tuple(namespace.number or [DEFAULT_NUMBER]),
        routes=routes,
    )
    callees = CalleeDirectory()
    if namespace.callee is not None:
        callees = CalleeDirectory(anybody=ScenarioCallee(load_scenario(namespace.callee)))
    state = TwilioState(options)
    for sid in state.numbers:
        state.update_number(sid, voice_url=namespace.voice_url)
    app = create_app(state, callees)

    @contextlib.asynccontextmanager
    async def lifespan(outer: Starlette) -> AsyncIterator[None]:
        async with state, app.router.lifespan_context(app):
            yield

    return Starlette(routes=[Mount("/", app)], lifespan=lifespan)
