"""Random requests in two workspaces at once: whether anything of one can be seen or changed from the other.

Every request goes for something of its own workspace, of the other one, or of nobody. No answer may hold a trace
of the other workspace; what is not one's own must be a 404, exactly as if it were not there; and in the end each
workspace must hold precisely what its owner left in it.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

import httpx
from pydantic import BaseModel, ConfigDict

from bench.isolation_tenant import Tenant
from bench.isolation_visit import AGENTS, CONVERSATIONS, KEYS, LOG, ProbeRequest, Target, Visit

Progress = Callable[[int, int], None]


class IsolationRow(BaseModel):
    """How often an operation was tried on one kind of target, and what was answered."""

    model_config = ConfigDict(frozen=True)

    operation: str
    target: Target
    statuses: dict[int, int]


class IsolationReport(BaseModel):
    """What came of a probe."""

    model_config = ConfigDict(frozen=True)

    requests: int
    seed: int
    seconds: float
    rows: tuple[IsolationRow, ...]
    crossings: tuple[str, ...]


class IsolationProbe:
    """Sends the requests.

    Args:
        tenants: Two workspaces that were made for it.
        seed: The same one gives the same requests for the same answers.
        progress: Told how many of how many requests were sent.
    """

    def __init__(self, tenants: tuple[Tenant, Tenant], seed: int, progress: Progress) -> None:
        self._tenants = tenants
        self._seed = seed
        self._progress = progress
        self._counts: dict[tuple[str, Target], Counter[int]] = {}
        self._crossings: list[str] = []
        self._sent = 0
        self._total = 0

    async def run(self, requests: int) -> IsolationReport:
        """Send so many, half from each side, both sides at once; then look at what is left."""
        began = asyncio.get_running_loop().time()
        self._total = requests
        first, second = self._tenants
        await asyncio.gather(
            self._visit(first, second, requests - requests // 2, random.Random(self._seed)),
            self._visit(second, first, requests // 2, random.Random(self._seed + 1)),
        )
        for tenant, other in ((first, second), (second, first)):
            await self._compare(tenant, other)
        return IsolationReport(
            requests=self._sent,
            seed=self._seed,
            seconds=round(asyncio.get_running_loop().time() - began, 2),
            rows=tuple(
                IsolationRow(operation=operation, target=target, statuses=dict(sorted(statuses.items())))
                for (operation, target), statuses in sorted(self._counts.items())
            ),
            crossings=tuple(self._crossings),
        )

    async def _visit(self, tenant: Tenant, other: Tenant, requests: int, rng: random.Random) -> None:
        visit = Visit(tenant, other, rng, self._send)
        often = (visit.read_agent, visit.change_agent, visit.read_conversation, visit.list_agents)
        sometimes = (visit.list_conversations, visit.read_latency, visit.make_agent, visit.copy_agent)
        seldom = (visit.delete_agent, visit.delete_conversation, visit.list_keys, visit.make_key)
        rarely = (visit.end_key, visit.read_log, visit.list_workspaces, visit.write_as_reader)
        operations: list[Callable[[], Awaitable[None]]] = [*often * 3, *sometimes * 2, *seldom, *rarely]
        for _ in range(requests):
            await rng.choice(operations)()

    async def _send(self, tenant: Tenant, request: ProbeRequest) -> httpx.Response:
        other = self._tenants[0] if tenant is self._tenants[1] else self._tenants[1]
        client = tenant.reader if request.as_reader else tenant.admin
        response = await client.request(request.method, request.path, params=request.query, json=request.body)
        self._sent += 1
        self._progress(min(self._sent, self._total), self._total)
        self._counts.setdefault((request.operation, request.target), Counter())[response.status_code] += 1
        where = f"{request.operation} ({request.target}), from {tenant.marker}"
        if response.status_code not in request.expected:
            self._crossings.append(f"{where}: answered {response.status_code}: {response.text[:200]}")
        traces = other.traces_in(response.text)
        if traces:
            self._crossings.append(f"{where}: the answer holds {', '.join(traces[:3])}")
        else:
            tenant.learn(response.text)
        return response

    async def _compare(self, tenant: Tenant, other: Tenant) -> None:
        """What is in a workspace against what its owner left in it."""
        agents = {one["agent_id"]: one["name"] for one in await self._all(tenant, AGENTS, "agents")}
        kept = {one["conversation_id"] for one in await self._all(tenant, CONVERSATIONS, "conversations")}
        keys = await self._all(tenant, KEYS, "api_keys")
        active = {one["key_id"] for one in keys if one["state"] == "active"}
        for what, found, wanted in (
            ("agents", agents, tenant.agents),
            ("conversations", kept, set(tenant.conversations)),
            ("active keys", active & tenant.keys, tenant.keys),
        ):
            if found != wanted:
                self._crossings.append(f"{tenant.marker}: its {what} are not as it left them")
        entries = await self._all(tenant, LOG, "entries")
        if any(other.traces_in(str(entry)) for entry in entries):
            self._crossings.append(f"{tenant.marker}: its audit log tells of the other workspace")

    async def _all(self, tenant: Tenant, path: str, name: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = []
        cursor = None
        while True:
            query = {"page_size": "100", **({"cursor": cursor} if cursor else {})}
            page = (await tenant.admin.get(path, params=query)).raise_for_status().json()
            found += page[name]
            cursor = page["next_cursor"]
            if cursor is None:
                return found
