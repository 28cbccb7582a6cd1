"""An app on a real SQLite file, and clients of it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from api.app import create_app
from config.settings import Settings
from tests.api.serving import API_KEY, app_client


@pytest.fixture
def settings(tmp_path: Path, sqlite_template: Path) -> Settings:
    """Settings that owe nothing to the machine's environment, where it matters here."""
    shutil.copyfile(sqlite_template, tmp_path / "agents.db")
    return Settings(
        database_url=f"sqlite:///{tmp_path}/agents.db",
        api_keys=(SecretStr("first-key"), SecretStr(API_KEY)),
        deepgram_api_key=None,
        ollama_host="http://127.0.0.1:9",
        retention_days=30,
        twilio_validate_signatures=False,
    )


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The app, running."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a good key."""
    async with app_client(app) as client:
        yield client
