"""Runs the health checks: all at once, each with a deadline, and not again for a few seconds.

Load balancers ask every second or so and vendors must not be asked that often; and a check that hangs must
not hang the answer.
"""

import asyncio
import time
from collections.abc import Mapping

from loguru import logger

from api.health_checks import CheckResult, HealthCheck, HealthStatus, degraded, unhealthy

CHECK_DEADLINE_SECONDS = 2.0
CACHE_SECONDS = 5.0
_SEVERITY = (HealthStatus.HEALTHY, HealthStatus.DEGRADED, HealthStatus.UNHEALTHY)


class HealthMonitor:
    """The server's health.

    Args:
        checks: By name.
        critical: Names of checks that make the server unhealthy when they raise or take too long; any other
            makes it degraded.
        deadline_seconds: For each check.
        cache_seconds: How long an answer is good for.
    """

    def __init__(
        self,
        checks: Mapping[str, HealthCheck],
        *,
        critical: frozenset[str],
        deadline_seconds: float = CHECK_DEADLINE_SECONDS,
        cache_seconds: float = CACHE_SECONDS,
    ) -> None:
        self._checks = dict(checks)
        self._critical = critical
        self._deadline = deadline_seconds
        self._cache_seconds = cache_seconds
        self._results: dict[str, CheckResult] = {}
        self._checked_at: float | None = None
        self._turn = asyncio.Lock()

    async def check(self) -> dict[str, CheckResult]:
        """The results of all checks, at most `cache_seconds` old; never raises."""
        async with self._turn:
            if self._checked_at is None or time.monotonic() - self._checked_at >= self._cache_seconds:
                names = list(self._checks)
                results = await asyncio.gather(*(self._run(name) for name in names))
                self._results = dict(zip(names, results, strict=True))
                self._checked_at = time.monotonic()
            return dict(self._results)

    async def _run(self, name: str) -> CheckResult:
        failed = unhealthy if name in self._critical else degraded
        try:
            async with asyncio.timeout(self._deadline):
                return await self._checks[name]()
        except TimeoutError:
            return failed(f"no answer within {self._deadline:g} s")
        except Exception as error:
            # Whatever a check raises is its result; its text may hold an address or a key, so only its name.
            logger.bind(check=name).warning("Health check {} failed: {}", name, type(error).__name__)
            return failed(f"the check failed ({type(error).__name__}); the log may say more")


def worst(results: Mapping[str, CheckResult]) -> HealthStatus:
    """The status of the whole: that of its worst part."""
    return max((result.status for result in results.values()), key=_SEVERITY.index, default=HealthStatus.HEALTHY)
