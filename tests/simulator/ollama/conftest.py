"""A running stand-in, quick enough for tests, and the official clients of it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest

from simulator.hosting import serve_app
from simulator.ollama.app import create_app
from simulator.ollama.options import OllamaOptions

QUICK = OllamaOptions(load_seconds=0.01, first_token_seconds=0.01, tokens_per_second=2000, jitter=0.0)

Serve = Callable[[OllamaOptions], AbstractAsyncContextManager[httpx.AsyncClient]]


@asynccontextmanager
async def serve(options: OllamaOptions = QUICK) -> AsyncIterator[httpx.AsyncClient]:
    async with serve_app(create_app(options)) as url, httpx.AsyncClient(base_url=url, timeout=10) as client:
        yield client


@pytest.fixture
async def server() -> AsyncIterator[httpx.AsyncClient]:
    async with serve() as client:
        yield client
