"""Which vendors a running server really talks to, in words that cannot be misread."""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import httpx

from api.health_checks import CheckResult, HealthStatus
from config.settings import Settings

PROBE_SECONDS = 1.0
_SIMULATOR_STATE = "/simulator/state"
"""A page that the simulator's vendors have and the real ones have not."""


class VendorState(StrEnum):
    """What stands behind a vendor's name."""

    REAL = "real"
    SIMULATED = "simulated"
    DEGRADED = "degraded"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class VendorLine:
    """One vendor.

    Attributes:
        name: As people call it.
        state: What stands behind it.
        detail: Where it is, and what is wrong with it if anything is.
    """

    name: str
    state: VendorState
    detail: str

    def __str__(self) -> str:
        """The line as it is printed."""
        return f"{self.name}: {self.state.value}, {self.detail}"


async def describe_vendors(
    settings: Settings, health: dict[str, CheckResult], client: httpx.AsyncClient
) -> tuple[VendorLine, ...]:
    """Twilio, Deepgram and Ollama as the server finds them.

    Args:
        settings: Where they are.
        health: What the health checks found.
        client: To ask what answers on this machine.
    """
    deepgram = settings.deepgram_http_url
    deepgram_simulated = await answers_as_simulator(deepgram, client)
    ollama_simulated = await answers_as_simulator(settings.ollama_host, client)
    return (
        # Twilio cannot be self-hosted: on this machine it is a simulator.
        _line(
            "Twilio",
            settings.twilio_base_url,
            is_loopback(settings.twilio_base_url),
            health.get("twilio"),
            missing=settings.twilio_account_sid is None or settings.twilio_auth_token is None,
        ),
        _line(
            "Deepgram",
            f"{deepgram} ({settings.deepgram_stt_model}, {settings.deepgram_voice})",
            deepgram_simulated,
            health.get("deepgram"),
            missing=settings.deepgram_api_key is None,
        ),
        _line(
            "Ollama",
            f"{settings.ollama_host} ({settings.ollama_model})",
            ollama_simulated,
            health.get("ollama"),
        ),
    )


async def answers_as_simulator(url: str, client: httpx.AsyncClient) -> bool:
    """Whether a simulator stands at an address; only this machine's addresses are asked."""
    if not is_loopback(url):
        return False
    try:
        response = await client.get(f"{url}{_SIMULATOR_STATE}", timeout=PROBE_SECONDS)
    except httpx.HTTPError:
        return False
    return response.status_code == httpx.codes.OK


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _line(
    name: str, where: str, simulated: bool, result: CheckResult | None, *, missing: bool = False
) -> VendorLine:
    if result is not None and result.status is not HealthStatus.HEALTHY:
        state = VendorState.MISSING if missing else VendorState.DEGRADED
        return VendorLine(name, state, f"at {where}: {result.reason or 'no reason given'}")
    return VendorLine(name, VendorState.SIMULATED if simulated else VendorState.REAL, f"at {where}")
