"""Full collections stop every call for a moment: they are made when nobody hears that."""

import asyncio
import gc
import time
import weakref
from collections.abc import Iterator

import pytest

from api import garbage
from api.garbage import DUE_AFTER, FULL_EVERY, GarbageKeeper, spare_what_is_loaded
from tests.api.runtimes import FixedCalls

MANY = 1000


class Node:
    """Something that calls leave behind: it refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def usual_collector() -> Iterator[None]:
    thresholds = gc.get_threshold()
    gc.freeze()  # a test process holds so much that each collection would take a second
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def old_garbage(middle_collections: int) -> "weakref.ref[Node]":
    """A cycle that only a full collection finds, with so many others since the last one."""
    gc.collect()
    node = Node()
    for _ in range(middle_collections):
        gc.collect(1)
    return weakref.ref(node)


def test_what_calls_left_is_collected_when_nobody_speaks() -> None:
    left = old_garbage(1)
    assert GarbageKeeper(FixedCalls(0)).look()
    assert left() is None


def test_while_few_speak_it_waits_until_there_is_much() -> None:
    left = old_garbage(DUE_AFTER - 1)
    keeper = GarbageKeeper(FixedCalls(1))
    assert not keeper.look()
    gc.collect(1)
    assert keeper.look()
    assert left() is None


def test_while_many_speak_it_waits() -> None:
    left = old_garbage(2 * DUE_AFTER)
    assert not GarbageKeeper(FixedCalls(MANY)).look()
    assert left() is not None


def test_how_many_are_too_many_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = FixedCalls(2)
    keeper = GarbageKeeper(calls)
    times = iter((5.0, 5.0 + garbage.BEARABLE_SECONDS))
    monkeypatch.setattr(time, "perf_counter", lambda: next(times))
    old_garbage(DUE_AFTER)
    assert keeper.look()
    old_garbage(DUE_AFTER)
    calls.running = 3
    assert not keeper.look()


async def test_it_looks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "LOOK_SECONDS", 0.0)
    collected = asyncio.Event()
    left = old_garbage(1)
    weakref.finalize(left(), collected.set)
    collecting = asyncio.create_task(GarbageKeeper(FixedCalls(0)).run())
    await asyncio.wait_for(collected.wait(), 5)
    collecting.cancel()
    await asyncio.wait({collecting})


def test_what_is_loaded_is_never_walked_again_and_full_collections_become_rare() -> None:
    before = gc.get_freeze_count()
    spare_what_is_loaded()
    assert gc.get_freeze_count() > before
    assert gc.get_threshold()[2] == FULL_EVERY
