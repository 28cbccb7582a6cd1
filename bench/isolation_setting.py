"""Makes two workspaces for the isolation probe over REST; their calls come from whoever knows the storage."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from bench.isolation_tenant import Tenant

ClientMaker = Callable[[str], httpx.AsyncClient]
"""Makes a client of the server with a key."""
CallSeeder = Callable[[str, str], Awaitable[Mapping[str, str]]]
"""Puts calls into a workspace (its id, its marker); gives their CallSids by conversation id."""
_MARKERS = ("marigoldxq", "thunderzv")


@asynccontextmanager
async def two_tenants(
    make_client: ClientMaker, owner_key: str, seed_calls: CallSeeder
) -> AsyncIterator[tuple[Tenant, Tenant]]:
    """Two new workspaces, neither of them the server's own.

    Args:
        make_client: Of the server.
        owner_key: Admin key of the server's own workspace.
        seed_calls: Puts calls into each.
    """
    async with AsyncExitStack() as stack:
        owner = await stack.enter_async_context(make_client(owner_key))
        first, second = [await _tenant(stack, owner, make_client, marker, seed_calls) for marker in _MARKERS]
        yield first, second


async def _tenant(
    stack: AsyncExitStack,
    owner: httpx.AsyncClient,
    make_client: ClientMaker,
    marker: str,
    seed_calls: CallSeeder,
) -> Tenant:
    made = (await owner.post("/v1/workspaces", json={"name": marker})).raise_for_status()
    admin = await stack.enter_async_context(make_client(made.json()["first_key"]["api_key"]))
    body = {"name": f"{marker} reader", "scopes": ["read"]}
    reader_key = (await admin.post("/v1/workspace/api-keys", json=body)).raise_for_status()
    reader = await stack.enter_async_context(make_client(reader_key.json()["api_key"]))
    tenant = Tenant(marker, admin, reader)
    tenant.learn(made.text)
    tenant.conversations = dict(await seed_calls(made.json()["workspace_id"], marker))
    tenant.learn(" ".join([*tenant.conversations, *tenant.conversations.values()]))
    return tenant
