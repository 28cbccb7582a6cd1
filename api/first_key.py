"""A server without any key makes its first one, so that its owner gets in and nobody else does."""

from datetime import UTC, datetime

from api.audit_trail import AuditTrail
from api.key_service import FIRST_KEY_NAME, IssuedKey, NewKey, issue
from config.settings import Settings
from data.api_keys import Scope
from data.audit import CLI_ACTOR
from data.database import Database
from data.repositories.api_key import ApiKeyRepository
from data.repositories.workspace_lock import lock_workspace
from data.workspaces import DEFAULT_WORKSPACE_ID


async def ensure_first_key(settings: Settings, database: Database) -> IssuedKey | None:
    """Make a key with every scope in the default workspace, unless there is or was any.

    Args:
        settings: `API_KEYS` are keys too.
        database: Where keys are.

    Returns:
        The key, to be shown once; None if there are keys, even if none of them is good any more: whoever
        revoked them would not want another to appear.
    """
    if settings.api_keys:
        return None
    async with database.session() as session:
        # Two servers may start at once.
        await lock_workspace(session, DEFAULT_WORKSPACE_ID)
        if await ApiKeyRepository(session).any_key():
            return None
        trail = AuditTrail(DEFAULT_WORKSPACE_ID, CLI_ACTOR, None)
        new = NewKey(FIRST_KEY_NAME, frozenset({Scope.ADMIN}))
        return await issue(session, trail, new, datetime.now(UTC))


async def has_admin_key(settings: Settings, database: Database) -> bool:
    """Whether anybody can manage the server's own workspace over REST."""
    if settings.api_keys:
        return True
    async with database.read() as session:
        keys = ApiKeyRepository(session)
        return await keys.any_active(DEFAULT_WORKSPACE_ID, Scope.ADMIN, datetime.now(UTC))
