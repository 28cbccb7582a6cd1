"""`/api/chat` and `/api/generate`."""

from collections.abc import Mapping

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.ollama.durations import keep_alive_seconds
from simulator.ollama.encoding import ChatEncoder, GenerateEncoder, now
from simulator.ollama.inference import Inference, Job
from simulator.ollama.json_types import JsonObject
from simulator.ollama.models import SimulatedModel
from simulator.ollama.replies import respond_with
from simulator.ollama.requests import ChatRequest, GenerateRequest, decode, parse
from simulator.ollama.responder.conversation import read_transcript
from simulator.ollama.responder.prompt import Prompt
from simulator.ollama.streaming import native_error

NDJSON = "application/x-ndjson"


class NativeRoutes:
    """Ollama's own generation endpoints."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def routes(self) -> list[Route]:
        """The routes."""
        return [
            Route("/api/chat", self.chat, methods=["POST"]),
            Route("/api/generate", self.generate, methods=["POST"]),
        ]

    async def chat(self, request: Request) -> Response:
        """`POST /api/chat`."""
        body = decode(await request.body())
        wanted = parse(ChatRequest, body)
        model = self._inference.model(wanted.model)
        keep_alive = self._keep_alive(wanted.keep_alive)
        if not wanted.messages and wanted.keep_alive is not None and keep_alive == 0:
            self._inference.residency.unload(model)
            return _silent({"message": {"role": "assistant", "content": ""}}, wanted.model, "unload")
        self._inference.require(
            model, wanted.model, tools=bool(wanted.tools), think=bool(wanted.think), task="chat"
        )
        if not wanted.messages:
            await self._load(model, keep_alive)
            return _silent({"message": {"role": "assistant", "content": ""}}, wanted.model, "load")
        prompt = Prompt(tuple(m.to_message() for m in wanted.messages), wanted.tools, wanted.format)
        job = Job(model, prompt, wanted.options, keep_alive, self._thinks(model, wanted.think))
        return self._respond(request, body, job, ChatEncoder, wanted)

    async def generate(self, request: Request) -> Response:
        """`POST /api/generate`."""
        body = decode(await request.body())
        wanted = parse(GenerateRequest, body)
        model = self._inference.model(wanted.model)
        keep_alive = self._keep_alive(wanted.keep_alive)
        if not wanted.prompt and wanted.keep_alive is not None and keep_alive == 0:
            self._inference.residency.unload(model)
            return _silent({"response": ""}, wanted.model, "unload")
        self._inference.require(model, wanted.model, tools=False, think=bool(wanted.think), task="generate")
        if not wanted.prompt:
            await self._load(model, keep_alive)
            return _silent({"response": ""}, wanted.model, "load")
        prompt = Prompt(read_transcript(wanted.prompt, wanted.system), (), wanted.format)
        job = Job(model, prompt, wanted.options, keep_alive, self._thinks(model, wanted.think))
        return self._respond(request, body, job, GenerateEncoder, wanted)

    def _respond(
        self,
        request: Request,
        body: Mapping[str, JsonValue],
        job: Job,
        encoder: type[ChatEncoder] | type[GenerateEncoder],
        wanted: ChatRequest | GenerateRequest,
    ) -> Response:
        entry = self._inference.ledger.open(request.url.path, body)
        return respond_with(
            self._inference,
            job,
            entry,
            encoder(wanted.model, entry.number),
            stream=wanted.stream is not False,
            stream_type=NDJSON,
            error_body=native_error,
        )

    def _keep_alive(self, value: JsonValue) -> float:
        return keep_alive_seconds(value, self._inference.options.keep_alive_seconds)

    def _thinks(self, model: SimulatedModel, wanted: bool | str | None) -> bool:
        return "thinking" in model.capabilities and wanted is not False

    async def _load(self, model: SimulatedModel, keep_alive: float) -> None:
        async with self._inference.residency.use(model, keep_alive):
            pass


def _silent(content: JsonObject, model: str, reason: str) -> Response:
    body: JsonObject = {"model": model, "created_at": now(), **content, "done": True, "done_reason": reason}
    return JSONResponse(body)
