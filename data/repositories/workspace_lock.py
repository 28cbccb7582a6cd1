"""Makes writers of one workspace go one after the other, where no constraint can say what must not happen."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import NotFoundError
from data.models import WorkspaceRow


async def lock_workspace(session: AsyncSession, workspace_id: str) -> None:
    """Hold the workspace until the session ends; readers and writers of other things go on.

    PostgreSQL locks the workspace's row (`FOR NO KEY UPDATE`: rows that refer to it can still be added).
    SQLite has one writer at a time anyway.

    Raises:
        NotFoundError: `workspace_not_found`.
    """
    statement = (
        select(WorkspaceRow.workspace_id)
        .where(WorkspaceRow.workspace_id == workspace_id)
        .with_for_update(key_share=True)
    )
    if (await session.execute(statement)).first() is None:
        raise NotFoundError("There is no such workspace.", code="workspace_not_found")
