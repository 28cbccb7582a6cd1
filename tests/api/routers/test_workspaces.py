"""Workspaces over HTTP: made by the server's owner, and then their own."""

import httpx
from fastapi import FastAPI

from data.api_keys import Scope
from tests.api.keys import every_key, issue_key
from tests.api.serving import app_client

WORKSPACES = "/v1/workspaces"


async def test_a_new_workspace_has_one_key_and_nothing_else(client: httpx.AsyncClient, app: FastAPI) -> None:
    await client.post("/v1/convai/agents", json={"name": "x", "system_prompt": "y"})
    response = await client.post(WORKSPACES, json={"name": "Branch"})
    assert response.headers["cache-control"] == "no-store"
    made = response.json()
    first_key = made.pop("first_key")
    listed = (await client.get(WORKSPACES)).json()["workspaces"]
    assert [workspace["workspace_id"] for workspace in listed] == ["ws_default", made["workspace_id"]]
    assert listed[1] == made
    async with app_client(app, key=first_key["api_key"]) as branch:
        assert (await branch.get("/v1/convai/agents")).json()["agents"] == []
        assert set(await every_key(branch)) == {first_key["key_id"]}
        assert (
            await branch.post("/v1/convai/agents", json={"name": "b", "system_prompt": "y"})
        ).status_code == 200
    assert [agent["name"] for agent in (await client.get("/v1/convai/agents")).json()["agents"]] == ["x"]


async def test_only_the_servers_owner_makes_and_sees_workspaces(client: httpx.AsyncClient, app: FastAPI) -> None:
    branch_key = (await client.post(WORKSPACES, json={"name": "Branch"})).json()["first_key"]["api_key"]
    writer = await issue_key(app.state.services.database, Scope.WRITE)
    for secret, code in ((branch_key, "server_admin_only"), (writer.secret, "missing_scope")):
        async with app_client(app, key=secret) as other:
            for response in (await other.get(WORKSPACES), await other.post(WORKSPACES, json={"name": "x"})):
                assert (response.status_code, response.json()["detail"]["code"]) == (403, code)
    assert len((await client.get(WORKSPACES)).json()["workspaces"]) == 2
