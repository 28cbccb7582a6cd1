"""One clock for all calls."""

import asyncio

from bot.media.ticker import Ticker


async def ticks(ticker: Ticker, count: int) -> list[float]:
    seen: list[float] = []
    enough = asyncio.Event()

    def note(now: float) -> None:
        seen.append(now)
        if len(seen) == count:
            enough.set()

    unsubscribe = ticker.subscribe(note)
    async with asyncio.timeout(5):
        await enough.wait()
    unsubscribe()
    return seen


async def test_every_subscriber_is_called_each_tick() -> None:
    ticker = Ticker(0.005)
    first, second = await asyncio.gather(ticks(ticker, 10), ticks(ticker, 10))
    assert len(set(first) & set(second)) >= 9
    assert 0.03 < first[-1] - first[0] < 1
    await ticker.close()


async def test_one_subscribers_fault_does_not_stop_the_clock_of_the_others() -> None:
    ticker = Ticker(0.002)

    def fail(now: float) -> None:
        raise ZeroDivisionError

    ticker.subscribe(fail)
    assert len(await ticks(ticker, 5)) >= 5
    await ticker.close()


async def test_a_subscriber_removed_by_another_is_not_called_in_that_tick() -> None:
    ticker = Ticker(0.002)
    called: list[float] = []
    ticker.subscribe(lambda now: remove())
    remove = ticker.subscribe(called.append)
    await ticks(ticker, 3)
    assert called == []
    await ticker.close()


async def test_the_clock_stops_with_the_last_call_and_starts_again_with_the_next() -> None:
    ticker = Ticker(0.002)
    before = asyncio.all_tasks()
    await ticks(ticker, 2)
    clock = asyncio.all_tasks() - before
    assert len(clock) == 1
    await asyncio.wait_for(asyncio.gather(*clock), 2)
    assert len(await ticks(ticker, 2)) >= 2
    await ticker.close()
    assert asyncio.all_tasks() == before
