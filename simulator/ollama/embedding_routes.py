"""`/api/embed` and the older `/api/embeddings`."""

import time

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.ollama.durations import keep_alive_seconds
from simulator.ollama.embeddings import embed
from simulator.ollama.inference import Inference
from simulator.ollama.requests import EmbeddingsRequest, EmbedRequest, decode, parse
from simulator.ollama.tokens import count


class EmbeddingRoutes:
    """Ollama's embedding endpoints. As on the real server, a chat model embeds too."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def routes(self) -> list[Route]:
        """The routes."""
        return [
            Route("/api/embed", self.embed, methods=["POST"]),
            Route("/api/embeddings", self.embeddings, methods=["POST"]),
        ]

    async def embed(self, request: Request) -> Response:
        """`POST /api/embed`: one or many texts."""
        begun = time.monotonic_ns()
        wanted = parse(EmbedRequest, decode(await request.body()))
        model = self._inference.model(wanted.model)
        texts = (wanted.input,) if isinstance(wanted.input, str) else wanted.input
        size = min(wanted.dimensions or model.embedding_length, model.embedding_length)
        keep_alive = keep_alive_seconds(wanted.keep_alive, self._inference.options.keep_alive_seconds)
        async with self._inference.residency.use(model, keep_alive):
            loaded = time.monotonic_ns()
            vectors: list[JsonValue] = [list[JsonValue](embed(text, size)) for text in texts if text]
        return JSONResponse(
            {
                "model": wanted.model,
                "embeddings": vectors,
                "total_duration": time.monotonic_ns() - begun,
                "load_duration": loaded - begun,
                "prompt_eval_count": sum(count(text) for text in texts),
            }
        )

    async def embeddings(self, request: Request) -> Response:
        """`POST /api/embeddings`: one text."""
        wanted = parse(EmbeddingsRequest, decode(await request.body()))
        model = self._inference.model(wanted.model)
        keep_alive = keep_alive_seconds(wanted.keep_alive, self._inference.options.keep_alive_seconds)
        async with self._inference.residency.use(model, keep_alive):
            vector = embed(wanted.prompt, model.embedding_length) if wanted.prompt else []
        return JSONResponse({"embedding": vector})
