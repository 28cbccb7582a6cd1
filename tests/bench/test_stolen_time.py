"""What the host of a virtual machine gave to others."""

import time
from types import SimpleNamespace

import psutil
import pytest

from bench.stolen_time import StolenTime


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Four cores, of which some time was stolen; `now` is the clock."""
    machine = SimpleNamespace(steal=100.0, now=50.0)
    monkeypatch.setattr(psutil, "cpu_times", lambda: machine)
    monkeypatch.setattr(psutil, "cpu_count", lambda: 4)
    monkeypatch.setattr(time, "perf_counter", lambda: machine.now)
    return machine


def test_it_is_a_share_of_all_cores_from_then_on(machine: SimpleNamespace) -> None:
    stolen = StolenTime()
    machine.steal += 6.0
    machine.now += 10.0
    assert stolen.share() == 0.15


def test_where_that_is_not_told_nothing_was_stolen(machine: SimpleNamespace) -> None:
    del machine.steal
    stolen = StolenTime()
    machine.now += 10.0
    assert stolen.share() == 0.0
