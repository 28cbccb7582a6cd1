"""The model is loaded before the first call, and nothing waits for it."""

import asyncio

import pytest

from api.model_warmth import ModelWarmth
from bot.services.ollama_chat import OllamaChatModel
from config.errors import VendorError


class Model(OllamaChatModel):
    """Loads when it is let to."""

    def __init__(self, error: VendorError | None = None) -> None:
        self.begun, self.let_go, self.over = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.loaded: list[str] = []
        self._error = error

    async def warm(self, model: str, *, num_ctx: int | None = None) -> None:
        self.begun.set()
        try:
            await self.let_go.wait()
            if self._error is not None:
                raise self._error
            self.loaded.append(model)
        finally:
            self.over.set()


@pytest.mark.parametrize("error", [None, VendorError("ollama", "There is no such model.")])
async def test_it_is_loaded_beside_everything_else(error: VendorError | None) -> None:
    model = Model(error)
    warmth = ModelWarmth(model, "llama3.1:8b")
    warmth.start()
    assert not model.begun.is_set()
    model.let_go.set()
    await asyncio.wait_for(model.over.wait(), 2)
    await warmth.close()
    assert model.loaded == ([] if error else ["llama3.1:8b"])


async def test_a_process_that_ends_does_not_wait_for_it() -> None:
    model = Model()
    warmth = ModelWarmth(model, "llama3.1:8b")
    warmth.start()
    await asyncio.wait_for(model.begun.wait(), 2)
    await asyncio.wait_for(warmth.close(), 2)
    await warmth.close()
    assert model.over.is_set()
    assert model.loaded == []
