"""`ingest` through a running server: files are sent over REST, and waited for until the agent uses them."""

import asyncio
from datetime import UTC, datetime
from typing import TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from api.agent_views.read import flat_view
from api.schemas.knowledge import DocumentCreated, RagIndexes
from cli.ingest_target import TakenDocument
from config.errors import ConfigurationError, InvalidInputError, VendorError
from data.knowledge.document_files import FoundFile
from data.knowledge.organization import OrganizationConfig
from data.knowledge.progress import ProgressListener

_AGENTS = "/v1/convai/agents"
_DOCUMENTS = "/v1/convai/knowledge-base"
_POLL_SECONDS = 0.5
SEND_SECONDS = 600.0
"""Of one file, with what the server does before it answers."""

M = TypeVar("M", bound=BaseModel)


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Agent(_Lenient):
    agent_id: str
    name: str = ""
    is_active: bool = True
    created_at_unix_secs: int = 0


class _Agents(_Lenient):
    agents: list[_Agent]


class _Problem(_Lenient):
    message: str


class _Refusal(_Lenient):
    detail: _Problem


class ServerIngest:
    """Documents of a running server's agents.

    Args:
        client: Knows its address and a key with the scope write.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def agent(self, agent_id: str | None) -> str:
        """The id of a named agent, or of the oldest active one."""
        if agent_id is not None:
            return (await self._request(_Agent, "GET", f"{_AGENTS}/{agent_id}")).agent_id
        oldest = next((agent for agent in await self._oldest_first() if agent.is_active), None)
        if oldest is None:
            raise ConfigurationError("The server has no active agent: name one with --agent.")
        return oldest.agent_id

    async def agent_of(self, organization: OrganizationConfig) -> tuple[str, bool]:
        """The id of the agent of an organization's folder, by its name, and whether it was made just now."""
        for agent in await self._oldest_first():
            if agent.name == organization.name:
                return agent.agent_id, False
        body = flat_view(organization.to_agent(agent_id="", workspace_id="", at=datetime.now(UTC)))
        return (await self._request(_Agent, "POST", _AGENTS, json=body)).agent_id, True

    async def file(self, agent_id: str, file: FoundFile, on_progress: ProgressListener) -> TakenDocument:
        """Take a file in."""
        content = await asyncio.to_thread(file.path.read_bytes)
        created = await self._request(
            DocumentCreated,
            "POST",
            f"{_DOCUMENTS}/file",
            files={"file": (file.filename, content)},
            data={"agent_id": agent_id},
        )
        return await self._published(created, on_progress)

    async def url(self, agent_id: str, url: str, on_progress: ProgressListener) -> TakenDocument:
        """Take a page in."""
        body: dict[str, JsonValue] = {"url": url, "agent_id": agent_id}
        created = await self._request(DocumentCreated, "POST", f"{_DOCUMENTS}/url", json=body)
        return await self._published(created, on_progress)

    async def _oldest_first(self) -> list[_Agent]:
        return (await self._request(_Agents, "GET", f"{_AGENTS}?page_size=100&sort_direction=asc")).agents

    async def _published(self, created: DocumentCreated, on_progress: ProgressListener) -> TakenDocument:
        while True:
            found = await self._request(RagIndexes, "GET", f"{_DOCUMENTS}/{created.id}/rag-index")
            index = found.indexes[0]
            on_progress(round(index.progress_percentage), 100)
            if index.status == "succeeded":
                return TakenDocument(created.name, 0, "stored")
            if index.status == "failed":
                raise InvalidInputError(f"{created.name} could not be embedded ({index.failure}).")
            await asyncio.sleep(_POLL_SECONDS)

    async def _request(
        self,
        answer: type[M],
        method: str,
        path: str,
        *,
        json: dict[str, JsonValue] | None = None,
        files: dict[str, tuple[str, bytes]] | None = None,
        data: dict[str, str] | None = None,
    ) -> M:
        try:
            response = await self._client.request(method, path, json=json, files=files, data=data)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise VendorError(
                "server", f"The server at {self._client.base_url} does not answer: {type(error).__name__}."
            ) from error
        if response.is_success:
            return answer.model_validate_json(response.content)
        try:
            message = _Refusal.model_validate_json(response.content).detail.message
        except ValidationError:  # a 422's list, or not our server
            message = response.text[:200]
        raise InvalidInputError(f"The server refused ({response.status_code}): {message}")
