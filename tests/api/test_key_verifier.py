"""How long keys are remembered, and that a change counts at once."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from api.errors import CredentialsError
from api.key_service import KeyService
from api.key_use import KeyUseWriter
from api.key_verifier import REMEMBERED_SECONDS, KeyVerifier
from data.api_keys import ApiKey, Scope
from data.database import Database
from data.repositories.api_key import ApiKeyRepository
from tests.api.keys import issue_key, trail_of


class Clock:
    now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def verifier(sqlite_database: Database, clock: Clock) -> AsyncIterator[KeyVerifier]:
    uses = KeyUseWriter(sqlite_database)
    yield KeyVerifier((SecretStr("weak"),), sqlite_database, uses, clock=clock)
    await uses.close()


async def test_another_process_notices_a_revocation_within_seconds(
    verifier: KeyVerifier, sqlite_database: Database, clock: Clock
) -> None:
    key = await issue_key(sqlite_database, Scope.READ)
    assert (await verifier.verify(key.secret)).actor == key.key.key_id
    await KeyService(sqlite_database, trail_of()).revoke(key.key.key_id)
    clock.now += REMEMBERED_SECONDS - 0.1
    assert (await verifier.verify(key.secret)).actor == key.key.key_id
    clock.now += 0.2
    with pytest.raises(CredentialsError, match="revoked"):
        await verifier.verify(key.secret)
    assert REMEMBERED_SECONDS <= 10


async def test_what_was_read_while_a_key_was_changed_is_not_remembered(
    verifier: KeyVerifier, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await issue_key(sqlite_database, Scope.READ)
    find = ApiKeyRepository.find
    read, go_on = asyncio.Event(), asyncio.Event()

    async def slow(self: ApiKeyRepository, secret: str) -> ApiKey | None:
        found = await find(self, secret)
        read.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(ApiKeyRepository, "find", slow)
    first = asyncio.ensure_future(verifier.verify(key.secret))
    await read.wait()
    await KeyService(sqlite_database, trail_of(), verifier.forget).revoke(key.key.key_id)
    go_on.set()
    await first
    with pytest.raises(CredentialsError):
        await verifier.verify(key.secret)


async def test_only_what_cannot_be_guessed_is_safe_to_try(
    verifier: KeyVerifier, sqlite_database: Database
) -> None:
    key = await issue_key(sqlite_database, Scope.READ)
    assert verifier.is_safe_to_try(key.secret)
    assert not verifier.is_safe_to_try("weak")
    await verifier.verify("weak")
    assert verifier.is_safe_to_try("weak")
    assert not verifier.is_safe_to_try("wear")


async def test_memory_of_keys_is_bounded(
    verifier: KeyVerifier, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.key_verifier._MOST_REMEMBERED", 3)
    for _ in range(5):
        await verifier.verify((await issue_key(sqlite_database, Scope.READ)).secret)
    assert len(verifier._remembered) == 3
