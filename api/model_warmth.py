"""Has the language model in memory before the first caller asks it something.

Ollama reads a model from disk at its first request, which takes seconds, and `keep_alive` then keeps it.
"""

import asyncio

from loguru import logger

from bot.services.ollama_chat import OllamaChatModel
from config.errors import VendorError


class ModelWarmth:
    """Loads one model beside everything else; `close()` it with the process.

    Args:
        model: The vendor.
        name: The model to load.
    """

    def __init__(self, model: OllamaChatModel, name: str) -> None:
        self._model = model
        self._name = name
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin loading; nobody waits for it."""
        self._task = asyncio.get_running_loop().create_task(self._load(), name="model-warmth")

    async def close(self) -> None:
        """Stop loading; idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _load(self) -> None:
        try:
            await self._model.warm(self._name)
        except VendorError as error:
            # `/health` says the same for as long as it lasts; the first reply will meet it, or not.
            logger.bind(model=self._name).warning("The language model is not warm: {}", error.message)
