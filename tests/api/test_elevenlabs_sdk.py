"""The official ElevenLabs SDK against a real server: agents, conversations and errors."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from elevenlabs.client import AsyncElevenLabs
from elevenlabs.core.api_error import ApiError
from elevenlabs.errors.unprocessable_entity_error import UnprocessableEntityError
from fastapi import FastAPI

from simulator.hosting import serve_app
from tests.api.records import call_sid, store_conversation, store_document
from tests.api.serving import API_KEY

NO_RETRY: Any = {"max_retries": 0}


@pytest.fixture
async def base_url(app: FastAPI) -> AsyncIterator[str]:
    # The app runs already; what serves it must not run its lifespan again.
    async with serve_app(_without_lifespan(app)) as url:
        yield url


@pytest.fixture
def convai(base_url: str) -> Any:
    return AsyncElevenLabs(base_url=base_url, api_key=API_KEY).conversational_ai


def _without_lifespan(app: FastAPI) -> Any:
    async def serve(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise RuntimeError("no lifespan here")
        await app(scope, receive, send)

    return serve


CONFIG: dict[str, Any] = {
    "agent": {
        "first_message": "Hi {{name}}",
        "dynamic_variables": {"dynamic_variable_placeholders": {"name": "Bob"}},
        "prompt": {
            "prompt": "Be brief.",
            "llm": "llama3.1:8b",
            "built_in_tools": {
                "end_call": {},
                "transfer_to_number": {"transfers": [{"phone_number": "+15550001111", "condition": "asked"}]},
            },
            "knowledge_base": [{"type": "text", "id": "doc_1", "name": "FAQ", "usage_mode": "auto"}],
        },
    },
    "tts": {"voice_id": "aura-2-luna-en", "speed": 1.1},
}


async def test_agents_from_creation_to_deletion(convai: Any, app: FastAPI) -> None:
    agents = convai.agents
    await store_document(app.state.services.database, "doc_1")
    agent_id = (await agents.create(conversation_config=CONFIG, name="Support", tags=["prod"])).agent_id
    got = await agents.get(agent_id)
    assert (got.name, got.tags) == ("Support", ["prod"])
    assert got.conversation_config.agent.prompt.prompt == "Be brief."
    assert got.conversation_config.tts.speed == 1.1
    assert got.conversation_config.agent.dynamic_variables == {"dynamic_variable_placeholders": {"name": "Bob"}}
    tools = got.conversation_config.agent.prompt.built_in_tools
    assert tools.end_call.params.system_tool_type == "end_call"
    assert tools.transfer_to_number.params.transfers[0].condition == "asked"
    assert tools.language_detection is None
    assert got.conversation_config.agent.prompt.knowledge_base[0].id == "doc_1"
    assert got.metadata.created_at_unix_secs > 0

    same = await agents.update(agent_id, conversation_config=got.conversation_config)
    assert same.metadata == got.metadata
    assert same.conversation_config == got.conversation_config

    renamed = await agents.update(agent_id, name="B", conversation_config={"tts": {"voice_id": "aura-2-zeus-en"}})
    assert (renamed.name, renamed.voice_id) == ("B", "aura-2-zeus-en")
    assert renamed.conversation_config.tts.speed == 1.1

    copy_id = (await agents.duplicate(agent_id)).agent_id
    named_id = (await agents.duplicate(agent_id, name="C")).agent_id
    page = await agents.list(page_size=2, search="b", sort_by="name", sort_direction="asc", tags=["prod"])
    assert [agent.agent_id for agent in page.agents] == [agent_id, copy_id]
    assert (page.has_more, page.next_cursor) == (False, None)
    everyone: list[str] = []
    cursor: str | None = None
    while True:
        page = await agents.list(page_size=1, cursor=cursor)
        everyone += [agent.agent_id for agent in page.agents]
        if not page.has_more:
            break
        cursor = page.next_cursor
    assert sorted(everyone) == sorted([agent_id, copy_id, named_id])

    await agents.delete(agent_id)
    with pytest.raises(ApiError) as raised:
        await agents.get(agent_id, request_options=NO_RETRY)
    assert raised.value.status_code == 404
    assert raised.value.body["detail"]["code"] == "agent_not_found"


async def test_conversations_list_get_and_delete(convai: Any, app: FastAPI) -> None:
    conversation_id = await store_conversation(app.state.services)
    conversations = convai.conversations
    page = await conversations.list(page_size=10, exclude_statuses=["failed"])
    assert [item.conversation_id for item in page.conversations] == [conversation_id]
    assert (page.conversations[0].call_duration_secs, page.conversations[0].direction) == (12, "inbound")
    for key in (conversation_id, call_sid(1)):
        got = await conversations.get(key)
        assert (got.conversation_id, got.has_audio) == (conversation_id, False)
        assert got.metadata.phone_call.type == "twilio"
        assert got.metadata.phone_call.call_sid == call_sid(1)
        answer = got.transcript[2]
        metrics = answer.conversation_turn_metrics.metrics
        assert metrics["convai_llm_service_ttfb"].elapsed_time == 0.2
        assert answer.rag_retrieval_info.chunks[0].document_id == "doc_1"
        results = got.transcript[4].tool_results
        assert [result.type for result in results] == ["system", "system"]
        assert [result.tool_name for result in results] == ["book_appointment", "end_call"]
    await conversations.delete(conversation_id)
    with pytest.raises(ApiError) as raised:
        await conversations.get(conversation_id, request_options=NO_RETRY)
    assert raised.value.body["detail"]["code"] == "conversation_not_found"


async def test_errors_are_what_the_sdk_expects(convai: Any, base_url: str) -> None:
    with pytest.raises(UnprocessableEntityError) as raised:
        await convai.agents.create(conversation_config={"agent": {"prompt": {"temperature": 7}}})
    assert raised.value.body["detail"][0]["loc"][-1] == "temperature"
    for key, status in ((None, "needs_authorization"), ("wrong", "invalid_api_key")):
        stranger = AsyncElevenLabs(base_url=base_url, api_key=key or "")
        if key is None:
            stranger = AsyncElevenLabs(base_url=base_url)
        with pytest.raises(ApiError) as refused:
            await stranger.conversational_ai.agents.list(request_options=NO_RETRY)
        assert refused.value.status_code == 401
        assert refused.value.body["detail"]["status"] == status


async def test_writes_at_once_are_all_kept(convai: Any) -> None:
    agent_id = (await convai.agents.create(conversation_config={})).agent_id
    placeholders = [{"dynamic_variable_placeholders": {f"v{number}": number}} for number in range(8)]
    await asyncio.gather(
        *(
            convai.agents.update(agent_id, conversation_config={"agent": {"dynamic_variables": change}})
            for change in placeholders
        )
    )
    got = await convai.agents.get(agent_id)
    kept = got.conversation_config.agent.dynamic_variables["dynamic_variable_placeholders"]
    assert kept == {f"v{number}": number for number in range(8)}
