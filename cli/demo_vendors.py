"""The demo's vendors: real ones where a key or a server is there, simulated ones on loopback where not."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx
from pydantic import BaseModel, ConfigDict

from cli.simulated_ollama import serve_simulated_ollama
from cli.vendors import VendorLine, VendorState, answers_as_simulator
from config.errors import ConfigurationError, VendorError
from config.settings import Settings
from simulator.deepgram.app import create_app as create_deepgram
from simulator.deepgram.options import DeepgramOptions
from simulator.hosting import serve_app
from simulator.ollama.models import canonical_name
from simulator.ollama.options import OllamaOptions

_PROBE_SECONDS = 2.0
_LOAD_SECONDS = 300.0
_ANY_KEY = "simulated"


@dataclass(frozen=True, slots=True)
class DemoVendor:
    """One vendor of the demo.

    Attributes:
        url: Where the server finds it.
        real: False for the simulator.
        detail: Why it is real or simulated, for the screen.
    """

    name: str
    url: str
    real: bool
    detail: str

    @property
    def line(self) -> VendorLine:
        """As it is printed."""
        return VendorLine(self.name, VendorState.REAL if self.real else VendorState.SIMULATED, self.detail)


@dataclass(frozen=True, slots=True)
class SpeechAndModel:
    """Deepgram and Ollama, whichever they are.

    Attributes:
        deepgram_key: For the server's settings.
    """

    deepgram: DemoVendor
    deepgram_key: str
    ollama: DemoVendor

    @property
    def predictable(self) -> bool:
        """True when both are simulated, so that every word is known beforehand."""
        return not (self.deepgram.real or self.ollama.real)


@asynccontextmanager
async def open_vendors(settings: Settings) -> AsyncIterator[SpeechAndModel]:
    """Choose, and serve what is simulated while the context lasts.

    Args:
        settings: The user's own: their keys and servers are used.

    Raises:
        ConfigurationError: A simulator did not start.
    """
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=_PROBE_SECONDS, trust_env=False))
        deepgram = await _deepgram(settings, http, stack)
        ollama = await _ollama(settings, http, stack)
        key = settings.deepgram_api_key
        yield SpeechAndModel(deepgram, key.get_secret_value() if key else _ANY_KEY, ollama)


async def load_model(settings: Settings) -> None:
    """Have the real Ollama read the model from disk, so that the first reply need not wait for it.

    Raises:
        ConfigurationError: It cannot, or takes minutes.
    """
    url = f"{settings.ollama_host}/api/generate"
    body = {"model": settings.ollama_model, "keep_alive": "10m"}
    try:
        async with httpx.AsyncClient(timeout=_LOAD_SECONDS, trust_env=False) as http:
            (await http.post(url, json=body, headers=settings.ollama_headers)).raise_for_status()
    except httpx.HTTPError as error:
        raise ConfigurationError(
            f"Ollama at {settings.ollama_host} could not load {settings.ollama_model} ({type(error).__name__}): "
            "try `ollama run` with it, or set OLLAMA_HOST to an address where no Ollama is for a simulated one."
        ) from error


async def written_replies(ollama_url: str) -> tuple[str, ...]:
    """Everything the simulated Ollama has written, whole, however little of it was heard.

    Raises:
        VendorError: It does not answer.
    """
    try:
        async with httpx.AsyncClient(timeout=_PROBE_SECONDS, trust_env=False) as http:
            response = (await http.get(f"{ollama_url}/simulator/state")).raise_for_status()
    except httpx.HTTPError as error:
        raise VendorError("ollama", "The simulated Ollama does not answer.") from error
    requests = _SimulatorState.model_validate_json(response.content).last_requests
    return tuple(request.reply for request in requests if request.reply)


def vendor_delays() -> dict[str, float]:
    """The simulated vendors' own time in a turn, by the latency's field, in milliseconds."""
    deepgram, ollama = DeepgramOptions(), OllamaOptions()
    return {
        "stt_ms": deepgram.stt_final_seconds * 1000,
        "llm_first_token_ms": ollama.first_token_seconds * 1000,
        "tts_first_byte_ms": deepgram.tts_first_byte_seconds * 1000,
    }


class _SimulatorRequest(BaseModel):
    model_config = ConfigDict(extra="ignore")

    reply: str = ""


class _SimulatorState(BaseModel):
    model_config = ConfigDict(extra="ignore")

    last_requests: tuple[_SimulatorRequest, ...]


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: str


class _Tags(BaseModel):
    model_config = ConfigDict(extra="ignore")

    models: tuple[_Model, ...]


async def _deepgram(settings: Settings, http: httpx.AsyncClient, stack: AsyncExitStack) -> DemoVendor:
    if settings.deepgram_api_key is None:
        url = await stack.enter_async_context(serve_app(create_deepgram(DeepgramOptions())))
        return DemoVendor("Deepgram", url, False, "DEEPGRAM_API_KEY is not set")
    url = settings.deepgram_http_url
    if await answers_as_simulator(url, http):
        return DemoVendor("Deepgram", url, False, f"DEEPGRAM_BASE_URL is the simulator at {url}")
    return DemoVendor("Deepgram", url, True, f"DEEPGRAM_API_KEY is set, {url}")


async def _ollama(settings: Settings, http: httpx.AsyncClient, stack: AsyncExitStack) -> DemoVendor:
    lacking = await _what_ollama_lacks(settings, http)
    if lacking is not None:
        url = await stack.enter_async_context(serve_simulated_ollama(settings.ollama_model))
        return DemoVendor("Ollama", url, False, lacking)
    url = settings.ollama_host
    if await answers_as_simulator(url, http):
        return DemoVendor("Ollama", url, False, f"OLLAMA_HOST is the simulator at {url}")
    return DemoVendor("Ollama", url, True, f"{settings.ollama_model} at {url}")


async def _what_ollama_lacks(settings: Settings, http: httpx.AsyncClient) -> str | None:
    """Why the Ollama that is configured cannot be used; None when it can."""
    try:
        tags = await http.get(f"{settings.ollama_host}/api/tags", headers=settings.ollama_headers)
        if tags.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            return f"Ollama at {settings.ollama_host} answered {tags.status_code}; check OLLAMA_API_KEY"
        response = tags.raise_for_status()
        names = {model.name for model in _Tags.model_validate_json(response.content).models}
    except (httpx.HTTPError, ValueError):
        return f"no Ollama at {settings.ollama_host}"
    if canonical_name(settings.ollama_model) in names:
        return None
    return f"Ollama at {settings.ollama_host} lacks the model: ollama pull {settings.ollama_model}"
