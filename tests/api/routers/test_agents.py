"""Agents over HTTP, on a real database."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.schemas.agent_fields import FLAT_EXAMPLE, NESTED_EXAMPLE
from api.state import AppState
from data.ids import new_id
from data.phone_numbers import PhoneNumber
from data.repositories.phone_number import PhoneNumberRepository
from data.workspaces import DEFAULT_WORKSPACE_ID

AGENTS = "/v1/convai/agents"


async def make(client: httpx.AsyncClient, **fields: object) -> dict[str, Any]:
    response = await client.post(AGENTS, json={"name": "Front desk", "system_prompt": "Be brief.", **fields})
    assert response.status_code == 200, response.text
    agent: dict[str, Any] = response.json()
    return agent


async def test_the_flat_form_makes_an_agent_that_reads_back_in_both_views(client: httpx.AsyncClient) -> None:
    created = await client.post(AGENTS, json=FLAT_EXAMPLE)
    agent = (await client.get(f"{AGENTS}/{created.json()['agent_id']}")).json()
    assert agent == created.json()
    assert agent["system_prompt"] == FLAT_EXAMPLE["system_prompt"]
    prompt = agent["conversation_config"]["agent"]["prompt"]
    assert prompt["prompt"] == FLAT_EXAMPLE["system_prompt"]
    assert prompt["max_tokens"] == 512
    assert prompt["built_in_tools"]["book_appointment"]["type"] == "system"
    assert prompt["built_in_tools"]["language_detection"] is None
    assert agent["conversation_config"]["turn"]["silence_threshold_sec"] == 0.8
    assert (
        agent["platform_settings"]["privacy"] | {"record_voice": False, "retention_days": 30}
        == (agent["platform_settings"]["privacy"])
    )
    assert agent["access_info"]["role"] == "admin"
    assert agent["workflow"]["nodes"] == {}
    assert agent["phone_numbers"] == []
    created_at = datetime.fromisoformat(agent["created_at"])
    assert agent["metadata"]["created_at_unix_secs"] == int(created_at.timestamp())


@pytest.mark.parametrize("path", [AGENTS, f"{AGENTS}/create"])
@pytest.mark.parametrize("body", [FLAT_EXAMPLE, NESTED_EXAMPLE])
async def test_either_route_takes_either_form(client: httpx.AsyncClient, path: str, body: object) -> None:
    created = await client.post(path, json=body)
    assert created.status_code == 200
    agent = (await client.get(f"{AGENTS}/{created.json()['agent_id']}")).json()
    assert agent["dynamic_variables"] == {"name": "there"}
    assert agent["tags"] == ["demo"]


async def test_the_nested_form_needs_no_more_than_an_empty_configuration(client: httpx.AsyncClient) -> None:
    created = await client.post(f"{AGENTS}/create", json={"conversation_config": {}})
    assert set(created.json()) == {"agent_id"}
    agent = (await client.get(f"{AGENTS}/{created.json()['agent_id']}")).json()
    assert agent["model_name"] == "llama3.1:8b"
    assert agent["voice_id"] == "aura-2-thalia-en"


@pytest.mark.parametrize(
    ("path", "body", "missing"),
    [
        (AGENTS, {}, ["name", "system_prompt"]),
        (AGENTS, {"name": "x"}, ["system_prompt"]),
        (f"{AGENTS}/create", {}, ["conversation_config"]),
    ],
)
async def test_what_a_create_needs_is_said(
    client: httpx.AsyncClient, path: str, body: object, missing: list[str]
) -> None:
    response = await client.post(path, json=body)
    assert response.status_code == 422
    assert [(item["type"], item["loc"]) for item in response.json()["detail"]] == [
        ("missing", ["body", name]) for name in missing
    ]


async def test_patch_merges_and_a_whole_get_body_is_valid(client: httpx.AsyncClient) -> None:
    agent = await make(client, dynamic_variables={"a": 1})
    path = f"{AGENTS}/{agent['agent_id']}"
    changed = {**agent, "dynamic_variables": {"a": 2}}
    changed["conversation_config"]["tts"]["voice_id"] = "aura-2-luna-en"
    response = await client.patch(path, json=changed)
    assert response.status_code == 200, response.text
    stored = response.json()
    assert stored["voice_id"] == "aura-2-luna-en"
    assert stored["conversation_config"]["agent"]["dynamic_variables"] == {
        "dynamic_variable_placeholders": {"a": 2}
    }
    assert stored == (await client.get(path)).json()


async def test_a_patch_that_changes_nothing_leaves_the_version_alone(client: httpx.AsyncClient) -> None:
    agent = await make(client)
    path = f"{AGENTS}/{agent['agent_id']}"
    before = (await client.get(path)).headers["etag"]
    assert (await client.patch(path, json=agent)).headers["etag"] == before
    assert (await client.patch(path, json={"temperature": 0.9})).headers["etag"] != before


async def test_a_stale_write_is_412(client: httpx.AsyncClient) -> None:
    agent = await make(client)
    path = f"{AGENTS}/{agent['agent_id']}"
    old = (await client.get(path)).headers["etag"]
    fresh = (await client.patch(path, json={"temperature": 0.9}, headers={"If-Match": old})).headers["etag"]
    stale = await client.patch(path, json={"temperature": 1}, headers={"If-Match": old})
    assert stale.status_code == 412
    assert stale.json()["detail"]["code"] == "precondition_failed"
    assert (await client.delete(path, headers={"If-Match": old})).status_code == 412
    assert (await client.delete(path, headers={"If-Match": f'"x", W/{fresh}'})).status_code == 200


async def test_bad_values_are_located(client: httpx.AsyncClient) -> None:
    agent = await make(client)
    path = f"{AGENTS}/{agent['agent_id']}"
    flat = await client.patch(path, json={"temperature": 9})
    assert (flat.status_code, flat.json()["detail"][0]["loc"]) == (422, ["body", "temperature"])
    nested = await client.patch(path, json={"conversation_config": {"agent": {"prompt": {"temperature": 9}}}})
    assert nested.status_code == 422
    assert nested.json()["detail"][0]["loc"] == ["body", "conversation_config", "agent", "prompt", "temperature"]
    unknown = await client.patch(path, json={"temprature": 1})
    assert "Did you mean 'temperature'?" in unknown.json()["detail"][0]["msg"]


@pytest.mark.parametrize(
    "raw", [b'{"temperature": NaN}', b'{"name": "\\ud800"}', b'{"name": "a\\u0000b"}', b"[1]", b"", b"{", b"null"]
)
async def test_unusable_bodies_are_422(client: httpx.AsyncClient, raw: bytes) -> None:
    agent = await make(client)
    path = f"{AGENTS}/{agent['agent_id']}"
    response = await client.patch(path, content=raw, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert isinstance(response.json()["detail"], list)


async def test_deleted_agents_are_gone(client: httpx.AsyncClient) -> None:
    agent = await make(client)
    path = f"{AGENTS}/{agent['agent_id']}"
    deleted = await client.delete(path)
    assert (deleted.status_code, deleted.json()) == (200, {})
    for response in (
        await client.get(path),
        await client.patch(path, json={"name": "x"}),
        await client.delete(path),
        await client.post(f"{path}/duplicate"),
        await client.get(f"{AGENTS}/%00"),
    ):
        detail = response.json()["detail"]
        assert response.status_code == 404
        assert (detail["type"], detail["code"], detail["status"]) == (
            "not_found",
            "agent_not_found",
            "agent_not_found",
        )
        assert detail["request_id"] == response.headers["x-request-id"]


async def test_a_copy_differs_in_id_and_name_only(client: httpx.AsyncClient) -> None:
    agent = await make(client, temperature=0.7, tags=["a"])
    path = f"{AGENTS}/{agent['agent_id']}/duplicate"
    first = (await client.post(path)).json()["agent_id"]
    second = (await client.post(path, json={"name": "Mine"})).json()["agent_id"]
    copies = [(await client.get(f"{AGENTS}/{copy}")).json() for copy in (first, second)]
    assert [copy["name"] for copy in copies] == ["Front desk (copy)", "Mine"]
    own = ("agent_id", "name", "created_at", "updated_at", "metadata")
    for copy in copies:
        assert {key: copy[key] for key in copy if key not in own} == {
            key: agent[key] for key in agent if key not in own
        }


async def test_lists_page_search_sort_and_filter(client: httpx.AsyncClient) -> None:
    for name, tag in (("Anna", "x"), ("Berta", "y"), ("Anton", "x")):
        await make(client, name=name, tags=[tag])
    first = (await client.get(AGENTS, params={"page_size": 2})).json()
    assert [agent["name"] for agent in first["agents"]] == ["Anton", "Berta"]
    assert first["has_more"] is True
    rest = (await client.get(AGENTS, params={"page_size": 2, "cursor": first["next_cursor"]})).json()
    assert [agent["name"] for agent in rest["agents"]] == ["Anna"]
    assert (rest["has_more"], rest["next_cursor"]) == (False, None)
    by_name = {"search": "an", "tags": ["x", "z"], "sort_by": "name", "sort_direction": "asc"}
    found = (await client.get(AGENTS, params=by_name)).json()["agents"]
    assert [agent["name"] for agent in found] == ["Anna", "Anton"]
    assert set(found[0]) >= {"agent_id", "voice_id", "tags", "access_info", "last_call_time_unix_secs", "archived"}


async def test_archived_agents_can_be_told_apart(client: httpx.AsyncClient) -> None:
    kept = await make(client)
    put_away = await make(client)
    settings = {"platform_settings": {"archived": True}}
    await client.patch(f"{AGENTS}/{put_away['agent_id']}", json=settings)
    for archived, expected in ((True, put_away), (False, kept)):
        listed = (await client.get(AGENTS, params={"archived": archived})).json()["agents"]
        assert [agent["agent_id"] for agent in listed] == [expected["agent_id"]]


async def test_bad_pages_are_refused(client: httpx.AsyncClient) -> None:
    bad_cursor = await client.get(AGENTS, params={"cursor": "nonsense"})
    assert (bad_cursor.status_code, bad_cursor.json()["detail"]["code"]) == (400, "invalid_cursor")
    assert (await client.get(AGENTS, params={"page_size": 101})).status_code == 422
    assert (await client.get(AGENTS, params={"search": "\x00"})).status_code == 422


async def test_an_agent_shows_its_telephone_numbers(client: httpx.AsyncClient, app: FastAPI) -> None:
    agent = await make(client)
    state: AppState = app.state.services
    now = datetime.now(UTC)
    number = PhoneNumber(
        phone_number_id=new_id("phnum"),
        workspace_id=DEFAULT_WORKSPACE_ID,
        phone_number="+15550001111",
        label="Main",
        created_at=now,
        updated_at=now,
        agent_id=agent["agent_id"],
    )
    async with state.database.session() as session:
        await PhoneNumberRepository(session).add(number)
    shown = (await client.get(f"{AGENTS}/{agent['agent_id']}")).json()["phone_numbers"]
    assert [(item["provider"], item["phone_number"]) for item in shown] == [("twilio", "+15550001111")]
