"""API keys in storage, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from config.errors import InvalidInputError, NotFoundError
from data.api_keys import ApiKey, ApiKeyQuery, KeySecret, Scope, new_secret
from data.database import Database
from data.ids import new_id
from data.models import ApiKeyRow
from data.repositories import ApiKeyRepository
from tests.data.values import NOW, OTHER, WS, add_other_workspace, later


def _key(secret: KeySecret, *, workspace_id: str = WS, seconds: float = 0, **values: object) -> ApiKey:
    key = ApiKey(
        key_id=new_id("key"),
        workspace_id=workspace_id,
        name="Console",
        prefix=secret.prefix,
        scopes=frozenset({Scope.READ, Scope.ADMIN}),
        created_at=later(seconds),
    )
    return replace(key, **values)  # type: ignore[arg-type]


async def test_a_key_is_found_by_its_secret_alone(database: Database) -> None:
    secret, stranger = new_secret(), new_secret()
    key = _key(secret, expires_at=later(100))
    async with database.session() as session:
        keys = ApiKeyRepository(session)
        assert not await keys.any_key()
        await keys.add(key, secret.digest)
        assert await keys.any_key()
    async with database.read() as session:
        keys = ApiKeyRepository(session)
        assert await keys.find(secret.text) == key
        assert await keys.get(WS, key.key_id) == key
        wrong_end = secret.text[:-1] + ("0" if secret.text[-1] != "0" else "1")
        for wrong in (wrong_end, stranger.text, secret.prefix, secret.digest, "", "ключ", "x" * 1000):
            assert await keys.find(wrong) is None


async def test_two_keys_may_look_alike(database: Database) -> None:
    one = new_secret()
    alike = new_secret()
    alike = KeySecret(alike.text, one.prefix, alike.digest)
    async with database.session() as session:
        keys = ApiKeyRepository(session)
        first = _key(one)
        await keys.add(_key(alike), alike.digest)
        await keys.add(first, one.digest)
        assert await keys.find(one.text) == first


async def test_the_secret_is_stored_nowhere(database: Database) -> None:
    secret = new_secret()
    async with database.session() as session:
        await ApiKeyRepository(session).add(_key(secret), secret.digest)
    async with database.read() as session:
        row = (await session.execute(text("SELECT * FROM api_keys"))).one()
    stored = " ".join(str(value) for value in row)
    assert secret.prefix in stored
    assert secret.text not in stored
    assert secret.text.removeprefix(secret.prefix) not in stored


async def test_keys_are_listed_newest_first_in_pages(database: Database) -> None:
    await add_other_workspace(database)
    made = []
    async with database.session() as session:
        keys = ApiKeyRepository(session)
        for seconds in range(5):
            secret = new_secret()
            made.append(_key(secret, seconds=seconds))
            await keys.add(made[-1], secret.digest)
        foreign = new_secret()
        await keys.add(_key(foreign, workspace_id=OTHER), foreign.digest)
    async with database.read() as session:
        keys = ApiKeyRepository(session)
        first = await keys.list(WS, ApiKeyQuery(page_size=3))
        second = await keys.list(WS, ApiKeyQuery(page_size=3, cursor=first.next_cursor))
        assert list(first.items + second.items) == made[::-1]
        assert second.next_cursor is None
        with pytest.raises(InvalidInputError) as error:
            await keys.list(WS, ApiKeyQuery(cursor="nonsense"))
    assert error.value.code == "invalid_cursor"


async def test_revoking_is_for_good_and_once(database: Database) -> None:
    secret = new_secret()
    key = _key(secret)
    async with database.session() as session:
        keys = ApiKeyRepository(session)
        await keys.add(key, secret.digest)
        assert await keys.any_active(WS, Scope.ADMIN, NOW)
        assert await keys.revoke(WS, key.key_id, later(1))
        assert not await keys.revoke(WS, key.key_id, later(2))
        assert (await keys.get(WS, key.key_id)).revoked_at == later(1)
        assert not await keys.any_active(WS, Scope.ADMIN, NOW)
        assert await keys.any_key()


async def test_a_replaced_key_ends_at_the_earlier_moment(database: Database) -> None:
    async with database.session() as session:
        keys = ApiKeyRepository(session)
        endless, ending, heir = ((secret := new_secret(), _key(secret)) for _ in range(3))
        for secret, key in (endless, ending, heir):
            await keys.add(key, secret.digest)
        heir_id = heir[1].key_id
        await keys.replace(WS, endless[1].key_id, heir_id, later(60))
        assert (await keys.get(WS, endless[1].key_id)).expires_at == later(60)
        await keys.replace(WS, ending[1].key_id, heir_id, later(10))
        await keys.replace(WS, ending[1].key_id, heir_id, later(60))
        stored = await keys.get(WS, ending[1].key_id)
        assert (stored.expires_at, stored.replaced_by) == (later(10), heir_id)
        assert await keys.any_active(WS, Scope.ADMIN, later(3600))  # the heir
        assert not await keys.any_active(WS, Scope.WRITE, NOW)  # only what a key names itself


async def test_the_last_use_never_goes_back(database: Database) -> None:
    secret = new_secret()
    key = _key(secret)
    async with database.session() as session:
        keys = ApiKeyRepository(session)
        await keys.add(key, secret.digest)
        for seconds in (60, 30):
            await keys.used({key.key_id: later(seconds), "key_unknown": later(1)})
    async with database.read() as session:
        assert (await ApiKeyRepository(session).get(WS, key.key_id)).last_used_at == later(60)


async def test_no_workspace_reaches_into_another(database: Database) -> None:
    await add_other_workspace(database)
    secret = new_secret()
    key = _key(secret)
    async with database.session() as session:
        keys = ApiKeyRepository(session)
        await keys.add(key, secret.digest)
        for attempt in (
            keys.get(OTHER, key.key_id),
            keys.lock(OTHER, key.key_id),
            keys.revoke(OTHER, key.key_id, NOW),
            keys.replace(OTHER, key.key_id, key.key_id, NOW),
        ):
            with pytest.raises(NotFoundError) as error:
                await attempt
            assert error.value.code == "api_key_not_found"
        assert not await keys.any_active(OTHER, Scope.ADMIN, NOW)
        assert (await session.scalars(select(ApiKeyRow.revoked_at))).one() is None
        with pytest.raises(NotFoundError) as error:
            await keys.add(_key(new_secret(), workspace_id="ws_nobody"), "d")
        assert error.value.code == "workspace_not_found"
