"""The agent that is called, as it can be changed over REST; afterwards it is as it was."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from pydantic import BaseModel, ConfigDict

from bench.environment import Environment
from bench.shop import AGENT_NAME
from config.errors import ConfigurationError

_AGENTS = "/v1/convai/agents"
_REQUEST_SECONDS = 10.0


class AgentSetting(BaseModel):
    """What is changed of an agent.

    Attributes:
        system_prompt: With `{{variables}}`.
        first_message: Its greeting.
        answers_cache_seconds: How long its answers are kept; 0 for not at all.
    """

    model_config = ConfigDict(frozen=True)

    system_prompt: str
    first_message: str
    answers_cache_seconds: int


class _AgentSummary(BaseModel):
    agent_id: str
    name: str


class _AgentPage(BaseModel):
    agents: tuple[_AgentSummary, ...]


class AgentUnderTest:
    """The agent. Use `agent_under_test`.

    Args:
        client: Of the server, with a key.
        agent_id: Which.
        before: As it was.

    Attributes:
        before: As it was.
    """

    def __init__(self, client: httpx.AsyncClient, agent_id: str, before: AgentSetting) -> None:
        self.before = before
        self._client = client
        self._agent_id = agent_id

    async def change(self, setting: AgentSetting) -> None:
        """Change it, for all calls that begin from now on.

        Raises:
            httpx.HTTPError: The server did not do it.
        """
        answer = await self._client.patch(f"{_AGENTS}/{self._agent_id}", json=setting.model_dump())
        answer.raise_for_status()


@asynccontextmanager
async def agent_under_test(environment: Environment) -> AsyncIterator[AgentUnderTest]:
    """Find the agent; what is changed of it in the context is changed back at its end.

    Raises:
        ConfigurationError: The server has no such agent, or several.
        httpx.HTTPError: The server did not answer.
    """
    async with httpx.AsyncClient(
        base_url=environment.server_url,
        headers={"xi-api-key": environment.api_key},
        timeout=_REQUEST_SECONDS,
        trust_env=False,
    ) as client:
        agent_id = await _find(client)
        answer = await client.get(f"{_AGENTS}/{agent_id}")
        before = AgentSetting.model_validate_json(answer.raise_for_status().content)
        agent = AgentUnderTest(client, agent_id, before)
        try:
            yield agent
        finally:
            await agent.change(before)


async def _find(client: httpx.AsyncClient) -> str:
    answer = await client.get(_AGENTS, params={"search": AGENT_NAME})
    page = _AgentPage.model_validate_json(answer.raise_for_status().content)
    found = [agent.agent_id for agent in page.agents if agent.name == AGENT_NAME]
    if len(found) != 1:
        raise ConfigurationError(
            f"The server has {len(found)} agents named {AGENT_NAME}; give it the one of `python -m bench agent`."
        )
    return found[0]
