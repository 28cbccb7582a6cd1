"""What the Twilio routes need of the app, as one dependency."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from api.state import app_state
from api.stream_tokens import StreamTokens
from bot.call_runner import CallRunner
from config.settings import Settings
from data.database import Database


@dataclass(frozen=True, slots=True)
class CallServices:
    """Everything that lets a call in.

    Attributes:
        settings: Read once at the start.
        database: Open, with its tables up to date.
        calls: Who runs calls; None in a process that takes none.
        stream_tokens: Tokens of the calls that were announced to this process.
    """

    settings: Settings
    database: Database
    calls: CallRunner | None
    stream_tokens: StreamTokens


async def call_services(connection: HTTPConnection) -> CallServices:
    """Dependency of HTTP routes and WebSockets. A coroutine, so that it runs on the event loop's thread."""
    state = app_state(connection)
    calls = state.runtime.calls
    return CallServices(
        settings=state.settings,
        database=state.database,
        calls=calls if isinstance(calls, CallRunner) else None,
        stream_tokens=_stream_tokens(connection),
    )


def _stream_tokens(connection: HTTPConnection) -> StreamTokens:
    """The app's tokens, made when first asked for: they live as long as the app."""
    held = getattr(connection.app.state, "stream_tokens", None)
    if isinstance(held, StreamTokens):
        return held
    tokens = StreamTokens()
    connection.app.state.stream_tokens = tokens
    return tokens
