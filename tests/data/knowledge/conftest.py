"""One loaded model for all tests of this directory, since loading it takes ten seconds."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from data.knowledge.chroma_store import ChromaVectorStore
from data.knowledge.sentence_transformer_embedder import SentenceTransformerEmbedder
from data.knowledge.sentence_transformer_model import MINILM


@pytest.fixture(scope="session")
def embedder() -> Iterator[SentenceTransformerEmbedder]:
    """The real packaged model; it belongs to no event loop."""
    embedder = SentenceTransformerEmbedder(MINILM)
    yield embedder
    asyncio.run(embedder.close())


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[ChromaVectorStore]:
    """A real embedded Chroma in an empty directory."""
    store = ChromaVectorStore(tmp_path / "chroma", MINILM)
    yield store
    await store.close()
