"""Full collections stop every call for a moment: they wait until there is none."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from api.garbage import FULL_EVERY, collect_between_calls, spare_what_is_loaded
from tests.api.runtimes import FixedCalls


class Node:
    """Something that calls leave behind: it refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def usual_collector() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def old_garbage() -> "weakref.ref[Node]":
    """A cycle that only a full collection finds, after collections of the middle generation."""
    gc.collect()
    node = Node()
    gc.collect(1)
    gc.collect(1)
    return weakref.ref(node)


async def collected(garbage: "weakref.ref[Node]", calls: FixedCalls) -> bool:
    collecting = asyncio.create_task(collect_between_calls(calls, look_seconds=0.0))
    for _ in range(20):
        await asyncio.sleep(0)
    collecting.cancel()
    await asyncio.wait({collecting})
    return garbage() is None


async def test_what_calls_left_is_collected_when_nobody_speaks() -> None:
    assert await collected(old_garbage(), FixedCalls(0))


async def test_while_somebody_speaks_it_waits() -> None:
    assert not await collected(old_garbage(), FixedCalls(1))


async def test_nothing_is_collected_where_nothing_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    gc.collect()
    monkeypatch.setattr(gc, "get_count", lambda: (0, 3, 0))
    full = gc.get_stats()[2]["collections"]
    await collected(weakref.ref(Node()), FixedCalls(0))
    assert gc.get_stats()[2]["collections"] == full


def test_what_is_loaded_is_never_walked_again_and_full_collections_become_rare() -> None:
    before = gc.get_freeze_count()
    spare_what_is_loaded()
    assert gc.get_freeze_count() > before
    assert gc.get_threshold()[2] == FULL_EVERY
