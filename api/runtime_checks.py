"""Health checks that use what calls use: the model's own client and the vector store that is open.

They replace the server's own of the same name, which know only the settings.
"""

from collections.abc import Mapping

from api.health_checks import CheckResult, HealthCheck, HealthStatus, degraded
from bot.services.ollama_chat import ModelState, OllamaChatModel
from config.errors import PhoneAgentError
from data.knowledge.vector_store import VectorStore

_NO_AGENT = "health_check"
"""An agent that is not: asking after it costs the store a look-up and makes nothing."""


def runtime_checks(model: OllamaChatModel, model_name: str, store: VectorStore) -> Mapping[str, HealthCheck]:
    """The checks, by the name that `/health` shows; `HealthMonitor` bounds and remembers them.

    Args:
        model: Calls' own client of Ollama.
        model_name: `OLLAMA_MODEL`.
        store: Calls' own vector store.
    """

    async def check_ollama() -> CheckResult:
        found = await model.check(model_name)
        match found.state:
            case ModelState.READY:
                return CheckResult(HealthStatus.HEALTHY)
            case ModelState.NOT_LOADED:
                return CheckResult(HealthStatus.HEALTHY, found.message)
            case ModelState.MISSING:
                return degraded(f"Ollama lacks the model; run: ollama pull {model_name}")
            case ModelState.UNREACHABLE:
                return degraded("Ollama does not answer; start it, or set OLLAMA_HOST to where it runs")
            case ModelState.FAILING:
                return degraded(found.message)

    async def check_chroma() -> CheckResult:
        try:
            await store.count(_NO_AGENT)
        except PhoneAgentError as error:
            return degraded(error.message)
        return CheckResult(HealthStatus.HEALTHY)

    return {"ollama": check_ollama, "chroma": check_chroma}
