"""The key that a server without any makes, on both databases."""

import asyncio
from datetime import UTC, datetime

from pydantic import SecretStr

from api.first_key import ensure_first_key, has_admin_key
from config.settings import Settings
from data.api_keys import Scope
from data.audit import AuditQuery
from data.database import Database
from data.repositories.api_key import ApiKeyRepository
from data.repositories.audit_log import AuditLogRepository
from data.workspaces import DEFAULT_WORKSPACE_ID

NO_KEYS = Settings(api_keys=())


async def test_the_first_start_makes_one_key_and_later_ones_none(database: Database) -> None:
    assert not await has_admin_key(NO_KEYS, database)
    issued = await ensure_first_key(NO_KEYS, database)
    assert issued is not None
    assert issued.key.scopes == {Scope.ADMIN}
    assert await ensure_first_key(NO_KEYS, database) is None
    assert await has_admin_key(NO_KEYS, database)
    async with database.read() as session:
        assert await ApiKeyRepository(session).find(issued.secret) == issued.key
        [entry] = (await AuditLogRepository(session).list(DEFAULT_WORKSPACE_ID, AuditQuery())).items
    assert (entry.actor, entry.action, entry.target_id) == ("cli", "api_key.created", issued.key.key_id)


async def test_two_starters_make_one_key(database: Database) -> None:
    made = await asyncio.gather(*(ensure_first_key(NO_KEYS, database) for _ in range(4)))
    assert sum(issued is not None for issued in made) == 1


async def test_keys_of_the_settings_are_enough(database: Database) -> None:
    settings = Settings(api_keys=(SecretStr("k"),))
    assert await ensure_first_key(settings, database) is None
    assert await has_admin_key(settings, database)
    assert not await has_admin_key(NO_KEYS, database)


async def test_revoking_the_last_key_makes_no_new_one(database: Database) -> None:
    issued = await ensure_first_key(NO_KEYS, database)
    assert issued is not None
    async with database.session() as session:
        await ApiKeyRepository(session).revoke(DEFAULT_WORKSPACE_ID, issued.key.key_id, datetime.now(UTC))
    assert await ensure_first_key(NO_KEYS, database) is None
    assert not await has_admin_key(NO_KEYS, database)
