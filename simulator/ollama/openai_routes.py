"""`/v1/chat/completions` and `/v1/models`."""

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.ollama.inference import Inference, Job
from simulator.ollama.json_types import JsonObject
from simulator.ollama.models import MODIFIED_AT_EPOCH
from simulator.ollama.openai_encoding import OpenAiEncoder, openai_error
from simulator.ollama.openai_requests import OpenAiChatRequest, to_messages
from simulator.ollama.replies import respond_with
from simulator.ollama.requests import decode, parse
from simulator.ollama.responder.prompt import Prompt


class OpenAiRoutes:
    """The OpenAI-compatible endpoints."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def routes(self) -> list[Route]:
        """The routes."""
        return [
            Route("/v1/chat/completions", self.complete, methods=["POST"]),
            Route("/v1/models", self.models, methods=["GET"]),
            Route("/v1/models/{model:path}", self.model, methods=["GET"]),
        ]

    async def complete(self, request: Request) -> Response:
        """`POST /v1/chat/completions`."""
        body = decode(await request.body())
        wanted = parse(OpenAiChatRequest, body)
        model = self._inference.model(wanted.model)
        effort = wanted.reasoning_effort
        wants_thinking = effort not in (None, "", "none")
        self._inference.require(model, wanted.model, tools=bool(wanted.tools), think=wants_thinking, task="chat")
        prompt = Prompt(to_messages(wanted.messages), wanted.tools, wanted.output_format())
        thinks = "thinking" in model.capabilities and effort != "none"
        job = Job(model, prompt, wanted.sampling(), self._inference.options.keep_alive_seconds, thinks)
        entry = self._inference.ledger.open(request.url.path, body)
        include_usage = wanted.stream_options is not None and wanted.stream_options.include_usage
        return respond_with(
            self._inference,
            job,
            entry,
            OpenAiEncoder(wanted.model, entry.number, include_usage=include_usage),
            stream=wanted.stream,
            stream_type="text/event-stream",
            error_body=openai_error,
        )

    async def models(self, request: Request) -> Response:
        """`GET /v1/models`."""
        listed: list[JsonValue] = [_model(name) for name in self._inference.installed]
        return JSONResponse({"object": "list", "data": listed})

    async def model(self, request: Request) -> Response:
        """`GET /v1/models/{id}`."""
        name: str = request.path_params["model"]
        self._inference.model(name)
        return JSONResponse(_model(name))


def _model(name: str) -> JsonObject:
    return {"id": name, "object": "model", "created": MODIFIED_AT_EPOCH, "owned_by": "library"}
