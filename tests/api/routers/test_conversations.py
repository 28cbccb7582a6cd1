"""Conversations and their latency over HTTP, on a real database."""

import httpx
import pytest
from fastapi import FastAPI

from data.records import EndReason
from tests.api.records import STARTED, call_sid, store_conversation

CONVERSATIONS = "/v1/convai/conversations"


@pytest.mark.parametrize("by_call_sid", [False, True])
async def test_a_conversation_is_shown_whole(client: httpx.AsyncClient, app: FastAPI, by_call_sid: bool) -> None:
    conversation_id = await store_conversation(app.state.services)
    key = call_sid(1) if by_call_sid else conversation_id
    body = (await client.get(f"{CONVERSATIONS}/{key}")).json()
    assert body["conversation_id"] == conversation_id
    assert body["status"] == "completed"
    assert (body["phone_number"], body["duration_secs"]) == ("+15550001111", 12.4)
    assert body["end_reason"] == "caller_hung_up"
    assert not any(body[f"has_{kind}audio"] for kind in ("", "user_", "response_", "auxiliary_"))
    assert body["metadata"]["phone_call"] == {
        "type": "twilio",
        "direction": "inbound",
        "phone_number_id": "phnum_1",
        "agent_number": "+15552223333",
        "external_number": "+15550001111",
        "stream_sid": "MZ1",
        "call_sid": call_sid(1),
    }
    assert body["metadata"]["start_time_unix_secs"] == int(STARTED.timestamp()) + 60
    assert body["metadata"]["call_duration_secs"] == 12
    assert body["metadata"]["termination_reason"] == "Call ended by remote party."
    assert body["conversation_initiation_client_data"]["dynamic_variables"] == {"name": "Bob"}
    assert "From nine to five." in body["transcript_text"]


async def test_turns_have_elevenlabs_metrics_in_seconds_and_ours_in_milliseconds(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    conversation_id = await store_conversation(app.state.services)
    turns = (await client.get(f"{CONVERSATIONS}/{conversation_id}")).json()["transcript"]
    assert [turn["role"] for turn in turns] == ["agent", "user", "agent", "user", "agent"]
    answer = turns[2]
    assert (answer["message"], answer["interrupted"], answer["time_in_call_secs"]) == (
        "From nine to five.",
        True,
        3,
    )
    metrics = answer["conversation_turn_metrics"]["metrics"]
    assert {name: metric["elapsed_time"] for name, metric in metrics.items()} == {
        "convai_asr_trailing_service_latency": 0.15,
        "convai_llm_service_ttfb": 0.2,
        "convai_llm_service_ttf_sentence": 0.25,
        "convai_tts_service_ttfb": 0.12,
    }
    assert answer["latency"]["voice_to_voice_ms"] == 640.0
    assert answer["rag_retrieval_info"]["chunks"] == [
        {"document_id": "doc_1", "chunk_id": "chunk_1", "vector_distance": 0.25, "similarity": None}
    ]
    assert answer["rag_retrieval_info"]["rag_latency_secs"] == 0.0125
    (usage,) = answer["llm_usage"]["model_usage"].values()
    assert (usage["input"]["tokens"], usage["output_total"]["tokens"]) == (400, 12)
    assert turns[1]["confidence"] == 0.93
    assert turns[0]["conversation_turn_metrics"] is None


async def test_tool_calls_carry_their_discriminators(client: httpx.AsyncClient, app: FastAPI) -> None:
    conversation_id = await store_conversation(app.state.services)
    last = (await client.get(f"{CONVERSATIONS}/{conversation_id}")).json()["transcript"][-1]
    assert [call["type"] for call in last["tool_calls"]] == ["system", "system"]
    assert last["tool_calls"][0]["params_as_json"] == '{"day": "Monday"}'
    booked, ended = last["tool_results"]
    assert (booked["result_value"], booked["tool_latency_secs"]) == ('{"booked": true}', 0.03)
    assert ended["result_value"] == "ended"
    assert ended["result"]["result_type"] == "end_call_success"


async def test_both_words_for_a_finished_conversation(client: httpx.AsyncClient, app: FastAPI) -> None:
    done = await store_conversation(app.state.services, 1)
    failed = await store_conversation(app.state.services, 2, reason=EndReason.ERROR)
    path = f"{CONVERSATIONS}/{done}"
    assert (await client.get(path, params={"status_words": "elevenlabs"})).json()["status"] == "done"
    for word in ("done", "completed"):
        kept = (await client.get(CONVERSATIONS, params={"status": word})).json()["conversations"]
        left = (await client.get(CONVERSATIONS, params={"exclude_statuses": word})).json()["conversations"]
        assert [item["conversation_id"] for item in kept] == [done]
        assert [(item["conversation_id"], item["status"]) for item in left] == [(failed, "failed")]


async def test_lists_page_and_filter(client: httpx.AsyncClient, app: FastAPI) -> None:
    ids = [await store_conversation(app.state.services, number) for number in (1, 2, 3)]
    await store_conversation(app.state.services, 4, agent_id="agent_2")
    first = (await client.get(CONVERSATIONS, params={"agent_id": "agent_1", "page_size": 2})).json()
    assert [item["conversation_id"] for item in first["conversations"]] == [ids[2], ids[1]]
    params = {"agent_id": "agent_1", "page_size": 2, "cursor": first["next_cursor"]}
    rest = (await client.get(CONVERSATIONS, params=params)).json()
    assert [item["conversation_id"] for item in rest["conversations"]] == [ids[0]]
    assert rest["has_more"] is False
    second = int(STARTED.timestamp()) + 120
    between = {"call_start_after_unix": second, "call_start_before_unix": second + 59}
    found = (await client.get(CONVERSATIONS, params=between)).json()["conversations"]
    assert [item["conversation_id"] for item in found] == [ids[1]]
    assert (found[0]["message_count"], found[0]["call_successful"]) == (5, "unknown")
    for none in ({"call_duration_min_secs": 60}, {"search": "zebra"}, {"call_successful": "success"}):
        assert (await client.get(CONVERSATIONS, params=none)).json()["conversations"] == []


@pytest.mark.parametrize("name", ["call_duration_min_secs", "call_start_after_unix"])
async def test_absurd_bounds_are_refused(client: httpx.AsyncClient, name: str) -> None:
    for value in (-1, 10**40):
        assert (await client.get(CONVERSATIONS, params={name: value})).status_code == 422


async def test_a_filter_that_would_be_ignored_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.get(CONVERSATIONS, params={"tool_names": "end_call"})
    assert response.status_code == 400
    assert response.json()["detail"]["code"] == "unsupported_filter"
    assert response.json()["detail"]["param"] == "tool_names"


async def test_a_running_conversation_shows_its_turns(client: httpx.AsyncClient, app: FastAPI) -> None:
    conversation_id = await store_conversation(app.state.services, reason=None)
    body = (await client.get(f"{CONVERSATIONS}/{conversation_id}")).json()
    assert (body["status"], body["ended_at"], body["end_reason"]) == ("in-progress", None, None)
    assert "From nine to five." in body["transcript_text"]


async def test_deleted_conversations_are_gone(client: httpx.AsyncClient, app: FastAPI) -> None:
    await store_conversation(app.state.services)
    path = f"{CONVERSATIONS}/{call_sid(1)}"
    assert (await client.delete(path)).json() == {}
    for response in (
        await client.get(path),
        await client.delete(path),
        await client.get(f"/v1/convai/latency/{call_sid(1)}"),
        await client.get(f"{CONVERSATIONS}/%00"),
    ):
        assert response.status_code == 404
        assert response.json()["detail"]["code"] == "conversation_not_found"


async def test_latency_by_turn_and_over_the_call(client: httpx.AsyncClient, app: FastAPI) -> None:
    conversation_id = await store_conversation(app.state.services)
    for key in (conversation_id, call_sid(1)):
        report = (await client.get(f"/v1/convai/latency/{key}")).json()
        assert report["conversation_id"] == conversation_id
        assert report["call_sid"] == call_sid(1)
        assert [turn["position"] for turn in report["turns"]] == [1, 2, 3, 4]
        assert report["turns"][1]["tts_first_byte_ms"] == 120.0
        assert report["summary"]["voice_to_voice_ms"] == {"count": 2, "p50": 640.0, "p95": 800.0, "p99": 800.0}
        assert report["summary"]["interruption_ms"]["count"] == 1
