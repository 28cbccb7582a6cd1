"""The requests that the isolation probe sends from one workspace, and what may come of each."""

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import httpx
from pydantic import JsonValue

from bench.isolation_tenant import Tenant

AGENTS = "/v1/convai/agents"
CONVERSATIONS = "/v1/convai/conversations"
KEYS = "/v1/workspace/api-keys"
LOG = "/v1/workspace/audit-log"
_MOST_AGENTS = 30
_MOST_KEYS = 20
_FEWEST_CONVERSATIONS = 5
_OK, _MISSING = frozenset({200}), frozenset({404})
_DENIED = frozenset({403, 429})
"""429: it was denied so often that it is not even looked at."""


class Target(StrEnum):
    """Whose thing a request is about."""

    OWN = "own"
    FOREIGN = "foreign"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRequest:
    """One request and the statuses that are right for it."""

    operation: str
    target: Target
    method: str
    path: str
    expected: frozenset[int] = _OK
    query: Mapping[str, str] | None = None
    body: Mapping[str, JsonValue] | None = None
    as_reader: bool = False


Send = Callable[[Tenant, ProbeRequest], Awaitable[httpx.Response]]


class Visit:
    """One side's operations; each sends one request and keeps the books of its own workspace.

    Args:
        tenant: Whose side it is.
        other: The workspace that must not be reached.
        rng: Decides what is asked for.
        send: Sends and judges.
    """

    def __init__(self, tenant: Tenant, other: Tenant, rng: random.Random, send: Send) -> None:
        self._tenant = tenant
        self._other = other
        self._rng = rng
        self._send = send

    async def read_agent(self) -> None:
        """GET one agent."""
        target, agent_id = self._pick("agent_", self._tenant.agents)
        await self._one("get agent", target, "GET", f"{AGENTS}/{agent_id}")

    async def change_agent(self) -> None:
        """PATCH one agent's name."""
        target, agent_id = self._pick("agent_", self._tenant.agents)
        name = f"{self._tenant.marker} {self._rng.randrange(10**6)}"
        if await self._one("change agent", target, "PATCH", f"{AGENTS}/{agent_id}", {"name": name}) is not None:
            self._tenant.agents[agent_id] = name

    async def copy_agent(self) -> None:
        """Duplicate one agent."""
        target, agent_id = self._pick("agent_", self._tenant.agents)
        name = f"{self._tenant.marker} copy"
        path = f"{AGENTS}/{agent_id}/duplicate"
        response = await self._one("copy agent", target, "POST", path, {"name": name})
        if response is not None:
            self._tenant.agents[response.json()["agent_id"]] = name

    async def make_agent(self) -> None:
        """POST an agent; one of too many is deleted instead."""
        if len(self._tenant.agents) >= _MOST_AGENTS:
            await self.delete_agent()
            return
        name = f"{self._tenant.marker} new"
        body: dict[str, JsonValue] = {"name": name, "system_prompt": name, "tags": [self._tenant.marker]}
        response = await self._one("make agent", Target.OWN, "POST", AGENTS, body)
        if response is not None:
            self._tenant.agents[response.json()["agent_id"]] = name

    async def delete_agent(self) -> None:
        """DELETE one agent."""
        target, agent_id = self._pick("agent_", self._tenant.agents)
        if await self._one("delete agent", target, "DELETE", f"{AGENTS}/{agent_id}") is not None:
            del self._tenant.agents[agent_id]

    async def list_agents(self) -> None:
        """List agents: plainly, by the other's words, and by cursors of either."""
        await self._list("list agents", AGENTS, {"search": "", "tags": ""})

    async def list_conversations(self) -> None:
        """List conversations: plainly, by the other's words and ids, and by cursors of either."""
        query = {"search": "", "agent_id": self._other.any_id("agent_", self._rng)}
        await self._list("list conversations", CONVERSATIONS, query)

    async def read_conversation(self) -> None:
        """GET one conversation, by its id or CallSid."""
        target, conversation_id = self._conversation()
        await self._one("get conversation", target, "GET", f"{CONVERSATIONS}/{conversation_id}")

    async def read_latency(self) -> None:
        """GET one conversation's latency."""
        target, conversation_id = self._conversation()
        await self._one("get latency", target, "GET", f"/v1/convai/latency/{conversation_id}")

    async def delete_conversation(self) -> None:
        """DELETE one conversation; a few of one's own stay."""
        target, conversation_id = self._conversation()
        if target is Target.OWN and len(self._tenant.conversations) <= _FEWEST_CONVERSATIONS:
            return await self.read_conversation()
        path = f"{CONVERSATIONS}/{conversation_id}"
        if await self._one("delete conversation", target, "DELETE", path) is not None:
            known = self._tenant.conversations
            gone = next(key for key, sid in known.items() if conversation_id in (key, sid))
            del known[gone]
        return None

    async def list_keys(self) -> None:
        """List API keys, by cursors of either."""
        await self._list("list keys", KEYS, {})

    async def make_key(self) -> None:
        """POST an API key; one of too many is ended instead."""
        if len(self._tenant.keys) >= _MOST_KEYS:
            await self.end_key()
            return
        body: dict[str, JsonValue] = {"name": f"{self._tenant.marker} key", "scopes": ["read"]}
        response = await self._one("make key", Target.OWN, "POST", KEYS, body)
        if response is not None:
            self._tenant.keys.add(response.json()["key_id"])

    async def end_key(self) -> None:
        """Revoke or rotate one API key."""
        target, key_id = self._pick("key_", self._tenant.keys)
        if self._rng.random() < 0.5:
            if await self._one("revoke key", target, "DELETE", f"{KEYS}/{key_id}") is not None:
                self._tenant.keys.discard(key_id)
            return
        body: dict[str, JsonValue] = {"overlap_seconds": 0}
        response = await self._one("rotate key", target, "POST", f"{KEYS}/{key_id}/rotate", body)
        if response is not None:
            self._tenant.keys.discard(key_id)
            self._tenant.keys.add(response.json()["key_id"])

    async def read_log(self) -> None:
        """Read the audit log: plainly, by the other's ids, and by cursors of either."""
        actor = self._other.any_id("key_", self._rng)
        await self._list("read log", LOG, {"actor": actor, "target_id": self._other.any_id("agent_", self._rng)})

    async def list_workspaces(self) -> None:
        """List workspaces, which is the server's owner's alone."""
        await self._one("list workspaces", Target.FOREIGN, "GET", "/v1/workspaces", expected=_DENIED)

    async def write_as_reader(self) -> None:
        """Change one's own agent, or make a key, with a key that may only read."""
        paths = [
            (AGENTS, "POST"),
            (KEYS, "POST"),
            (f"{AGENTS}/{self._tenant.any_id('agent_', self._rng)}", "DELETE"),
        ]
        path, method = self._rng.choice(paths)
        body: dict[str, JsonValue] = {"name": f"{self._tenant.marker} never", "system_prompt": "x"}
        await self._one("write as reader", Target.OWN, method, path, body, expected=_DENIED, as_reader=True)

    async def _one(
        self,
        operation: str,
        target: Target,
        method: str,
        path: str,
        body: Mapping[str, JsonValue] | None = None,
        *,
        expected: frozenset[int] | None = None,
        as_reader: bool = False,
    ) -> httpx.Response | None:
        """Send it; the response if it was rightly done."""
        request = ProbeRequest(
            operation=operation,
            target=target,
            method=method,
            path=path,
            body=body,
            expected=expected or (_OK if target is Target.OWN else _MISSING),
            as_reader=as_reader,
        )
        response = await self._send(self._tenant, request)
        return response if response.is_success and target is Target.OWN else None

    async def _list(self, operation: str, path: str, foreign_query: Mapping[str, str]) -> None:
        """A page: own, by a condition that only the other's things fulfil, or from where its page ended."""
        query = {"page_size": str(self._rng.randint(1, 20))}
        target = self._rng.choice((Target.OWN, Target.FOREIGN))
        if target is Target.FOREIGN:
            name = self._rng.choice(["cursor", *foreign_query])
            value = self._other.cursors.get(path) if name == "cursor" else foreign_query[name]
            query[name] = value if value else self._other.marker
            if name == "cursor" and not value:
                del query[name]
        elif path in self._tenant.cursors and self._rng.random() < 0.5:
            query["cursor"] = self._tenant.cursors[path]
        request = ProbeRequest(operation=operation, target=target, method="GET", path=path, query=query)
        cursor = (await self._send(self._tenant, request)).json().get("next_cursor")
        if cursor:
            self._tenant.cursors[path] = cursor

    def _conversation(self) -> tuple[Target, str]:
        target, conversation_id = self._pick("conv_", self._tenant.conversations)
        if target is Target.NOBODY or self._rng.random() < 0.5:
            return target, conversation_id
        if target is Target.OWN:
            return target, self._tenant.conversations[conversation_id]
        return target, self._other.any_id("CA", self._rng)

    def _pick(self, prefix: str, own: Mapping[str, str] | set[str]) -> tuple[Target, str]:
        """Something of one's own, something that is or was the other's, or nobody's."""
        chance = self._rng.random()
        if chance < 0.45 and own:
            return Target.OWN, self._rng.choice(sorted(own))
        if chance < 0.85:
            return Target.FOREIGN, self._other.any_id(prefix, self._rng)
        return Target.NOBODY, f"{prefix}{self._rng.randrange(10**25):026d}"
