"""Health checks that use what calls use: the model's own client and the vector store that is open.

They replace the server's own of the same name, which know only the settings.
"""

from collections.abc import Callable, Mapping

from api.health_checks import CheckResult, HealthCheck, HealthStatus, degraded
from bot.services.ollama_chat import ModelState, OllamaChatModel
from config.errors import PhoneAgentError
from data.journal.delivery import DatabaseState
from data.journal.figures import JournalFigures
from data.knowledge.vector_store import VectorStore

_NO_AGENT = "health_check"
"""An agent that is not: asking after it costs the store a look-up and makes nothing."""


def runtime_checks(
    model: OllamaChatModel,
    model_name: str,
    store: VectorStore,
    journal: Callable[[], JournalFigures],
    reembedding: Callable[[], str | None] = lambda: None,
) -> Mapping[str, HealthCheck]:
    """The checks, by the name that `/health` shows; `HealthMonitor` bounds and remembers them.

    Args:
        model: Calls' own client of Ollama.
        model_name: `OLLAMA_MODEL`.
        store: Calls' own vector store.
        journal: How finished turns get to the database.
        reembedding: Says how far a change of the embedding model has come; None when there is none.
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
        return CheckResult(HealthStatus.HEALTHY, reembedding())

    async def check_journal() -> CheckResult:
        return _journal_result(journal())

    return {"ollama": check_ollama, "chroma": check_chroma, "journal": check_journal}


def _journal_result(figures: JournalFigures) -> CheckResult:
    """What a person should know; the count is what waits for the database."""
    waiting = figures.in_memory + figures.spooled
    status, reason = HealthStatus.HEALTHY, None
    if figures.dropped:
        status = HealthStatus.DEGRADED
        reason = (
            f"{figures.dropped} events of calls were lost since the start: neither database nor disk took them"
        )
    elif figures.quarantined:
        status = HealthStatus.DEGRADED
        reason = f"{figures.quarantined} events of calls could not be stored and were set aside; see the log"
    elif figures.spooled or figures.state is DatabaseState.AWAY:
        status = HealthStatus.DEGRADED
        reason = f"the database is {figures.state}; finished turns wait on the disk"
    return CheckResult(status, reason, waiting)
