from collections.abc import Sequence

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bench.answers.agent_under_test import AgentSetting, agent_under_test
from bench.shop import AGENT_NAME
from config.errors import ConfigurationError
from simulator.hosting import serve_app
from tests.bench.answers.environments import environment_at

BEFORE = AgentSetting(system_prompt="You are Robin.", first_message="Hello, I am Robin.", answers_cache_seconds=30)
OTHER = AgentSetting(system_prompt="You are Jay.", first_message="Hello.", answers_cache_seconds=0)


class _Server:
    """Knows agents by name; all of them are set alike."""

    def __init__(self, names: Sequence[str]) -> None:
        self.setting = BEFORE
        self.app = Starlette(
            routes=[
                Route("/v1/convai/agents", self._list),
                Route("/v1/convai/agents/agent_0", self._agent, methods=["GET", "PATCH"]),
            ]
        )
        self._names = names

    async def _list(self, request: Request) -> JSONResponse:
        assert request.headers["xi-api-key"] == "key"
        found = [
            {"agent_id": f"agent_{number}", "name": name, "tags": []}
            for number, name in enumerate(self._names)
            if request.query_params["search"] in name
        ]
        return JSONResponse({"agents": found, "has_more": False})

    async def _agent(self, request: Request) -> JSONResponse:
        if request.method == "PATCH":
            self.setting = AgentSetting.model_validate_json(await request.body())
        return JSONResponse({"agent_id": "agent_0", **self.setting.model_dump(), "language": "en"})


async def test_what_was_changed_is_changed_back() -> None:
    server = _Server([AGENT_NAME, f"{AGENT_NAME} (copy)"])
    async with serve_app(server.app) as url:
        async with agent_under_test(environment_at(url)) as agent:
            assert agent.before == BEFORE
            await agent.change(OTHER)
            assert server.setting == OTHER
        assert server.setting == BEFORE


async def test_it_is_changed_back_although_the_measurement_failed() -> None:
    server = _Server([AGENT_NAME])

    async def measure(url: str) -> None:
        async with agent_under_test(environment_at(url)) as agent:
            await agent.change(OTHER)
            raise httpx.ConnectError("gone")

    async with serve_app(server.app) as url:
        with pytest.raises(httpx.ConnectError):
            await measure(url)
        assert server.setting == BEFORE


@pytest.mark.parametrize("names", [(), ("Somebody",), (AGENT_NAME, AGENT_NAME)])
async def test_it_must_be_the_only_one_of_its_name(names: tuple[str, ...]) -> None:
    async with serve_app(_Server(names).app) as url:
        with pytest.raises(ConfigurationError, match=AGENT_NAME):
            async with agent_under_test(environment_at(url)):
                pass
