"""One writer at a time for each agent's collection, however many ingestors there are in a process."""

import asyncio
from weakref import WeakValueDictionary


class AgentLocks:
    """Locks by agent, kept only while somebody holds them or waits."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, agent_id: str) -> asyncio.Lock:
        """The lock of an agent; keep it in a variable or a `with` for as long as it is needed."""
        return self._locks.setdefault(agent_id, asyncio.Lock())
