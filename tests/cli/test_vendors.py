import httpx
import pytest

from api.health_checks import HEALTHY, CheckResult, degraded
from cli.simulated_ollama import serve_simulated_ollama
from cli.vendors import VendorState, describe_vendors, is_loopback
from config.settings import Settings

ALL_WELL: dict[str, CheckResult] = {"twilio": HEALTHY, "deepgram": HEALTHY, "ollama": HEALTHY}


def make_settings(**values: object) -> Settings:
    return Settings.model_validate(
        {"deepgram_api_key": "k", "twilio_account_sid": "AC1", "twilio_auth_token": "t", **values}
    )


async def states(settings: Settings, health: dict[str, CheckResult]) -> list[VendorState]:
    async with httpx.AsyncClient(trust_env=False) as client:
        return [line.state for line in await describe_vendors(settings, health, client)]


async def test_real_simulated_and_missing_vendors_are_told_apart() -> None:
    async with serve_simulated_ollama("my-own-model") as url:
        settings = make_settings(
            twilio_base_url="http://127.0.0.1:1",
            deepgram_api_key=None,
            ollama_host=url,
            ollama_model="my-own-model",
        )
        health = {**ALL_WELL, "deepgram": degraded("DEEPGRAM_API_KEY is not set")}
        assert await states(settings, health) == [
            VendorState.SIMULATED,
            VendorState.MISSING,
            VendorState.SIMULATED,
        ]


async def test_what_does_not_answer_is_degraded_and_says_why() -> None:
    settings = make_settings(ollama_host="http://127.0.0.1:9")
    health = {**ALL_WELL, "ollama": degraded("Ollama does not answer")}
    async with httpx.AsyncClient(trust_env=False) as client:
        twilio, deepgram, ollama = await describe_vendors(settings, health, client)
    assert (twilio.state, deepgram.state, ollama.state) == (
        VendorState.REAL,
        VendorState.REAL,
        VendorState.DEGRADED,
    )
    assert "Ollama does not answer" in str(ollama)
    assert "api.deepgram.com" in str(deepgram)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:80", True),
        ("http://localhost", True),
        ("http://[::1]:9", True),
        ("https://api.twilio.com", False),
        ("http://10.0.0.7:11434", False),
        ("nonsense", False),
    ],
)
def test_loopback(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected
