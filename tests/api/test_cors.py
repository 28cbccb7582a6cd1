"""Which web pages may use the API from a browser."""

import pytest

from api.app import create_app
from config.settings import Settings
from tests.api.serving import app_client

ORIGIN = "https://console.example.com"
AGENTS = "/v1/convai/agents"
PREFLIGHT = {
    "origin": ORIGIN,
    "access-control-request-method": "PATCH",
    "access-control-request-headers": "xi-api-key, content-type, if-match",
}


@pytest.mark.parametrize(
    ("setting", "origin", "allowed"),
    [
        (ORIGIN, ORIGIN, True),
        (f"https://a.example.com, {ORIGIN}", ORIGIN, True),
        (ORIGIN, "https://evil.example.com", False),
        (ORIGIN, "http://console.example.com", False),
        ("", ORIGIN, False),
    ],
)
async def test_origins_of_the_setting_and_no_others(
    settings: Settings, setting: str, origin: str, allowed: bool
) -> None:
    origins = Settings(CORS_ORIGINS=setting).cors_origins
    app = create_app(settings.model_copy(update={"cors_origins": origins}))
    async with app.router.lifespan_context(app), app_client(app) as client:
        preflight = await client.options(AGENTS, headers={**PREFLIGHT, "origin": origin})
        answer = await client.get(AGENTS, headers={"origin": origin})
        refused = await client.get(AGENTS, headers={"origin": origin, "xi-api-key": "wrong"})
    assert answer.status_code == 200
    for response in (preflight, answer, refused):
        assert response.headers.get("access-control-allow-origin") == (origin if allowed else None)
        assert "access-control-allow-credentials" not in response.headers
    if allowed:
        assert preflight.status_code == 200
        assert "PATCH" in preflight.headers["access-control-allow-methods"]
        assert {"etag", "retry-after", "x-request-id"} <= {
            name.strip() for name in answer.headers["access-control-expose-headers"].split(",")
        }
