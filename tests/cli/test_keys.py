"""`keys` from outside: on the database itself, and over a running server."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from api.app import create_app
from api.key_service import NewKey
from cli.data_lock import exclusive_data
from cli.key_admin import open_key_admin
from cli.key_place import KeyPlace
from config.errors import ConfigurationError, InvalidInputError, NotFoundError, VendorError
from config.settings import Settings
from data.api_keys import KeyState, Scope
from data.audit import AuditQuery
from data.database import Database
from data.repositories.audit_log import AuditLogRepository
from data.workspaces import DEFAULT_WORKSPACE_ID
from simulator.hosting import serve_app
from tests.api.keys import make_workspace
from tests.cli.test_run_bot import run

SECRET = re.compile(r"sdr_[0-9a-z]{8}_[0-9a-z]{52}\n")
NEW = NewKey("CI", frozenset({Scope.READ}))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{tmp_path}/agents.db",
        chroma_path=tmp_path / "chroma",
        api_keys=(SecretStr("owner"),),
    )


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[str]:
    async with serve_app(create_app(settings)) as url:
        yield url


def test_from_the_first_key_to_its_end(tmp_path: Path) -> None:
    made = run(tmp_path, "keys", "create", "--name", "CI", "--scope", "read", "--expires-days", "30")
    assert made.returncode == 0, made.stderr
    assert SECRET.fullmatch(made.stdout), "only the secret goes to standard output"
    assert "CI; read" in made.stderr
    [key_id] = re.findall(r"key_[0-9a-z]{26}", made.stderr)

    listed = run(tmp_path, "keys", "list")
    assert key_id in listed.stdout
    assert made.stdout[:12] in listed.stdout
    assert made.stdout.strip() not in listed.stdout + listed.stderr

    rotated = run(tmp_path, "keys", "rotate", key_id, "--overlap-hours", "0")
    assert SECRET.fullmatch(rotated.stdout)
    assert rotated.stdout != made.stdout
    [heir] = set(re.findall(r"key_[0-9a-z]{26}", rotated.stderr)) - {key_id}
    revoked = run(tmp_path, "keys", "revoke", heir)
    assert (revoked.returncode, revoked.stdout) == (0, "")
    states = dict(
        re.findall(r"(key_[0-9a-z]{26}).*?(active|expired|revoked)", run(tmp_path, "keys", "list").stdout)
    )
    assert states == {key_id: "expired", heir: "revoked"}


def test_what_cannot_be_done_is_one_sentence(tmp_path: Path) -> None:
    for arguments, text in (
        (("revoke", "key_1"), "no such API key"),
        (("list", "--workspace", "ws_1"), "no such workspace"),
        (("list", "--server", "http://127.0.0.1:9", "--key", "k"), "does not answer"),
        (("list", "--server", "http://127.0.0.1:9"), "--key, or API_KEYS"),
        (("list", "--server", "http://127.0.0.1:9", "--workspace", "ws_1"), "leave --workspace out"),
    ):
        result = run(tmp_path, "keys", *arguments)
        assert result.returncode == 2, arguments
        assert text in result.stderr
        assert "Traceback" not in result.stderr


async def test_over_a_running_server(settings: Settings, server: str) -> None:
    # The first of API_KEYS opens it, as nothing else is said.
    async with open_key_admin(settings, KeyPlace(server=server)) as admin:
        made = [await admin.create(NEW) for _ in range(103)]
        listed = await admin.list()
        assert [key.key_id for key in listed] == [key.key_id for key in reversed(made)]
        await admin.revoke(made[0].key_id)
        with pytest.raises(InvalidInputError, match="revoked, expired or replaced already"):
            await admin.rotate(made[0].key_id, timedelta(hours=1))
        heir = await admin.rotate(made[1].key_id, timedelta(hours=1))
        async with httpx.AsyncClient(base_url=server, headers={"xi-api-key": heir.api_key}) as client:
            assert (await client.get("/v1/convai/agents")).status_code == 200
    async with open_key_admin(settings, KeyPlace(server=server, key=heir.api_key)) as admin:
        with pytest.raises(InvalidInputError, match=r"refused \(403\).*`admin`"):
            await admin.list()


async def test_on_the_database_itself(settings: Settings) -> None:
    async with open_key_admin(settings, KeyPlace()) as admin:
        made = await admin.create(NEW)
    database = Database(settings.database_url)
    async with database.read() as session:
        [entry] = (await AuditLogRepository(session).list(DEFAULT_WORKSPACE_ID, AuditQuery())).items
    assert (entry.actor, entry.target_id, entry.request_id) == ("cli", made.key_id, None)
    await make_workspace(database, "ws_other")
    await database.close()
    async with open_key_admin(settings, KeyPlace(workspace="ws_other")) as admin:
        assert await admin.list() == ()
        with pytest.raises(NotFoundError):
            await admin.revoke(made.key_id)
    async with open_key_admin(settings, KeyPlace()) as admin:
        assert [key.state for key in await admin.list()] == [KeyState.ACTIVE]


async def test_a_running_server_has_to_be_named(settings: Settings) -> None:
    with exclusive_data(settings), pytest.raises(ConfigurationError, match=r"--server http://127\.0\.0\.1:9001"):
        async with open_key_admin(settings, KeyPlace()):
            pytest.fail("two processes had the same data")


async def test_a_server_that_is_none_of_ours(settings: Settings) -> None:
    with pytest.raises(VendorError, match="does not answer"):
        async with open_key_admin(settings, KeyPlace(server="http://127.0.0.1:9")) as admin:
            await admin.list()
