"""Which models are in memory: loading on first use, `keep_alive`, expiry."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from simulator.ollama.models import SimulatedModel
from simulator.ollama.options import OllamaOptions
from simulator.ollama.slots import SlotPool


@dataclass(slots=True)
class Resident:
    """A model in memory."""

    model: SimulatedModel
    pool: SlotPool
    context_length: int
    users: int = 0
    expires_at: float = math.inf
    """On the event loop's clock."""


class Residency:
    """Loads, keeps and drops models.

    Args:
        options: Load time, slots and defaults.
        clock: Seconds, monotonic.
    """

    def __init__(self, options: OllamaOptions, clock: Callable[[], float]) -> None:
        self._options = options
        self._clock = clock
        self._residents: dict[str, Resident] = {}
        self._loading: dict[str, asyncio.Task[None]] = {}
        self.loads = 0
        for model in options.models:
            if model.name in options.preloaded:
                self._place(model)

    @asynccontextmanager
    async def use(self, model: SimulatedModel, keep_alive: float) -> AsyncIterator[Resident]:
        """Holds the model in memory, loading it first if need be; afterwards it stays for `keep_alive` s."""
        resident = await self._load(model)
        resident.users += 1
        try:
            yield resident
        finally:
            resident.users -= 1
            resident.expires_at = self._clock() + keep_alive
            self._drop_expired()

    def loaded(self) -> tuple[Resident, ...]:
        """Every model in memory now."""
        self._drop_expired()
        return tuple(self._residents.values())

    def unload(self, model: SimulatedModel) -> None:
        """Drops a model as soon as nobody uses it."""
        resident = self._residents.get(model.name)
        if resident is not None:
            resident.expires_at = -math.inf
            self._drop_expired()

    async def close(self) -> None:
        """Ends loads under way."""
        tasks = tuple(self._loading.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _load(self, model: SimulatedModel) -> Resident:
        self._drop_expired()
        if model.name not in self._residents:
            task = self._loading.get(model.name)
            if task is None:
                task = asyncio.create_task(self._read_from_disk(model))
                self._loading[model.name] = task
                task.add_done_callback(lambda _: self._loading.pop(model.name, None))
            # A client that leaves must not stop a load that others wait for.
            await asyncio.shield(task)
        return self._residents[model.name]

    async def _read_from_disk(self, model: SimulatedModel) -> None:
        await asyncio.sleep(self._options.load_seconds)
        self._place(model)
        self.loads += 1

    def _place(self, model: SimulatedModel) -> None:
        pool = SlotPool(self._options.num_parallel, self._options.max_queue)
        context = min(model.context_length, self._options.default_num_ctx)
        self._residents[model.name] = Resident(model, pool, context)

    def _drop_expired(self) -> None:
        now = self._clock()
        for name, resident in list(self._residents.items()):
            if resident.users == 0 and resident.pool.queued == 0 and resident.expires_at <= now:
                del self._residents[name]
