"""The API does what its OpenAPI document says, and nothing that is sent to it makes it fail."""

import asyncio
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
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
from tests.api.serving import API_KEY

EXAMPLES_PER_OPERATION = 12
PREFIXES = ("/v1/", "/health", "/metrics")
HEADERS = {"xi-api-key": API_KEY}
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
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
                assert operation["security"] == [{"APIKeyHeader": []}], where
                assert {"200", "401"} <= set(operation["responses"]), where


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
    app: Any = create_app(settings, runtime=IdleRuntime())
    async with serve_app(app) as url, httpx.AsyncClient(base_url=url, headers=HEADERS) as client:
        created = await client.post("/v1/convai/agents", json={"name": "x", "system_prompt": "y"})
        known = {
            "agent_id": created.json()["agent_id"],
            "conversation_id": await store_conversation(app.state.services),
            "call_sid": call_sid(1),
        }
        document = (await client.get("/openapi.json")).json()
        await asyncio.to_thread(_probe, document, url, known)


def _probe(document: dict[str, Any], url: str, known: dict[str, str]) -> None:
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
    assert probed >= 14
