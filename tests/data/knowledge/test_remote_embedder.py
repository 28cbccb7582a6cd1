"""Embeddings from Ollama and from OpenAI, as their documentation has them."""

import json

import httpx
import numpy as np
import pytest

from config.errors import VendorError
from config.setting_groups import EmbedProvider
from config.settings import Settings
from data.knowledge.embedding_endpoint import EmbeddingEndpoint, OllamaEndpoint, OpenAIEndpoint
from data.knowledge.factory import build_embedder
from data.knowledge.remote_embedder import DOCUMENT_BATCH, RemoteEmbedder


class Vendor:
    """Answers like both of them: the vector of a text is its length and 1. Fails when told to."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.failures: list[int] = []
        self.answer: dict[str, object] | None = None

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._handle))

    def texts(self, number: int = -1) -> list[str]:
        texts: list[str] = json.loads(self.requests[number].content)["input"]
        return texts

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.failures:
            return httpx.Response(self.failures.pop(0))
        if self.answer is not None:
            return httpx.Response(200, json=self.answer)
        vectors = [[float(len(text)), 1.0] for text in self.texts()]
        if request.url.path == "/api/embed":
            return httpx.Response(200, json={"model": "m", "embeddings": vectors})
        data = [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(vectors)]
        return httpx.Response(200, json={"object": "list", "data": data[::-1], "model": "m"})


def endpoints(vendor: Vendor) -> tuple[EmbeddingEndpoint, EmbeddingEndpoint]:
    return (
        OllamaEndpoint("http://ollama:11434", "nomic-embed-text", vendor.client()),
        OpenAIEndpoint("https://api.example/v1/", "sk-1", "text-embedding-3-small", vendor.client()),
    )


@pytest.mark.parametrize("which", [0, 1])
async def test_documents_come_back_in_order_and_of_length_one(which: int) -> None:
    vendor = Vendor()
    embedder = RemoteEmbedder(endpoints(vendor)[which])
    texts = ["x" * number for number in range(1, DOCUMENT_BATCH + 3)]
    vectors = await embedder.embed(texts)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
    assert vectors[:, 0] / vectors[:, 1] == pytest.approx(range(1, DOCUMENT_BATCH + 3), rel=1e-4)
    assert [len(vendor.texts(number)) for number in range(2)] == [DOCUMENT_BATCH, 2]
    assert (await embedder.embed([])).shape == (0, 0)
    await embedder.close()


async def test_each_vendor_is_asked_in_its_own_way() -> None:
    vendor = Vendor()
    ollama, openai = (RemoteEmbedder(endpoint) for endpoint in endpoints(vendor))
    assert (ollama.model_name, openai.model_name) == ("ollama/nomic-embed-text", "openai/text-embedding-3-small")
    await ollama.warm()
    assert vendor.requests[-1].url == "http://ollama:11434/api/embed"
    await openai.warm()
    assert vendor.requests[-1].url == "https://api.example/v1/embeddings"
    assert vendor.requests[-1].headers["authorization"] == "Bearer sk-1"


async def test_an_ollama_that_wants_a_key_gets_it() -> None:
    vendor = Vendor()
    headers = Settings.model_validate({"ollama_api_key": "a-key"}).ollama_headers
    embedder = RemoteEmbedder(OllamaEndpoint("http://ollama:11434", "nomic-embed-text", vendor.client(), headers))
    await embedder.warm()
    assert vendor.requests[-1].headers["authorization"] == "Bearer a-key"


async def test_a_question_is_asked_once() -> None:
    vendor = Vendor()
    embedder = RemoteEmbedder(endpoints(vendor)[0])
    first, other = await embedder.embed_queries(["How much?", "  How  much? "])
    assert vendor.texts() == ["How much?"]
    again = await embedder.embed_query("How much?")
    assert (first == other).all()
    assert (again == first).all()
    assert len(vendor.requests) == 1
    with pytest.raises(ValueError, match="read-only"):
        again[0] = 5


async def test_documents_are_tried_again_and_questions_are_not() -> None:
    vendor = Vendor()
    embedder = RemoteEmbedder(endpoints(vendor)[1], first_pause_seconds=0)
    vendor.failures = [500, 429]
    assert len(await embedder.embed(["a"])) == 1
    for failures in ([500, 500, 500], [401]):
        vendor.failures = list(failures)
        with pytest.raises(VendorError) as error:
            await embedder.embed(["a"])
        assert vendor.failures == []
        assert error.value.permanent is (failures == [401])
    vendor.failures = [503]
    with pytest.raises(VendorError, match="503"):
        await embedder.embed_query("a")


@pytest.mark.parametrize("answer", [{}, {"embeddings": [], "data": []}, {"embeddings": [[]], "data": "none"}])
async def test_something_else_than_vectors_is_a_failure(answer: dict[str, object]) -> None:
    vendor = Vendor()
    vendor.answer = answer
    for endpoint in endpoints(vendor):
        with pytest.raises(VendorError, match="did not answer with embeddings"):
            await RemoteEmbedder(endpoint).embed_query("a")


async def test_the_setting_chooses_who_embeds() -> None:
    names = {}
    for provider in (EmbedProvider.OLLAMA, EmbedProvider.OPENAI):
        embedder = build_embedder(
            Settings(_env_file=None, embed_provider=provider, embed_model="m", openai_api_key="sk")
        )
        names[provider] = embedder.model_name
        await embedder.close()
    assert names == {EmbedProvider.OLLAMA: "ollama/m", EmbedProvider.OPENAI: "openai/m"}


async def test_a_vendor_that_is_away_at_the_start_is_no_reason_not_to_start() -> None:
    vendor = Vendor()
    vendor.failures = [503]
    embedder = RemoteEmbedder(endpoints(vendor)[0])
    await embedder.warm()
    assert (await embedder.embed_query("now")).shape == (2,)
    await embedder.close()
