from collections.abc import Sequence

import pytest

from bench.call_plan import CallPlan
from bench.latency_report import LatencyRow
from bench.limits.capacity import CapacityBench
from bench.limits.capacity_report import CapacityOptions
from tests.bench.reports import good_row


class _Server:
    """Holds so many calls in good order, and has holes in its speech beyond."""

    def __init__(self, holds: int) -> None:
        self.holds = holds
        self.indices: list[int] = []

    async def warm_up(self) -> float:
        return 0.01

    async def measure(self, at_once: int, plans: Sequence[CallPlan], idle: float) -> LatencyRow:
        assert idle == 0.01
        assert len(plans) == at_once
        self.indices += [plan.index for plan in plans]
        return good_row(at_once).model_copy(update={"underruns": int(at_once > self.holds)})


@pytest.mark.parametrize(("goes_on", "tried"), [(False, [2, 4, 6]), (True, [2, 4, 6, 8])])
async def test_it_stops_where_calls_are_not_in_good_order(goes_on: bool, tried: list[int]) -> None:
    server = _Server(holds=5)
    bench = CapacityBench(server, None, CapacityOptions(calls=(2, 4, 6, 8), goes_on=goes_on))
    rows = await bench.run()
    assert [row.calls for row in rows] == tried
    assert len(set(server.indices)) == len(server.indices), "no row repeats another's questions"
    assert (bench.idle_cores, bench.ready_mib) == (0.01, None)
