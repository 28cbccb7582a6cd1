"""Checks run together, within their deadline, and not too often."""

import asyncio

from api.health_checks import HEALTHY, CheckResult, HealthStatus, degraded
from api.health_monitor import HealthMonitor, worst


async def _never() -> CheckResult:
    await asyncio.Event().wait()
    return HEALTHY


async def _broken() -> CheckResult:
    raise OSError("password=hunter2")


async def _fine() -> CheckResult:
    return HEALTHY


async def test_what_hangs_or_raises_becomes_a_result() -> None:
    monitor = HealthMonitor(
        {"database": _broken, "vendor": _never, "other": _fine},
        critical=frozenset({"database"}),
        deadline_seconds=0.02,
    )
    results = await monitor.check()
    assert results["database"].status is HealthStatus.UNHEALTHY
    assert "hunter2" not in str(results)
    assert results["vendor"] == degraded("no answer within 0.02 s")
    assert results["other"] is HEALTHY
    assert worst(results) is HealthStatus.UNHEALTHY


async def test_many_who_ask_at_once_cost_one_check() -> None:
    runs = 0

    async def counted() -> CheckResult:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0)
        return HEALTHY

    monitor = HealthMonitor({"x": counted}, critical=frozenset(), cache_seconds=60)
    await asyncio.gather(*(monitor.check() for _ in range(20)))
    assert runs == 1
    fresh = HealthMonitor({"x": counted}, critical=frozenset(), cache_seconds=0)
    await fresh.check()
    await fresh.check()
    assert runs == 3
