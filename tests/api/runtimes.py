"""Call sides that run no calls, but take them."""

from collections.abc import Mapping, Sequence

from prometheus_client.registry import Collector

from api.health_checks import HEALTHY, CheckResult, HealthCheck
from api.live_calls import LiveCalls


class FixedCalls:
    """As many calls as it is told."""

    accepting = True

    def __init__(self, running: int) -> None:
        self.running = running

    def active_calls(self) -> int:
        """That many."""
        return self.running


class IdleRuntime:
    """A call side with one check of its own, `ollama`.

    Args:
        running: Calls that it says are running.
        ollama: What its check finds.
    """

    def __init__(self, running: int = 0, ollama: CheckResult = HEALTHY) -> None:
        self._calls = FixedCalls(running)
        self._ollama = ollama

    @property
    def calls(self) -> LiveCalls:
        """The calls."""
        return self._calls

    def health_checks(self) -> Mapping[str, HealthCheck]:
        """The one check."""

        async def check() -> CheckResult:
            return self._ollama

        return {"ollama": check}

    def metrics(self) -> Sequence[Collector]:
        """Nothing."""
        return ()
