"""Makes, revokes and replaces API keys, for REST and for the command line alike."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api.audit_trail import AuditTrail
from config.errors import InvalidInputError
from data.api_keys import ApiKey, ApiKeyQuery, KeyState, Scope, new_secret
from data.audit import AuditAction, AuditTarget
from data.database import Database
from data.ids import new_id
from data.pagination import Page
from data.repositories.api_key import ApiKeyRepository

FIRST_KEY_NAME = "First key"
"""Of the key that a server or a workspace begins with."""
LONGEST_LIFE = timedelta(days=36_525)
"""So that a replacement, which gets the same again, does not run out of calendar."""


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key that was just made.

    Attributes:
        key: As it is stored.
        secret: What the client sends; nobody can ever show it again.
    """

    key: ApiKey
    secret: str

    def __repr__(self) -> str:
        """Without the secret, in case that it gets into a log."""
        return f"IssuedKey({self.key!r})"


@dataclass(frozen=True, slots=True)
class NewKey:
    """What is asked for."""

    name: str
    scopes: frozenset[Scope]
    expires_at: datetime | None = None
    """Timezone-aware."""


def _nothing() -> None:
    return None


class KeyService:
    """What can be done with the keys of one workspace.

    Args:
        database: Where keys are.
        trail: Whose workspace it is, and who does it.
        keys_changed: Called when a change is stored.
    """

    def __init__(self, database: Database, trail: AuditTrail, keys_changed: Callable[[], None] = _nothing) -> None:
        self._database = database
        self._trail = trail
        self._keys_changed = keys_changed

    async def list(self, query: ApiKeyQuery) -> Page[ApiKey]:
        """A page of them, newest first, revoked ones included.

        Raises:
            InvalidInputError: `invalid_cursor` or `invalid_page_size`.
        """
        async with self._database.read() as session:
            return await ApiKeyRepository(session).list(self._trail.workspace_id, query)

    async def create(self, new: NewKey) -> IssuedKey:
        """Make a key.

        Raises:
            InvalidInputError: `invalid_expiry`: it would end before it begins, or after more than a lifetime.
            NotFoundError: `workspace_not_found`.
        """
        now = datetime.now(UTC)
        if new.expires_at is not None and not now < new.expires_at < now + LONGEST_LIFE:
            raise InvalidInputError(
                "expires_at must be in the future, and within a hundred years.",
                param="expires_at",
                code="invalid_expiry",
            )
        async with self._database.session() as session:
            return await issue(session, self._trail, new, now)

    async def revoke(self, key_id: str) -> None:
        """End a key at once and for good; doing it twice is no error.

        Raises:
            NotFoundError: `api_key_not_found`.
        """
        workspace_id = self._trail.workspace_id
        async with self._database.session() as session:
            if await ApiKeyRepository(session).revoke(workspace_id, key_id, datetime.now(UTC)):
                await self._trail.note(session, AuditAction.API_KEY_REVOKED, AuditTarget.API_KEY, key_id)
        self._keys_changed()

    async def rotate(self, key_id: str, overlap: timedelta) -> IssuedKey:
        """Make a key that takes another's place: same name, scopes and lifetime.

        Args:
            key_id: The other.
            overlap: How long both are good.

        Raises:
            InvalidInputError: `api_key_not_active`: it is revoked, expired or replaced already.
            NotFoundError: `api_key_not_found`.
        """
        now = datetime.now(UTC)
        async with self._database.session() as session:
            keys = ApiKeyRepository(session)
            old = await keys.lock(self._trail.workspace_id, key_id)
            if old.state(now) is not KeyState.ACTIVE or old.replaced_by is not None:
                raise InvalidInputError(
                    "This key is revoked, expired or replaced already; make a new one instead.",
                    param="key_id",
                    code="api_key_not_active",
                )
            lifetime = None if old.expires_at is None else old.expires_at - old.created_at
            new = NewKey(old.name, old.scopes, None if lifetime is None else now + lifetime)
            issued = await issue(session, self._trail, new, now)
            await keys.replace(self._trail.workspace_id, key_id, issued.key.key_id, now + overlap)
            await self._trail.note(session, AuditAction.API_KEY_ROTATED, AuditTarget.API_KEY, key_id)
        self._keys_changed()
        return issued


async def issue(session: AsyncSession, trail: AuditTrail, new: NewKey, now: datetime) -> IssuedKey:
    """Make a key within somebody's session, in the trail's workspace.

    Raises:
        NotFoundError: `workspace_not_found`.
    """
    secret = new_secret()
    key = ApiKey(
        key_id=new_id("key"),
        workspace_id=trail.workspace_id,
        name=new.name,
        prefix=secret.prefix,
        scopes=new.scopes,
        created_at=now,
        expires_at=new.expires_at,
    )
    await ApiKeyRepository(session).add(key, secret.digest)
    await trail.note(session, AuditAction.API_KEY_CREATED, AuditTarget.API_KEY, key.key_id)
    return IssuedKey(key, secret.text)
