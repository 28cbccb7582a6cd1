import asyncio
import itertools
import time

from simulator.twilio.ticker import Ticker


async def test_every_subscriber_is_ticked_once_per_interval_without_drift() -> None:
    ticker = Ticker(interval_secs=0.02, phases=4)
    dues: dict[int, list[float]] = {index: [] for index in range(8)}
    done = asyncio.Event()

    def subscriber(index: int) -> None:
        def tick(due: float) -> None:
            dues[index].append(due)
            if len(dues[index]) == 10:
                done.set()

        ticker.subscribe(tick)

    for index in dues:
        subscriber(index)
    await asyncio.wait_for(done.wait(), 5)
    for times in dues.values():
        gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
        assert all(abs(gap - 0.02) < 1e-6 for gap in gaps)
    assert len({round(times[0], 4) for times in dues.values()}) == 4


async def test_a_stall_is_made_up_and_a_failing_subscriber_disturbs_nobody() -> None:
    ticker = Ticker(interval_secs=0.01, phases=1)
    dues: list[float] = []
    caught_up = asyncio.Event()

    def fail(due: float) -> None:
        raise ValueError

    def tick(due: float) -> None:
        dues.append(due)
        if len(dues) == 1:
            time.sleep(0.1)
        if time.perf_counter() - due < 0.01 and len(dues) > 5:
            caught_up.set()

    ticker.subscribe(fail)
    ticker.subscribe(tick)
    assert ticker.subscriber_count == 2
    await asyncio.wait_for(caught_up.wait(), 5)
    assert all(abs(b - a - 0.01) < 1e-6 for a, b in itertools.pairwise(dues))
    assert ticker.subscriber_count == 1
    ticker.unsubscribe(tick)
    assert ticker.subscriber_count == 0
    ticker.unsubscribe(tick)
