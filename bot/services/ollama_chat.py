"""Ollama as the chat model, over its native `/api/chat`.

The native interface rather than the OpenAI-compatible one, because only it takes `keep_alive`, `num_ctx`
and `think`, reports load and evaluation times, and is not read one tool call a chunk. Replies come by
`OllamaStream`, everything else by the `ollama` client. Protocol:
https://github.com/ollama/ollama/blob/main/docs/api.md
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from enum import StrEnum

import aiohttp
import httpx
import ollama
from loguru import logger
from pydantic import JsonValue

from bot.chat_model import ChatChunk, ChatMessage, ChatRequest, ToolSchema
from bot.services.ollama_lines import read_line
from bot.services.ollama_stream import OllamaStream
from config.errors import VendorError
from config.settings import Settings

INTER_TOKEN_SECONDS = 4.0
"""Longest silence of the model in the middle of a reply."""
_CONNECT_DEADLINE = 2.0
_QUESTION_DEADLINE = 3.0
"""Seconds for the small requests (`/api/show`, `/api/ps`)."""
_LOAD_DEADLINE = 120.0
"""Seconds for reading a model from disk; 70B models on slow disks take over a minute."""
_CAPABILITIES_TTL = 300.0
_UNREACHABLE = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    httpx.ConnectError,
    httpx.ConnectTimeout,
    ConnectionError,
)


class ModelState(StrEnum):
    """How ready a model is."""

    READY = "ready"
    NOT_LOADED = "not_loaded"
    MISSING = "missing"
    UNREACHABLE = "unreachable"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class ModelHealth:
    """Answer to a health check: the state, and one sentence that says what to do about it."""

    state: ModelState
    message: str

    @property
    def is_usable(self) -> bool:
        """True when a call can be answered (a model that is not loaded yet only costs time)."""
        return self.state in (ModelState.READY, ModelState.NOT_LOADED)


class OllamaChatModel:
    """`ChatModel` on shared connections; make one per process and `close()` it.

    Args:
        host: The URL of Ollama.
        first_token_deadline: Seconds from the request to the first text or tool call.
        inter_token_deadline: Longest silence, in seconds, between two chunks after that.
        keep_alive: How long Ollama keeps the model in memory after a request (Go duration or seconds).
        headers: Sent with every request, such as a key.
    """

    def __init__(
        self,
        host: str,
        *,
        first_token_deadline: float,
        inter_token_deadline: float,
        keep_alive: str | float = "30m",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._host = host
        self._first_token_deadline = first_token_deadline
        self._inter_token_deadline = inter_token_deadline
        self._keep_alive = keep_alive
        connecting = min(_CONNECT_DEADLINE, first_token_deadline)
        # Reads are bounded here by deadlines of our own, which know the first token from the later ones.
        self._replies = OllamaStream(host, headers or {}, connecting)
        timeout = httpx.Timeout(None, connect=connecting)
        self._client = ollama.AsyncClient(host=host, timeout=timeout, headers=headers)
        self._capabilities: dict[str, tuple[float, frozenset[str]]] = {}

    @classmethod
    def of(cls, settings: Settings) -> "OllamaChatModel":
        """The one that the settings name."""
        return cls(
            settings.ollama_host,
            first_token_deadline=settings.llm_timeout_sec,
            inter_token_deadline=INTER_TOKEN_SECONDS,
            headers=settings.ollama_headers,
        )

    async def close(self) -> None:
        """Close every connection; running streams end with an error."""
        await self._replies.close()
        await self._client.close()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """See `ChatModel.stream`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._first_token_deadline
        speaking = False
        with self._vendor_errors(request.model):
            async with aclosing(self._replies.lines(self._body(request))) as lines:
                while True:
                    async with asyncio.timeout_at(deadline):
                        line = await anext(lines, None)
                    if line is None:
                        raise VendorError("ollama", "Ollama broke the reply off before its end.")
                    chunk = read_line(line)
                    speaking = speaking or bool(chunk.text or chunk.tool_calls)
                    yield chunk
                    if speaking:
                        deadline = loop.time() + self._inter_token_deadline
                    if chunk.done:
                        await anext(lines, None)  # lets the stream keep its connection
                        return

    def _body(self, request: ChatRequest) -> dict[str, JsonValue]:
        return {
            "model": request.model,
            "messages": [_message(message) for message in request.messages],
            "tools": [_tool(schema) for schema in request.tools],
            "stream": True,
            # A caller cannot wait for a chain of thought; models without one ignore this.
            "think": False,
            "options": _options(request),
            "keep_alive": self._keep_alive,
        }

    async def capabilities(self, model: str) -> frozenset[str]:
        """What the model can do (`completion`, `tools`, `thinking`, …), remembered for five minutes.

        Raises:
            VendorError: Ollama does not know the model (permanent) or cannot be asked.
        """
        known = self._capabilities.get(model)
        if known is not None and time.monotonic() - known[0] < _CAPABILITIES_TTL:
            return known[1]
        with self._vendor_errors(model):
            async with asyncio.timeout(_QUESTION_DEADLINE):
                shown = await self._client.show(model)
        found = frozenset(shown.capabilities or ())
        self._capabilities[model] = (time.monotonic(), found)
        return found

    async def check(self, model: str) -> ModelHealth:
        """Ask whether `model` could answer now; never raises for what Ollama does."""
        try:
            with self._vendor_errors(model):
                async with asyncio.timeout(_QUESTION_DEADLINE):
                    await self._client.show(model)
                    running = await self._client.ps()
        except VendorError as error:
            return ModelHealth(_state_of(error), error.message)
        wanted = _with_tag(model)
        if any(wanted in (loaded.model, loaded.name) for loaded in running.models):
            return ModelHealth(ModelState.READY, f"{model} is loaded.")
        return ModelHealth(
            ModelState.NOT_LOADED, f"{model} is installed but not in memory; the next reply loads it first."
        )

    async def warm(self, model: str, *, num_ctx: int | None = None) -> None:
        """Load `model` into Ollama's memory, so that the first caller does not wait for it.

        Args:
            model: Its name.
            num_ctx: The context window that calls will ask for; with another one Ollama would load it again.

        Raises:
            VendorError: It could not be loaded.
        """
        began = time.monotonic()
        options = {"num_ctx": num_ctx} if num_ctx else None
        with self._vendor_errors(model):
            async with asyncio.timeout(_LOAD_DEADLINE):
                # An empty prompt is Ollama's documented way to load a model and generate nothing.
                await self._client.generate(model=model, prompt="", options=options, keep_alive=self._keep_alive)
        logger.bind(model=model, seconds=round(time.monotonic() - began, 2)).info("Language model is warm")

    @contextmanager
    def _vendor_errors(self, model: str) -> Iterator[None]:
        """Translate whatever Ollama, its client or the network raises into a `VendorError`."""
        try:
            yield
        except ollama.ResponseError as error:
            raise _response_error(error, model) from error
        except _UNREACHABLE as error:
            raise _UnreachableError(
                "ollama", f"Ollama cannot be reached at {self._host}; start it with: ollama serve"
            ) from error
        except TimeoutError as error:
            raise VendorError(
                "ollama", f"Ollama at {self._host} did not answer in time; it may be loading or overloaded."
            ) from error
        except (httpx.HTTPError, aiohttp.ClientError) as error:
            raise VendorError("ollama", f"The connection to Ollama broke ({type(error).__name__}).") from error
        except ValueError as error:  # a line that is no JSON, or JSON that is no reply
            raise VendorError("ollama", "Ollama sent a reply that cannot be read.") from error


class _UnreachableError(VendorError):
    """Nothing listens there."""


class _ModelMissingError(VendorError):
    """Ollama runs, without this model."""


def _state_of(error: VendorError) -> ModelState:
    if isinstance(error, _ModelMissingError):
        return ModelState.MISSING
    return ModelState.UNREACHABLE if isinstance(error, _UnreachableError) else ModelState.FAILING


def _response_error(error: ollama.ResponseError, model: str) -> VendorError:
    if error.status_code == httpx.codes.NOT_FOUND:
        return _ModelMissingError(
            "ollama",
            f"Ollama does not have the model {model}; get it with: ollama pull {model}",
            permanent=True,
        )
    transient = error.status_code in (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS)
    permanent = httpx.codes.is_client_error(error.status_code) and not transient
    reason = " ".join(str(error.error).split())[:200]
    advice = "; check OLLAMA_API_KEY" if error.status_code == httpx.codes.UNAUTHORIZED else ""
    return VendorError("ollama", f"Ollama refused or failed: {reason}{advice}", permanent=permanent)


def _with_tag(model: str) -> str:
    """Ollama lists a model named without a tag as `:latest`."""
    return model if ":" in model.rsplit("/", 1)[-1] else f"{model}:latest"


def _message(message: ChatMessage) -> dict[str, JsonValue]:
    sent: dict[str, JsonValue] = {"role": message.role.value, "content": message.content}
    if message.tool_calls:
        sent["tool_calls"] = [
            {"function": {"name": call.name, "arguments": call.arguments}} for call in message.tool_calls
        ]
    if message.tool_name is not None:
        sent["tool_name"] = message.tool_name
    return sent


def _tool(schema: ToolSchema) -> dict[str, JsonValue]:
    return {
        "type": "function",
        "function": {
            "name": schema.name,
            "description": schema.description,
            "parameters": schema.parameters,
        },
    }


def _options(request: ChatRequest) -> dict[str, JsonValue]:
    options: dict[str, JsonValue] = {"temperature": request.temperature}
    if request.num_predict >= 0:
        options["num_predict"] = request.num_predict
    if request.num_ctx is not None:
        options["num_ctx"] = request.num_ctx
    if request.stop:
        options["stop"] = list(request.stop)
    return options
