"""Several servers on one database, with vendors and a telephone network: each may be killed and started."""

import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.call_plan import VOICE
from bench.child_process import ChildProcess, child_process, free_port
from bench.environment import REPOSITORY
from bench.small_talk import EXCHANGES, scripts, write_agent
from bench.vendor_delays import VendorDelays
from simulator.hosting import serve_app
from simulator.twilio.app import create_app as create_twilio_app
from simulator.twilio.caller import Caller, CallerOptions
from simulator.twilio.options import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, DEFAULT_NUMBER, TwilioOptions
from simulator.twilio.routes import PublicRoute
from simulator.twilio.state import TwilioState

API_KEY = "bench-key"
_REGISTRATION_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class SiteServer:
    """A running server.

    Attributes:
        url: Where its REST API is.
        public_url: Its address as Twilio knows it.
        process: The process.
        home: The folder it runs in.
    """

    url: str
    public_url: str
    process: ChildProcess
    home: Path

    def kill(self) -> None:
        """SIGKILL: it has no time for anything."""
        os.kill(self.process.pid, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class _Slot:
    public_url: str
    port: int


class Site:
    """What servers share. Use `open_site`.

    Args:
        folder: For everybody's files.
        database_url: Of all servers.
        twilio: The telephone network.
        slots: Addresses at which servers may run, one at a time.
        settings: Of every server.
    """

    def __init__(
        self,
        folder: Path,
        database_url: str,
        twilio: TwilioState,
        slots: Sequence[_Slot],
        settings: Mapping[str, str],
    ) -> None:
        self._folder = folder
        self._database_url = database_url
        self._twilio = twilio
        self._slots = slots
        self._settings = settings
        self._started = 0

    @asynccontextmanager
    async def server(self, slot: int, command: Sequence[str] = ()) -> AsyncIterator[SiteServer]:
        """Start a server as anybody would; it is ready, and ends with the context unless it was killed.

        Args:
            slot: At which address.
            command: Its arguments in place of `run_bot.py serve`.

        Raises:
            ConfigurationError: It did not start.
        """
        place = self._slots[slot]
        self._started += 1
        home = self._folder / f"server-{self._started}"
        home.mkdir()
        url = f"http://127.0.0.1:{place.port}"
        settings = {
            **self._settings,
            "PORT": str(place.port),
            "PUBLIC_URL": place.public_url,
            "DATABASE_URL": self._database_url,
        }
        full = [sys.executable, *(command or (str(REPOSITORY / "run_bot.py"), "serve"))]
        context = child_process(f"server {self._started}", full, settings=settings, cwd=home, log=home / "log")
        async with context as process:
            await process.wait_ready(f"{url}/health/ready")
            yield SiteServer(url, place.public_url, process, home)

    def caller(self, server: SiteServer, number: str) -> Caller:
        """Somebody who is going to call a server from this number."""
        options = CallerOptions(
            voice_url=f"{server.public_url}/voice/incoming",
            to_number=DEFAULT_NUMBER,
            from_number=number,
            record=False,
        )
        return Caller(self._twilio, options)


@asynccontextmanager
async def open_site(
    folder: Path, database_url: str, delays: VendorDelays, *, slots: int, most_calls: int
) -> AsyncIterator[Site]:
    """Start vendors and telephone network; ends what it started.

    Raises:
        ConfigurationError: Something did not start.
    """
    async with AsyncExitStack() as stack:
        write_agent(folder / "agent")
        deepgram = await _vendor(stack, folder, "deepgram", delays.deepgram_arguments())
        ollama = await _vendor(stack, folder, "ollama", delays.ollama_arguments(2 * most_calls + 2))
        async with httpx.AsyncClient(timeout=_REGISTRATION_SECONDS, trust_env=False) as client:
            texts = {"texts": [one.question for one in EXCHANGES], "voices": [VOICE]}
            (await client.post(f"{deepgram}/simulator/utterances", json=texts)).raise_for_status()
            (await client.post(f"{ollama}/simulator/script", json={"scripts": scripts()})).raise_for_status()
        places = [_Slot(f"https://server-{number}.example.com", free_port()) for number in range(slots)]
        routes = tuple(PublicRoute(place.public_url, f"http://127.0.0.1:{place.port}") for place in places)
        twilio = await stack.enter_async_context(
            TwilioState(TwilioOptions(numbers=(DEFAULT_NUMBER,), routes=routes))
        )
        twilio_url = await stack.enter_async_context(serve_app(create_twilio_app(twilio)))
        settings = {
            "HOST": "127.0.0.1",
            "API_KEYS": API_KEY,
            "TWILIO_ACCOUNT_SID": DEFAULT_ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": DEFAULT_AUTH_TOKEN,
            "TWILIO_PHONE_NUMBER": DEFAULT_NUMBER,
            "TWILIO_BASE_URL": twilio_url,
            "DEEPGRAM_API_KEY": "simulated",
            "DEEPGRAM_BASE_URL": deepgram,
            "OLLAMA_HOST": ollama,
            "DATA_FILE": str(folder / "agent"),
            "SPOOL_PATH": str(folder / "spool"),
            "MAX_CONCURRENT_CALLS": str(most_calls + 2),
            "RATE_LIMIT_PER_MINUTE": "0",
            "DRAIN_SECONDS": "1",
            "PYTHONPATH": str(REPOSITORY),
        }
        yield Site(folder, database_url, twilio, places, settings)


async def _vendor(stack: AsyncExitStack, folder: Path, name: str, arguments: Sequence[str]) -> str:
    port = free_port()
    home = folder / name
    home.mkdir()
    command = [sys.executable, "-m", "simulator", name, "--port", str(port), *arguments]
    settings = {"PYTHONPATH": str(REPOSITORY)}
    context = child_process(name, command, settings=settings, cwd=home, log=home / "log")
    process = await stack.enter_async_context(context)
    url = f"http://127.0.0.1:{port}"
    await process.wait_ready(f"{url}/simulator/state")
    return url
