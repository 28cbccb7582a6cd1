"""What a measurement runs against: simulated vendors, the server under test, and the telephone network.

Vendors and server are processes of their own, as in real life, so that the server's CPU time and memory are only
the server's. The callers are in this process, which is given priority: figures are worth what its clock is worth.
"""

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bench.child_process import ChildProcess, child_process, free_port
from bench.shop import FACT_COUNT, write_organization
from bench.vendor_delays import VendorDelays
from config.errors import ConfigurationError
from config.settings import load_settings
from data.agent_config import DEFAULT_MODEL, DEFAULT_VOICE
from simulator.hosting import serve_app
from simulator.twilio.app import create_app as create_twilio_app
from simulator.twilio.options import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, DEFAULT_NUMBER, TwilioOptions
from simulator.twilio.routes import PublicRoute
from simulator.twilio.state import TwilioState

REPOSITORY = Path(__file__).resolve().parent.parent
_PUBLIC_URL = "https://agent.example.com"
_API_KEY = "bench-key"
_GENERATOR_NICENESS = -10
_REGISTRATION_SECONDS = 120.0
_TEXTS_A_REQUEST = 500
_READY_SECONDS = 120.0
_READING_SECONDS = 0.3
"""For each fact of the documents: several times what reading and embedding it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentOptions:
    """What to measure.

    Attributes:
        most_calls: Calls at once that everything must have room for.
        server: URL of a running server that shares this checkout's settings; None starts one.
        server_pid: The running server's process, for its CPU time and memory; None leaves them out.
        delays: Of the vendors that are started here.
        facts: At least so many in the documents of the agent of a server that is started here.
        stock: Start pipecat's stock bot (`bench/stock_bot.py`) in the product's place.
    """

    most_calls: int
    server: str | None = None
    server_pid: int | None = None
    delays: VendorDelays = field(default_factory=VendorDelays)
    facts: int = FACT_COUNT
    stock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A server that can be called, and the network to call it over.

    Attributes:
        server_url: Where its REST API is.
        server_pid: Its process; None if unknown.
        vendor_pids: The simulated vendors' processes, by name; empty for a running server's.
        api_key: Opens the REST API.
        public_url: Its address as Twilio knows it.
        number: Its telephone number.
        twilio: The telephone network.
        deepgram_url: The simulated recogniser, which must be told what it will hear; None for a real one.
        delays: The vendors' own time; None if unknown.
        ollama_url: The simulated model, which can be told what to say; None for a real one.
        is_stock: It is the stock bot that is called: it gives the model no documents, and nobody can read over
            REST what came of its calls.
    """

    server_url: str
    server_pid: int | None
    vendor_pids: dict[str, int]
    api_key: str
    public_url: str
    number: str
    twilio: TwilioState
    deepgram_url: str | None
    delays: VendorDelays | None
    ollama_url: str | None
    is_stock: bool = False

    async def script(self, replies: Mapping[str, str]) -> None:
        """Tell the model what to answer to which words, and forget what it was told before; not a real one.

        Raises:
            httpx.HTTPError: It was not told.
        """
        if self.ollama_url is None:
            return
        scripts = [{"match": re.escape(words.rstrip(".?")), "text": reply} for words, reply in replies.items()]
        async with httpx.AsyncClient(timeout=_REGISTRATION_SECONDS, trust_env=False) as client:
            response = await client.post(f"{self.ollama_url}/simulator/script", json={"scripts": scripts})
            response.raise_for_status()

    async def register(self, texts: tuple[str, ...], voice: str) -> None:
        """Tell the recogniser what callers are going to say; nothing to do for a real one.

        Raises:
            httpx.HTTPError: It was not told: it would be deaf to the callers.
        """
        if self.deepgram_url is None:
            return
        async with httpx.AsyncClient(timeout=_REGISTRATION_SECONDS, trust_env=False) as client:
            for start in range(0, len(texts), _TEXTS_A_REQUEST):
                body = {"texts": texts[start : start + _TEXTS_A_REQUEST], "voices": [voice]}
                response = await client.post(f"{self.deepgram_url}/simulator/utterances", json=body)
                response.raise_for_status()


@asynccontextmanager
async def open_environment(options: EnvironmentOptions) -> AsyncIterator[Environment]:
    """Start what is needed, or find what is running; ends what it started.

    Raises:
        ConfigurationError: A process did not start, or the running server's settings are not enough to call it.
    """
    async with AsyncExitStack() as stack:
        if options.server is None:
            environment = await _start(stack, options)
        else:
            environment = await _attach(stack, options, options.server)
        raise_priority()
        yield environment


def raise_priority() -> None:
    """Let the callers' clock go before other processes, where that is permitted (as root)."""
    with contextlib.suppress(PermissionError, AttributeError):
        # Children are started before, and keep the usual priority.
        os.setpriority(os.PRIO_PROCESS, 0, _GENERATOR_NICENESS)


async def _start(stack: AsyncExitStack, options: EnvironmentOptions) -> Environment:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
    write_organization(folder / "organization", options.facts)
    # Every call may have one reply running and one that was just given up.
    ollama_arguments = options.delays.ollama_arguments(2 * options.most_calls + 2)
    deepgram, deepgram_url = await _vendor(stack, folder, "deepgram", options.delays.deepgram_arguments())
    ollama, ollama_url = await _vendor(stack, folder, "ollama", ollama_arguments)
    port = free_port()
    server_url = f"http://127.0.0.1:{port}"
    twilio, twilio_url = await _telephone_network(
        stack,
        TwilioOptions(numbers=(DEFAULT_NUMBER,), routes=(PublicRoute(_PUBLIC_URL, server_url),)),
    )
    settings = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": _PUBLIC_URL,
        "API_KEYS": _API_KEY,
        "TWILIO_ACCOUNT_SID": DEFAULT_ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": DEFAULT_AUTH_TOKEN,
        "TWILIO_PHONE_NUMBER": DEFAULT_NUMBER,
        "TWILIO_BASE_URL": twilio_url,
        "DEEPGRAM_API_KEY": "simulated",
        "DEEPGRAM_BASE_URL": deepgram_url,
        "OLLAMA_HOST": ollama_url,
        "DATA_FILE": str(folder / "organization"),
        "MAX_CONCURRENT_CALLS": str(options.most_calls + 2),
        "RATE_LIMIT_PER_MINUTE": "0",
        "DRAIN_SECONDS": "1",
    }
    command = _stock_command(settings) if options.stock else _server_command()
    server = await _child(stack, folder, "server", command, settings)
    ready_seconds = _READY_SECONDS + options.facts * _READING_SECONDS
    await server.wait_ready(f"{server_url}/health/ready", timeout=ready_seconds)
    return Environment(
        server_url=server_url,
        server_pid=server.pid,
        vendor_pids={"deepgram": deepgram.pid, "ollama": ollama.pid},
        api_key=_API_KEY,
        public_url=_PUBLIC_URL,
        number=DEFAULT_NUMBER,
        twilio=twilio,
        deepgram_url=deepgram_url,
        delays=options.delays,
        ollama_url=ollama_url,
        is_stock=options.stock,
    )


async def _attach(stack: AsyncExitStack, options: EnvironmentOptions, server_url: str) -> Environment:
    settings = load_settings(REPOSITORY / ".env")
    needed = {
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token,
        "TWILIO_PHONE_NUMBER": settings.twilio_phone_number,
        "PUBLIC_URL": settings.public_url,
        "API_KEYS": settings.api_keys,
    }
    missing = [name for name, value in needed.items() if not value]
    rest = urlsplit(settings.twilio_base_url)
    if missing:
        raise ConfigurationError(f"To call a running server, set as it has them: {', '.join(missing)}.")
    if rest.hostname not in ("127.0.0.1", "localhost") or rest.port is None:
        raise ConfigurationError(
            "A server that is called from here must hang up here: start it with TWILIO_BASE_URL naming a free "
            "loopback port, such as http://127.0.0.1:9100, and set the same for the bench."
        )
    # By `missing` above.
    assert settings.twilio_account_sid is not None
    assert settings.twilio_auth_token is not None
    assert settings.twilio_phone_number is not None
    assert settings.public_url is not None
    twilio, _ = await _telephone_network(
        stack,
        TwilioOptions(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            numbers=(settings.twilio_phone_number,),
            routes=(PublicRoute(settings.public_url, server_url),),
        ),
        port=rest.port,
    )
    return Environment(
        server_url=server_url.rstrip("/"),
        server_pid=options.server_pid,
        vendor_pids={},
        api_key=settings.api_keys[0].get_secret_value(),
        public_url=settings.public_url,
        number=settings.twilio_phone_number,
        twilio=twilio,
        deepgram_url=await _simulated(settings.deepgram_http_url),
        delays=None,
        ollama_url=await _simulated(settings.ollama_host),
    )


async def _vendor(
    stack: AsyncExitStack, folder: Path, name: str, arguments: list[str]
) -> tuple[ChildProcess, str]:
    port = free_port()
    command = [sys.executable, "-m", "simulator", name, "--port", str(port), *arguments]
    child = await _child(stack, folder, name, command, {})
    url = f"http://127.0.0.1:{port}"
    await child.wait_ready(f"{url}/simulator/state")
    return child, url


async def _child(
    stack: AsyncExitStack, folder: Path, name: str, command: list[str], settings: dict[str, str]
) -> ChildProcess:
    home = folder / name
    home.mkdir()
    # `-m simulator` is found from the checkout, although the process runs in a folder of its own.
    settings = {**settings, "PYTHONPATH": str(REPOSITORY)}
    context = child_process(name, command, settings=settings, cwd=home, log=folder / f"{name}.log")
    return await stack.enter_async_context(context)


async def _telephone_network(
    stack: AsyncExitStack, options: TwilioOptions, port: int = 0
) -> tuple[TwilioState, str]:
    state = await stack.enter_async_context(TwilioState(options))
    return state, await stack.enter_async_context(serve_app(create_twilio_app(state), port=port))


async def _simulated(vendor_url: str) -> str | None:
    """The URL if a simulator is there, which can be told what it will hear or say."""
    async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
        try:
            answer = await client.get(f"{vendor_url}/simulator/state")
        except httpx.HTTPError:
            return None
    return vendor_url if answer.is_success else None


def _server_command() -> list[str]:
    return [sys.executable, str(REPOSITORY / "run_bot.py"), "serve"]


def _stock_command(settings: Mapping[str, str]) -> list[str]:
    arguments = {
        "--port": settings["PORT"],
        "--stream-url": f"{settings['PUBLIC_URL'].replace('http', 'ws', 1)}/media-stream",
        "--deepgram-url": settings["DEEPGRAM_BASE_URL"],
        "--ollama-url": settings["OLLAMA_HOST"],
        "--twilio-url": settings["TWILIO_BASE_URL"],
        "--account-sid": settings["TWILIO_ACCOUNT_SID"],
        "--auth-token": settings["TWILIO_AUTH_TOKEN"],
        "--model": DEFAULT_MODEL,
        "--voice": DEFAULT_VOICE,
    }
    return [sys.executable, "-m", "bench.stock_bot", *(word for pair in arguments.items() for word in pair)]
