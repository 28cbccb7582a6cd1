"""Embeddings over HTTP: Ollama's and OpenAI's ways to ask for the same thing.

Sources: https://github.com/ollama/ollama/blob/main/docs/api.md (`POST /api/embed`) and
https://platform.openai.com/docs/api-reference/embeddings (`POST /v1/embeddings`).
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import httpx
import numpy as np
from pydantic import BaseModel, TypeAdapter

from config.errors import VendorError
from data.knowledge.embedder import Embeddings

_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


class EmbeddingEndpoint(Protocol):
    """One vendor's embeddings."""

    @property
    def model_name(self) -> str:
        """Vendor and model, as stored beside the vectors."""
        ...

    async def fetch(self, texts: Sequence[str]) -> Embeddings:
        """Vectors of texts, in order, as the vendor gives them.

        Raises:
            VendorError: It failed, refused, or answered something else.
        """
        ...

    async def close(self) -> None:
        """Close the connections; safe to call twice."""
        ...


class _OllamaAnswer(BaseModel):
    embeddings: list[list[float]]


class _OpenAIVector(BaseModel):
    index: int
    embedding: list[float]


class _OpenAIAnswer(BaseModel):
    data: list[_OpenAIVector]


_OLLAMA_ANSWER = TypeAdapter(_OllamaAnswer)
_OPENAI_ANSWER = TypeAdapter(_OpenAIAnswer)


class OllamaEndpoint:
    """Ollama's `/api/embed`.

    Args:
        host: `OLLAMA_HOST`.
        model: Such as `nomic-embed-text`; it has to be pulled.
        client: For the requests; closed by `close`.
        headers: Sent with every request, such as a key.
    """

    def __init__(
        self, host: str, model: str, client: httpx.AsyncClient, headers: Mapping[str, str] | None = None
    ) -> None:
        self._headers = dict(headers or {})
        self._url = f"{host.rstrip('/')}/api/embed"
        self._model = model
        self._client = client

    @property
    def model_name(self) -> str:
        """Vendor and model."""
        return f"ollama/{self._model}"

    async def fetch(self, texts: Sequence[str]) -> Embeddings:
        """See `EmbeddingEndpoint.fetch`."""
        body: dict[str, object] = {
            "model": self._model,
            "input": list(texts),
            "truncate": True,
            "keep_alive": "30m",
        }
        answer = await _post(self._client, "ollama", self._url, body, self._headers)
        try:
            return _matrix(_OLLAMA_ANSWER.validate_json(answer).embeddings, len(texts))
        except ValueError as error:
            raise VendorError("ollama", "Ollama did not answer with embeddings.") from error

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class OpenAIEndpoint:
    """OpenAI's `/v1/embeddings`, or that of a server that speaks like it.

    Args:
        base_url: `OPENAI_BASE_URL`, with `/v1`.
        api_key: `OPENAI_API_KEY`.
        model: `text-embedding-3-small`, `text-embedding-3-large`, `text-embedding-ada-002`.
        client: For the requests; closed by `close`.
    """

    def __init__(self, base_url: str, api_key: str, model: str, client: httpx.AsyncClient) -> None:
        self._url = f"{base_url.rstrip('/')}/embeddings"
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._model = model
        self._client = client

    @property
    def model_name(self) -> str:
        """Vendor and model."""
        return f"openai/{self._model}"

    async def fetch(self, texts: Sequence[str]) -> Embeddings:
        """See `EmbeddingEndpoint.fetch`."""
        body: dict[str, object] = {"model": self._model, "input": list(texts), "encoding_format": "float"}
        answer = await _post(self._client, "openai", self._url, body, self._headers)
        try:
            vectors = sorted(_OPENAI_ANSWER.validate_json(answer).data, key=lambda vector: vector.index)
            return _matrix([vector.embedding for vector in vectors], len(texts))
        except ValueError as error:
            raise VendorError("openai", "OpenAI did not answer with embeddings.") from error

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


async def _post(
    client: httpx.AsyncClient, vendor: str, url: str, body: dict[str, object], headers: dict[str, str]
) -> bytes:
    try:
        response = await client.post(url, json=body, headers=headers)
    except httpx.HTTPError as error:
        raise VendorError(vendor, f"{vendor} cannot be reached for embeddings: {type(error).__name__}.") from error
    if response.is_success:
        return response.content
    passing = response.status_code == _TOO_MANY_REQUESTS or response.status_code >= _SERVER_ERROR
    raise VendorError(vendor, f"{vendor} refused to embed: status {response.status_code}.", permanent=not passing)


def _matrix(vectors: list[list[float]], count: int) -> Embeddings:
    """The vectors as an array; ValueError if there are not as many as texts, of one size."""
    matrix = np.array(vectors, dtype=np.float32)
    if matrix.ndim != 2 or len(matrix) != count or matrix.shape[1] == 0:
        raise ValueError("not one vector for each text")
    return matrix
