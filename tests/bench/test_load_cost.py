"""What a stretch of load cost."""

from types import SimpleNamespace

import psutil
import pytest

from bench.load_cost import watch_load


@pytest.fixture
def stolen(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The machine's processor times, of four cores."""
    times = SimpleNamespace(steal=100.0)
    monkeypatch.setattr(psutil, "cpu_times", lambda: times)
    monkeypatch.setattr(psutil, "cpu_percent", lambda: 50.0)
    monkeypatch.setattr(psutil, "cpu_count", lambda: 4)
    return times


async def test_what_the_host_gives_to_others_is_told_as_a_share_of_all_cores(stolen: SimpleNamespace) -> None:
    async with watch_load(None) as cost:
        stolen.steal += 1000.0
    assert cost.machine_stolen == pytest.approx(250.0 / cost.seconds, abs=0.001)


async def test_where_that_is_not_told_nothing_was_stolen(stolen: SimpleNamespace) -> None:
    del stolen.steal
    async with watch_load(None) as cost:
        pass
    assert cost.machine_stolen == 0.0
