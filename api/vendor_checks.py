"""The server's own health checks: the database, and whether each vendor is configured and answers.

A process with a call side gives better ones of the same name (`Runtime.health_checks`), because it holds the
connections and knows its models; these need nothing but the settings.
"""

from collections.abc import Mapping
from http import HTTPStatus

import httpx

from api.health_checks import HEALTHY, CheckResult, HealthCheck, HealthStatus, degraded
from api.live_calls import LiveCalls
from config.settings import Settings
from data.database import Database

REQUEST_TIMEOUT_SECONDS = 1.8
CRITICAL_CHECKS = frozenset({"database"})
_REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def standard_checks(
    settings: Settings, database: Database, calls: LiveCalls, client: httpx.AsyncClient
) -> Mapping[str, HealthCheck]:
    """All of them, by the name that `/health` shows.

    Args:
        settings: Where the vendors are.
        database: Checked by a query.
        calls: Counted.
        client: For the vendors; its timeouts bound the checks.
    """

    async def check_database() -> CheckResult:
        await database.check()
        return HEALTHY

    async def check_chroma() -> CheckResult:
        return await _chroma(settings, client)

    async def check_deepgram() -> CheckResult:
        return await _deepgram(settings, client)

    async def check_ollama() -> CheckResult:
        return await _ollama(settings, client)

    async def check_twilio() -> CheckResult:
        return _twilio(settings)

    async def check_calls() -> CheckResult:
        running = calls.active_calls()
        if calls.accepting:
            return CheckResult(HealthStatus.HEALTHY, count=running)
        return CheckResult(HealthStatus.DEGRADED, "no new calls are taken", running)

    return {
        "database": check_database,
        "chroma": check_chroma,
        "deepgram": check_deepgram,
        "ollama": check_ollama,
        "twilio": check_twilio,
        "active_calls": check_calls,
    }


async def _chroma(settings: Settings, client: httpx.AsyncClient) -> CheckResult:
    """An embedded store lives in this process, and has no wire to be asked over."""
    if settings.chroma_url is None:
        return HEALTHY
    return await _asked(client, f"{settings.chroma_url}/api/v2/heartbeat", "Chroma", setting="CHROMA_URL")


async def _deepgram(settings: Settings, client: httpx.AsyncClient) -> CheckResult:
    """Deepgram's "Get token details" answers 200 to a good key and 401 to a bad one, and costs nothing."""
    if settings.deepgram_api_key is None:
        return degraded("DEEPGRAM_API_KEY is not set")
    headers = {"Authorization": f"Token {settings.deepgram_api_key.get_secret_value()}"}
    url = f"{settings.deepgram_http_url}/v1/auth/token"
    return await _asked(client, url, "Deepgram", setting="DEEPGRAM_API_KEY", headers=headers)


async def _ollama(settings: Settings, client: httpx.AsyncClient) -> CheckResult:
    try:
        response = await client.get(f"{settings.ollama_host}/api/tags", headers=settings.ollama_headers)
        if response.status_code in _REFUSALS:
            # Without its key an Ollama answers 401, to an address that it does not expect 403.
            return degraded(
                f"Ollama answered {response.status_code}; check OLLAMA_API_KEY, and the server's OLLAMA_ORIGINS"
            )
        listed = response.raise_for_status().json()["models"]
        models = {str(entry["name"]) for entry in listed}
    except httpx.HTTPError:
        return degraded("Ollama does not answer; start it, or set OLLAMA_HOST to where it runs")
    except (ValueError, KeyError, TypeError):
        return degraded("what answers at OLLAMA_HOST is not Ollama")
    wanted = settings.ollama_model if ":" in settings.ollama_model else f"{settings.ollama_model}:latest"
    if wanted not in models:
        return degraded(f"Ollama lacks the model; run: ollama pull {settings.ollama_model}")
    return HEALTHY


def _twilio(settings: Settings) -> CheckResult:
    """By the settings only: asking Twilio each few seconds would spend its rate limit."""
    wanted = {
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token,
        "PUBLIC_URL": settings.public_url,
    }
    absent = [name for name, value in wanted.items() if value is None]
    return degraded(f"not set: {', '.join(absent)}") if absent else HEALTHY


async def _asked(
    client: httpx.AsyncClient,
    url: str,
    vendor: str,
    *,
    setting: str,
    headers: Mapping[str, str] | None = None,
) -> CheckResult:
    try:
        response = await client.get(url, headers=headers)
    except httpx.HTTPError:
        return degraded(f"{vendor} does not answer")
    if response.status_code in _REFUSALS:
        return degraded(f"{vendor} refused the credentials; check {setting}")
    if response.status_code >= 500:
        return degraded(f"{vendor} answered {response.status_code}")
    return HEALTHY
