"""What `serve` prints at its start, and what it must never log."""

from pathlib import Path

import pytest
from loguru import logger

from api.app import create_app
from api.state import AppState
from cli import serve
from config.logging import configure_logging
from config.settings import Settings
from data.api_keys import ApiKeyQuery
from data.repositories.api_key import ApiKeyRepository
from data.workspaces import DEFAULT_WORKSPACE_ID
from tests.api.serving import app_client


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{tmp_path}/agents.db",
        api_keys=(),
        ollama_host="http://127.0.0.1:9",
        deepgram_api_key=None,
    )


async def test_the_first_key_is_printed_once_and_never_logged(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "server.log"
    configure_logging("TRACE", log)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        await serve._announce(app.state.services)
        printed = capsys.readouterr()
        await serve._announce(app.state.services)
        again = capsys.readouterr()
        [line] = [line.strip() for line in printed.err.splitlines() if "xi-api-key:" in line]
        secret = line.removeprefix("xi-api-key: ")
        async with app_client(app, key=secret) as client:
            assert (await client.get("/v1/workspace/api-keys")).status_code == 200
    assert printed.out == ""
    assert "xi-api-key" not in again.err
    await logger.complete()
    logger.remove()
    assert secret not in log.read_text()
    assert secret.split("_")[2] not in log.read_text()


async def test_a_server_that_nobody_can_manage_says_so(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        state: AppState = app.state.services
        await serve._announce(state)
        async with state.database.read() as session:
            [key] = (await ApiKeyRepository(session).list(DEFAULT_WORKSPACE_ID, ApiKeyQuery())).items
        capsys.readouterr()
        configure_logging("WARNING", None)
        async with state.database.session() as session:
            await ApiKeyRepository(session).revoke(DEFAULT_WORKSPACE_ID, key.key_id, key.created_at)
        await serve._announce(state)
    logger.remove()
    assert "keys create --scope admin" in capsys.readouterr().err
