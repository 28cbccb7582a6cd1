"""Two workspaces used at once: nothing crosses; and if something did, the probe would say so.

`python -m bench.isolation` sends 10,000 requests to a real server; this is a sample of them.
"""

import shutil
from functools import partial
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from api.app import create_app
from bench.isolation_calls import seed_calls
from bench.isolation_probe import IsolationProbe, IsolationReport
from bench.isolation_setting import two_tenants
from config.settings import Settings
from data.models import AgentRow, ConversationRow
from data.repositories.agent import AgentRepository
from tests.api.serving import API_KEY, app_client

REQUESTS = 300


async def _probe(database_url: str, requests: int, seed: int = 1) -> IsolationReport:
    settings = Settings.model_validate(
        {"database_url": database_url, "api_keys": (API_KEY,), "rate_limit_per_minute": 0}
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        return await _probe_app(app, requests, seed)


async def _probe_app(app: FastAPI, requests: int, seed: int) -> IsolationReport:
    def client(key: str) -> object:
        return app_client(app, key=key)

    seeder = partial(seed_calls, app.state.services.database)
    async with two_tenants(client, API_KEY, seeder) as tenants:  # type: ignore[arg-type]
        return await IsolationProbe(tenants, seed, lambda done, total: None).run(requests)


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    shutil.copyfile(sqlite_template, tmp_path / "agents.db")
    return f"sqlite:///{tmp_path / 'agents.db'}"


@pytest.mark.slow
async def test_nothing_crosses(database_url: str) -> None:
    report = await _probe(database_url, REQUESTS)
    assert report.crossings == ()
    assert report.requests == REQUESTS
    operations = {row.operation for row in report.rows}
    assert len(operations) == 17
    foreign = [row for row in report.rows if row.target == "foreign" and row.statuses.keys() == {404}]
    assert len(foreign) >= 9


async def test_a_read_that_crosses_is_found(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def careless(self: AgentRepository, workspace_id: str, agent_id: str, *, lock: bool = False) -> AgentRow:
        row = (await self._session.scalars(select(AgentRow).where(AgentRow.agent_id == agent_id))).first()
        return row if row is not None else await strict(self, workspace_id, agent_id, lock=lock)

    strict = AgentRepository._row
    monkeypatch.setattr(AgentRepository, "_row", careless)
    report = await _probe(sqlite_url, 200)
    assert any("get agent (foreign)" in crossing for crossing in report.crossings)
    assert any("agents are not as it left them" in crossing for crossing in report.crossings)


async def test_a_list_that_crosses_is_found(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(*_: object) -> list[object]:
        return [ConversationRow.started_at.is_not(None)]

    monkeypatch.setattr("data.repositories.conversation.conversation_conditions", careless)
    report = await _probe(sqlite_url, 200)
    assert any(
        "list conversations" in crossing and "the answer holds" in crossing for crossing in report.crossings
    )
