"""API keys in storage."""

import hmac
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import NotFoundError
from data.api_keys import ApiKey, ApiKeyQuery, Scope, digest_of, prefix_of
from data.models import ApiKeyRow
from data.pagination import Page, SortDirection
from data.repositories.keyset import Keyset
from data.repositories.workspace_lock import lock_workspace


class ApiKeyRepository:
    """Stores keys, never their secrets.

    Args:
        session: One from `Database.session()`, or `Database.read()` where nothing is changed.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, key: ApiKey, digest: str) -> None:
        """Store a new key in its `workspace_id`.

        Args:
            key: Without its secret.
            digest: Of its secret (`data.api_keys.KeySecret`).

        Raises:
            NotFoundError: `workspace_not_found`.
        """
        await lock_workspace(self._session, key.workspace_id)
        self._session.add(_to_row(key, digest))
        await self._session.flush()

    async def get(self, workspace_id: str, key_id: str) -> ApiKey:
        """One key, in whatever state.

        Raises:
            NotFoundError: `api_key_not_found`.
        """
        return _to_value(await self._row(workspace_id, key_id))

    async def list(self, workspace_id: str, query: ApiKeyQuery) -> Page[ApiKey]:
        """A page of the workspace's keys, newest first, revoked ones included.

        Raises:
            InvalidInputError: `invalid_cursor` or `invalid_page_size`.
        """
        conditions: list[ColumnElement[bool]] = [ApiKeyRow.workspace_id == workspace_id]
        keyset = Keyset(ApiKeyRow, "created_at", ApiKeyRow.created_at, ApiKeyRow.key_id, SortDirection.DESCENDING)
        return await keyset.page(
            self._session, conditions, cursor=query.cursor, page_size=query.page_size, to_value=_to_value
        )

    async def find(self, secret: str) -> ApiKey | None:
        """The key with this secret, in whichever workspace and state; None if there is none.

        It is looked up by its shown part and then compared by digest, in constant time.
        """
        prefix = prefix_of(secret)
        if prefix is None:
            return None
        digest = digest_of(secret)
        rows = await self._session.scalars(select(ApiKeyRow).where(ApiKeyRow.prefix == prefix))
        found = [row for row in rows if hmac.compare_digest(row.digest, digest)]
        return _to_value(found[0]) if found else None

    async def any_key(self) -> bool:
        """Whether the server has a key at all, in whichever workspace and state."""
        return (await self._session.execute(select(ApiKeyRow.key_id).limit(1))).first() is not None

    async def any_active(self, workspace_id: str, scope: Scope, at: datetime) -> bool:
        """Whether the workspace has a key that names this scope and is good at that moment."""
        statement = select(ApiKeyRow.scopes).where(
            ApiKeyRow.workspace_id == workspace_id,
            ApiKeyRow.revoked_at.is_(None),
            or_(ApiKeyRow.expires_at.is_(None), ApiKeyRow.expires_at > at),
        )
        return any(scope in scopes for scopes in await self._session.scalars(statement))

    async def revoke(self, workspace_id: str, key_id: str, at: datetime) -> bool:
        """End a key for good.

        Returns:
            False if it had been revoked before; the moment of then stays.

        Raises:
            NotFoundError: `api_key_not_found`.
        """
        row = await self._row(workspace_id, key_id, lock=True)
        if row.revoked_at is not None:
            return False
        row.revoked_at = at
        await self._session.flush()
        return True

    async def replace(self, workspace_id: str, key_id: str, replaced_by: str, expires_at: datetime) -> None:
        """Say which key takes a key's place, and when it ends; an earlier end stays.

        Raises:
            NotFoundError: `api_key_not_found`.
        """
        row = await self._row(workspace_id, key_id, lock=True)
        row.replaced_by = replaced_by
        row.expires_at = expires_at if row.expires_at is None else min(row.expires_at, expires_at)
        await self._session.flush()

    async def lock(self, workspace_id: str, key_id: str) -> ApiKey:
        """One key, which nobody else changes until the session ends.

        Raises:
            NotFoundError: `api_key_not_found`.
        """
        return _to_value(await self._row(workspace_id, key_id, lock=True))

    async def used(self, last_uses: Mapping[str, datetime]) -> None:
        """Note when keys were last used; never sets one back.

        Args:
            last_uses: By the keys' ids, which are unique over all workspaces; unknown ones are passed over.
        """
        for key_id, at in last_uses.items():
            await self._session.execute(
                update(ApiKeyRow)
                .where(
                    ApiKeyRow.key_id == key_id,
                    or_(ApiKeyRow.last_used_at.is_(None), ApiKeyRow.last_used_at < at),
                )
                .values(last_used_at=at)
            )

    async def _row(self, workspace_id: str, key_id: str, *, lock: bool = False) -> ApiKeyRow:
        statement = select(ApiKeyRow).where(ApiKeyRow.workspace_id == workspace_id, ApiKeyRow.key_id == key_id)
        if lock:
            statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
        row = (await self._session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFoundError("There is no such API key.", param="key_id", code="api_key_not_found")
        return row


def _to_row(key: ApiKey, digest: str) -> ApiKeyRow:
    return ApiKeyRow(
        key_id=key.key_id,
        workspace_id=key.workspace_id,
        name=key.name,
        prefix=key.prefix,
        digest=digest,
        scopes=sorted(key.scopes),
        created_at=key.created_at,
        last_used_at=key.last_used_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        replaced_by=key.replaced_by,
    )


def _to_value(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        key_id=row.key_id,
        workspace_id=row.workspace_id,
        name=row.name,
        prefix=row.prefix,
        scopes=frozenset(Scope(str(scope)) for scope in row.scopes),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        replaced_by=row.replaced_by,
    )
