"""`/`, `/api/version`, `/api/tags`, `/api/ps`, `/api/show` and `/api/pull`."""

import math
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import orjson
from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from simulator.ollama.errors import OllamaError
from simulator.ollama.inference import Inference
from simulator.ollama.json_types import JsonObject
from simulator.ollama.models import canonical_name
from simulator.ollama.native_routes import NDJSON
from simulator.ollama.requests import NamedModel, decode, parse
from simulator.ollama.residency import Resident

_MANIFEST_MISSING = "pull model manifest: file does not exist"
_FOR_EVER = timedelta(days=365 * 200)


class ModelRoutes:
    """What is known about models and the server."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def routes(self) -> list[Route]:
        """The routes."""
        return [
            Route("/", self.alive, methods=["GET"]),
            Route("/api/version", self.version, methods=["GET"]),
            Route("/api/tags", self.tags, methods=["GET"]),
            Route("/api/ps", self.ps, methods=["GET"]),
            Route("/api/show", self.show, methods=["POST"]),
            Route("/api/pull", self.pull, methods=["POST"]),
        ]

    async def alive(self, request: Request) -> Response:
        """`GET /` and `HEAD /`."""
        return PlainTextResponse("Ollama is running")

    async def version(self, request: Request) -> Response:
        """`GET /api/version`."""
        return JSONResponse({"version": self._inference.options.version})

    async def tags(self, request: Request) -> Response:
        """`GET /api/tags`: what is installed."""
        return JSONResponse({"models": [model.tag() for model in self._inference.installed.values()]})

    async def ps(self, request: Request) -> Response:
        """`GET /api/ps`: what is in memory."""
        return JSONResponse({"models": [_running(resident) for resident in self._inference.residency.loaded()]})

    async def show(self, request: Request) -> Response:
        """`POST /api/show`."""
        wanted = parse(NamedModel, decode(await request.body()))
        return JSONResponse(self._inference.model(wanted.model or wanted.name).show())

    async def pull(self, request: Request) -> Response:
        """`POST /api/pull`: installs a model of the library."""
        wanted = parse(NamedModel, decode(await request.body()))
        name = canonical_name(wanted.model or wanted.name)
        if wanted.stream is False:
            if name not in self._inference.library:
                raise OllamaError(500, _MANIFEST_MISSING)
            self._install(name)
            return JSONResponse({"status": "success"})
        return StreamingResponse(self._progress(name), media_type=NDJSON)

    def _install(self, name: str) -> None:
        self._inference.installed[name] = self._inference.library[name]

    async def _progress(self, name: str) -> AsyncIterator[bytes]:
        yield _line({"status": "pulling manifest"})
        model = self._inference.library.get(name)
        if model is None:
            yield _line({"error": _MANIFEST_MISSING})
            return
        digest = f"sha256:{model.digest}"
        part: JsonObject = {"status": f"pulling {model.digest[:12]}", "digest": digest, "total": model.size_bytes}
        yield _line(part)
        yield _line({**part, "completed": model.size_bytes // 2})
        yield _line({**part, "completed": model.size_bytes})
        yield _line({"status": "verifying sha256 digest"})
        yield _line({"status": "writing manifest"})
        self._install(name)
        yield _line({"status": "success"})


def _line(value: JsonObject) -> bytes:
    return orjson.dumps(value) + b"\n"


def _running(resident: Resident) -> JsonObject:
    model = resident.model
    left = resident.expires_at - time.monotonic()
    expires = datetime.now(UTC) + (_FOR_EVER if math.isinf(left) else timedelta(seconds=left))
    details: JsonValue = model.details()
    return {
        "name": model.name,
        "model": model.name,
        "size": model.size_bytes,
        "digest": model.digest,
        "details": details,
        "expires_at": expires.isoformat(),
        "size_vram": model.size_bytes,
        "context_length": resident.context_length,
    }
