"""Workspaces in storage, on both databases."""

import pytest

from config.errors import NotFoundError
from data.database import Database
from data.repositories import WorkspaceRepository
from data.workspaces import Workspace, WorkspaceQuery
from tests.data.values import WS, later


async def test_workspaces_are_kept_and_listed_oldest_first(database: Database) -> None:
    # The default one is as old as the database.
    made = [Workspace(f"ws_{number}", f"Shop {number}", later(10**9 + number)) for number in range(3)]
    async with database.session() as session:
        for workspace in made:
            await WorkspaceRepository(session).add(workspace)
    async with database.read() as session:
        workspaces = WorkspaceRepository(session)
        assert await workspaces.get("ws_1") == made[1]
        assert (await workspaces.get(WS)).name == "Default"
        first = await workspaces.list(WorkspaceQuery(page_size=2))
        rest = await workspaces.list(WorkspaceQuery(page_size=2, cursor=first.next_cursor))
        assert [item.workspace_id for item in first.items + rest.items] == [WS, "ws_0", "ws_1", "ws_2"]
        with pytest.raises(NotFoundError) as error:
            await workspaces.get("ws_nobody")
    assert error.value.code == "workspace_not_found"
