"""Every error is a `detail` object with a request id, and none invites the SDK to try a business error again."""

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from config.errors import (
    AuthenticationError,
    CapacityError,
    ConfigurationError,
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    PhoneAgentError,
    PreconditionFailedError,
    VendorError,
)
from config.settings import Settings
from tests.api.serving import app_client


@pytest.fixture
def failing_app(settings: Settings) -> FastAPI:
    app = create_app(settings)
    raised: dict[str, Exception] = {
        "invalid": InvalidInputError("Say what.", param="day", code="slot_taken"),
        "configuration": ConfigurationError("Set it."),
        "vendor": VendorError("twilio", "Twilio refused the call.", permanent=True),
        "authentication": AuthenticationError("Who?"),
        "permission": PermissionDeniedError("Not you."),
        "missing": NotFoundError("Gone."),
        "stale": PreconditionFailedError("Read again."),
        "full": CapacityError("Full."),
        "base": PhoneAgentError("A secret thing."),
        "bug": KeyError("a secret thing"),
    }

    @app.get("/fail/{how}")
    async def fail(how: str) -> None:
        raise raised[how]

    return app


@pytest.mark.parametrize(
    ("how", "status", "kind", "code"),
    [
        ("invalid", 400, "invalid_request", "slot_taken"),
        ("configuration", 400, "invalid_request", "configuration_error"),
        ("vendor", 400, "vendor_error", "vendor_error"),
        ("authentication", 401, "authentication_error", "unauthorized"),
        ("permission", 403, "authorization_error", "forbidden"),
        ("missing", 404, "not_found", "not_found"),
        ("stale", 412, "precondition_failed", "precondition_failed"),
        ("full", 429, "rate_limit_error", "over_capacity"),
        ("base", 500, "internal_error", "internal_error"),
        ("bug", 500, "internal_error", "internal_error"),
    ],
)
async def test_each_error_has_its_status(
    failing_app: FastAPI, how: str, status: int, kind: str, code: str
) -> None:
    async with app_client(failing_app) as client:
        response = await client.get(f"/fail/{how}", headers={"x-request-id": "mine-1"})
    detail = response.json()["detail"]
    assert response.status_code == status
    assert (detail["type"], detail["code"], detail["status"]) == (kind, code, code)
    assert detail["request_id"] == response.headers["x-request-id"] == "mine-1"
    assert detail.get("param") == ("day" if how == "invalid" else None)
    assert "secret" not in response.text


@pytest.mark.parametrize("sent", ["x" * 65, "a b", 'a"b'])
async def test_a_strange_request_id_is_replaced(client: httpx.AsyncClient, sent: str) -> None:
    response = await client.get("/health/live", headers={"x-request-id": sent})
    assert response.headers["x-request-id"].startswith("req_")


async def test_the_frameworks_own_errors_have_the_same_shape(client: httpx.AsyncClient) -> None:
    unknown = await client.get("/v1/convai/nothing")
    assert (unknown.status_code, unknown.json()["detail"]["code"]) == (404, "route_not_found")
    method = await client.put("/v1/convai/agents")
    assert (method.status_code, method.json()["detail"]["code"]) == (405, "method_not_allowed")
    assert method.headers["allow"]


async def test_what_was_sent_is_echoed_only_where_it_is_harmless(client: httpx.AsyncClient) -> None:
    body = {"name": "x" * 5000, "system_prompt": {"a": 1}, "top_k": 10**30}
    response = await client.post("/v1/convai/agents", json=body)
    assert response.status_code == 422
    assert len(response.text) < 2000


async def test_metrics_name_routes_and_not_paths(client: httpx.AsyncClient) -> None:
    await client.get("/v1/convai/agents/agent_that_is_not")
    await client.get("/no/such/path")
    await client.request("BREW", "/coffee")
    text = (await client.get("/metrics")).text
    assert 'route="/v1/convai/agents/{agent_id}",status="404"' in text
    assert 'route="unmatched"' in text
    assert "agent_that_is_not" not in text
    assert "coffee" not in text
    assert "BREW" not in text
    assert "phone_agent_active_calls 0.0" in text
