"""One loaded model and one Chroma server for all tests of this directory, since starting them takes seconds."""

import asyncio
import socket
import subprocess
import sys
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


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Chroma's own server, from the same package."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--path", str(tmp_path_factory.mktemp("chroma"))]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)
