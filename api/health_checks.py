"""What a health check is, and the few states it can report."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum


class HealthStatus(StrEnum):
    """How well something works; of several, the worst counts."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    """Calls are answered, but worse than they should be."""
    UNHEALTHY = "unhealthy"
    """Calls cannot be answered and stored."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found.

    Attributes:
        status: How well it works.
        reason: Why it is not healthy, or what else to know, for a person; never a secret, as `/health` is open
            to everyone.
        count: A number worth showing, such as the running calls.
    """

    status: HealthStatus
    reason: str | None = None
    count: int | None = None


HealthCheck = Callable[[], Awaitable[CheckResult]]
"""Finds out about one dependency. It may raise or take long: `HealthMonitor` bounds it."""

HEALTHY = CheckResult(HealthStatus.HEALTHY)


def degraded(reason: str) -> CheckResult:
    """A result for what calls can live without."""
    return CheckResult(HealthStatus.DEGRADED, reason)


def unhealthy(reason: str) -> CheckResult:
    """A result for what calls cannot live without."""
    return CheckResult(HealthStatus.UNHEALTHY, reason)
