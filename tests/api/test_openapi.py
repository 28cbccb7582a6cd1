"""The API does what its OpenAPI document says, and nothing that is sent to it makes it fail."""

import asyncio
import re
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from jsonschema_rs import Draft202012Validator
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.schemas.agent_fields import FlatFields
from api.schemas.agents import AgentDetail
from config.settings import Settings
from data.agent_config import AgentConfig, AgentSettings, RagSettings
from simulator.hosting import serve_app
from tests.api.records import call_sid, store_conversation
from tests.api.runtimes import IdleRuntime
from tests.api.serving import API_KEY, app_client

EXAMPLES_PER_OPERATION = 12
PREFIXES = ("/v1/", "/health", "/metrics")
HEADERS = {"xi-api-key": API_KEY}
OPERATIONS = {
    "create_agent": "POST /v1/convai/agents",
    "create_agent_from_sections": "POST /v1/convai/agents/create",
    "list_agents": "GET /v1/convai/agents",
    "get_agent": "GET /v1/convai/agents/{agent_id}",
    "update_agent": "PATCH /v1/convai/agents/{agent_id}",
    "delete_agent": "DELETE /v1/convai/agents/{agent_id}",
    "duplicate_agent": "POST /v1/convai/agents/{agent_id}/duplicate",
    "add_agent_document": "POST /v1/convai/agents/{agent_id}/knowledge-base",
    "query_agent_documents": "POST /v1/convai/agents/{agent_id}/knowledge-base/query",
    "get_agent_knowledge_size": "GET /v1/convai/agent/{agent_id}/knowledge-base/size",
    "create_document": "POST /v1/convai/knowledge-base",
    "create_document_from_text": "POST /v1/convai/knowledge-base/text",
    "create_document_from_url": "POST /v1/convai/knowledge-base/url",
    "create_document_from_file": "POST /v1/convai/knowledge-base/file",
    "search_documents": "GET /v1/convai/knowledge-base/search",
    "get_document_summaries": "GET /v1/convai/knowledge-base/summaries",
    "list_documents": "GET /v1/convai/knowledge-base",
    "get_document": "GET /v1/convai/knowledge-base/{document_id}",
    "update_document": "PATCH /v1/convai/knowledge-base/{document_id}",
    "refresh_document": "POST /v1/convai/knowledge-base/{document_id}/refresh",
    "update_document_file": "PATCH /v1/convai/knowledge-base/{document_id}/update-file",
    "delete_document": "DELETE /v1/convai/knowledge-base/{document_id}",
    "list_dependent_agents": "GET /v1/convai/knowledge-base/{document_id}/dependent-agents",
    "get_document_content": "GET /v1/convai/knowledge-base/{document_id}/content",
    "list_chunks": "GET /v1/convai/knowledge-base/{document_id}/chunks",
    "get_chunk": "GET /v1/convai/knowledge-base/{document_id}/chunk/{chunk_id}",
    "get_rag_overview": "GET /v1/convai/knowledge-base/rag-index",
    "compute_rag_indexes": "POST /v1/convai/knowledge-base/rag-index",
    "compute_rag_index": "POST /v1/convai/knowledge-base/{document_id}/rag-index",
    "get_rag_indexes": "GET /v1/convai/knowledge-base/{document_id}/rag-index",
    "delete_rag_index": "DELETE /v1/convai/knowledge-base/{document_id}/rag-index/{rag_index_id}",
    "list_conversations": "GET /v1/convai/conversations",
    "get_conversation": "GET /v1/convai/conversations/{conversation_id}",
    "delete_conversation": "DELETE /v1/convai/conversations/{conversation_id}",
    "get_latency": "GET /v1/convai/latency/{call_sid}",
    "list_api_keys": "GET /v1/workspace/api-keys",
    "create_api_key": "POST /v1/workspace/api-keys",
    "revoke_api_key": "DELETE /v1/workspace/api-keys/{key_id}",
    "rotate_api_key": "POST /v1/workspace/api-keys/{key_id}/rotate",
    "read_audit_log": "GET /v1/workspace/audit-log",
    "list_workspaces": "GET /v1/workspaces",
    "create_workspace": "POST /v1/workspaces",
    "get_health": "GET /health",
    "get_liveness": "GET /health/live",
    "get_readiness": "GET /health/ready",
    "get_metrics": "GET /metrics",
    "call_comes_in": "POST /voice/incoming",
    "call_status_changes": "POST /voice/status",
}
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


async def test_every_operation_is_documented(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    for path, operations in document["paths"].items():
        if not path.startswith(PREFIXES):
            continue
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["tags"], where
            if path.startswith("/v1/"):
                [[scope]] = [need["xi-api-key"] for need in operation["security"]]
                if "workspace" in path:
                    assert scope == "admin", where
                else:
                    reads = method == "get" or path.endswith("/query")
                    assert scope == ("read" if reads else "write"), where
                assert f"`{scope}`" in operation["description"], where
                answers = {"200", "401", "403", "429"}
                if operation.get("parameters") or "requestBody" in operation:
                    answers.add("422")
                assert answers <= set(operation["responses"]), where
                if "{" in path:
                    assert "404" in operation["responses"], where


async def test_every_operation_says_what_it_takes_and_what_it_may_answer(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            for parameter in operation.get("parameters", ()):
                assert parameter.get("description"), f"{where}: {parameter['name']}"
            for body in operation.get("requestBody", {}).get("content", {}).values():
                named = [body["schema"], *body["schema"].get("anyOf", ())]
                known = [schemas[part["$ref"].rpartition("/")[2]] for part in named if "$ref" in part]
                assert "example" in body or any("examples" in schema for schema in known), where
            for status, response in operation["responses"].items():
                assert response["headers"]["x-request-id"]["required"], f"{where} {status}"
                error = response.get("content", {}).get("application/json", {})
                if status in ("400", "401", "403", "404", "412", "429", "500"):
                    assert error["schema"] == {"$ref": "#/components/schemas/ErrorBody"}, f"{where} {status}"
                    assert error["example"]["detail"]["request_id"], f"{where} {status}"
            assert "500" in operation["responses"], where


@pytest.mark.parametrize(
    "name",
    [
        *("LatencyReport", "TurnLatencyItem", "LatencySummary", "Percentiles"),
        *("HealthBody", "CheckBody", "Alive", "Readiness", "ErrorDetail"),
    ],
)
async def test_every_key_of_it_is_explained(client: httpx.AsyncClient, name: str) -> None:
    schema = (await client.get("/openapi.json")).json()["components"]["schemas"][name]
    assert [key for key, described in schema["properties"].items() if not described.get("description")] == []


async def test_operation_ids_are_unique_and_stay(client: httpx.AsyncClient) -> None:
    """Clients are generated from them: a change here breaks them."""
    document = (await client.get("/openapi.json")).json()
    assert {
        operation["operationId"]: f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    } == OPERATIONS


async def test_every_example_fits_its_schema(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    shown = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                body = response.get("content", {}).get("application/json", {})
                if path.startswith(PREFIXES) and int(status) < 500 and body:
                    assert "example" in body, f"{method} {path} {status}"
                if "example" in body:
                    shown += 1
                    schema = {**body["schema"], "components": document["components"]}
                    Draft202012Validator(schema).validate(body["example"])
    assert shown > 100


async def test_the_document_says_how_to_get_in(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    scheme = document["components"]["securitySchemes"]
    assert set(scheme) == {"xi-api-key"}
    assert (scheme["xi-api-key"]["type"], scheme["xi-api-key"]["in"]) == ("apiKey", "header")
    used = {tag for path in document["paths"].values() for operation in path.values() for tag in operation["tags"]}
    assert {tag["name"] for tag in document["tags"]} == used
    assert all(tag["description"] for tag in document["tags"])


async def test_the_page_needs_nothing_from_elsewhere(app: FastAPI) -> None:
    async with app_client(app, key=None, peer="10.0.0.1") as stranger:
        page = await stranger.get("/docs")
        assert page.status_code == 200
        assets = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(assets) == 3
        assert "//" not in page.text.replace("// ", "").replace(f"//{stranger.base_url.host}", "")
        for asset in assets:
            answer = await stranger.get(asset)
            assert answer.status_code == 200, asset
            assert len(answer.content) > 1000, asset
        assert (await stranger.get("/redoc")).status_code == 404


def test_the_flat_schema_says_the_bounds_that_are_held() -> None:
    """The documentation repeats bounds, so it must not drift from what `AgentConfig` enforces."""
    stored = {
        **AgentConfig.model_json_schema()["properties"],
        **AgentSettings.model_json_schema()["properties"],
        **RagSettings.model_json_schema()["properties"],
    }
    for name, flat in FlatFields.model_json_schema()["properties"].items():
        if name in stored:
            assert _bounds(flat) == _bounds(stored[name]), name
    assert set(FlatFields.model_fields) <= set(AgentDetail.model_fields)


def _bounds(schema: dict[str, Any]) -> set[tuple[str, float]]:
    parts = [schema, *schema.get("anyOf", ())]
    return {(key, part[key]) for part in parts for key in ("minimum", "maximum") if key in part}


@pytest.mark.slow
async def test_the_api_conforms_to_its_document(settings: Settings) -> None:
    app: Any = create_app(settings.model_copy(update={"rate_limit_per_minute": 0}), runtime=IdleRuntime())
    async with serve_app(app) as url, httpx.AsyncClient(base_url=url, headers=HEADERS) as client:
        created = await client.post("/v1/convai/agents", json={"name": "x", "system_prompt": "y"})
        known = {
            "agent_id": created.json()["agent_id"],
            "conversation_id": await store_conversation(app.state.services),
            "call_sid": call_sid(1),
            "document_id": "doc_1",
            "chunk_id": "chunk_1",
            "rag_index_id": "ragidx_1",
            "key_id": (await client.post("/v1/workspace/api-keys", json={"name": "x"})).json()["key_id"],
        }
        document = (await client.get("/openapi.json")).json()
        assert await asyncio.to_thread(probe_operations, document, url, known) >= 40


def probe_operations(document: dict[str, Any], url: str, known: dict[str, str]) -> int:
    """Send each operation what its schema allows; how many there were."""
    schema = schemathesis.openapi.from_dict(document)
    probed = 0
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if not operation.path.startswith(PREFIXES):
            continue
        probed += 1

        @given(case=operation.as_strategy())
        @hypothesis_settings(
            max_examples=EXAMPLES_PER_OPERATION,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def probe(case: schemathesis.Case[Any]) -> None:
            if case.method != "DELETE":
                # A made-up id only ever shows a 404; a deleted one would do so for all that follow.
                case.path_parameters.update({name: known[name] for name in case.path_parameters or {}})
            case.validate_response(case.call(base_url=url, headers=HEADERS), checks=CHECKS)

        probe()
    return probed
