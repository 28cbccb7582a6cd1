"""The ASGI app of the stand-in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.ollama.control_routes import ControlRoutes
from simulator.ollama.embedding_routes import EmbeddingRoutes
from simulator.ollama.errors import OllamaError
from simulator.ollama.inference import Inference
from simulator.ollama.model_routes import ModelRoutes
from simulator.ollama.native_routes import NativeRoutes
from simulator.ollama.openai_encoding import openai_error
from simulator.ollama.openai_routes import OpenAiRoutes
from simulator.ollama.options import OllamaOptions
from simulator.ollama.streaming import native_error


def create_app(options: OllamaOptions | None = None) -> Starlette:
    """A server of its own: models, slots, faults and scripts are shared with no other app.

    Args:
        options: How it behaves; None takes the defaults.
    """
    inference = Inference(options or OllamaOptions())

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await inference.residency.close()

    groups = (ModelRoutes, NativeRoutes, EmbeddingRoutes, OpenAiRoutes, ControlRoutes)
    return Starlette(
        routes=[route for group in groups for route in group(inference).routes()],
        exception_handlers={OllamaError: _answer_error},
        lifespan=lifespan,
    )


async def _answer_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, OllamaError):
        raise error
    body = openai_error(error) if request.url.path.startswith("/v1/") else native_error(error)
    return JSONResponse(body, status_code=error.status)
