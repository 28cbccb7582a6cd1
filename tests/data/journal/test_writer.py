"""The writer: at once in good times, over the disk in bad ones, and never in the way of a call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from data.journal import delivery as delivery_module
from data.journal import writer as writer_module
from data.journal.delivery import DatabaseState
from data.journal.entries import JournalEntry
from data.journal.spool_disk import SpoolDisk
from data.journal.writer import JournalWriter
from tests.data.journal.values import Store, a_call, files, on_the_disk, spool_disk, turn_over

AWAY = OperationalError("INSERT", {}, ConnectionError())


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_module, "PATIENCE_SECONDS", 0.02)
    monkeypatch.setattr(delivery_module, "RETRY_SECONDS", (0.001,))
    monkeypatch.setattr(delivery_module, "CANCEL_SECONDS", 0.02)
    monkeypatch.setattr(writer_module, "_DISK_RETRY_SECONDS", 0.01)


@asynccontextmanager
async def writing(store: Store, disk: SpoolDisk) -> AsyncIterator[JournalWriter]:
    writer = JournalWriter(store, disk)
    writer.start()
    yield writer
    await writer.close(2.0)
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("journal")]


async def test_in_good_times_nothing_touches_the_disk(tmp_path: Path) -> None:
    store = Store()
    async with writing(store, spool_disk(tmp_path)) as writer:
        for entry in a_call():
            writer.put(entry)
        assert await writer.flush(1.0)
        assert store.stored == a_call()
        assert files(tmp_path) == []
        assert writer.figures().stored == len(a_call())


async def test_a_slow_database_sends_what_waits_to_the_disk(tmp_path: Path) -> None:
    store = Store()
    store.open.clear()
    async with writing(store, spool_disk(tmp_path)) as writer:
        first, second = a_call(), a_call("conv_2", 30)
        for entry in first:
            writer.put(entry)
        await on_the_disk(writer.figures, len(first))
        for entry in second:
            writer.put(entry)
        await on_the_disk(writer.figures, len(first) + len(second))
        figures = writer.figures()
        assert (figures.in_memory, figures.spooled, figures.state) == (
            0,
            len(first) + len(second),
            DatabaseState.SLOW,
        )
        assert figures.spool_bytes > 0
        assert store.stored == []
        store.open.set()
    assert store.stored == first + second
    assert max(store.batches) <= writer_module.BATCH
    assert files(tmp_path) == []


async def test_a_database_that_is_away_is_tried_again_and_order_is_kept(tmp_path: Path) -> None:
    store = Store()
    store.failures = [AWAY, TimeoutError(), ConnectionError(), AWAY]
    async with writing(store, spool_disk(tmp_path)) as writer:
        for entry in a_call(turns=50):
            writer.put(entry)
            await asyncio.sleep(0)
    assert store.stored == a_call(turns=50)
    figures = writer.figures()
    assert (figures.dropped, figures.quarantined, figures.state) == (0, 0, DatabaseState.WORKING)


async def test_once_all_is_stored_the_disk_is_left_alone_again(tmp_path: Path) -> None:
    store = Store()
    store.failures = [AWAY]
    async with writing(store, spool_disk(tmp_path)) as writer:
        writer.put(turn_over(0))
        await store.took_some.wait()
        for _ in range(200):
            if writer.figures() == replace(writer.figures(), in_memory=0, spooled=0, stored=1):
                break
            await asyncio.sleep(0.005)
        writer.put(turn_over(1))
        assert await writer.flush(1.0)
        assert (writer.figures().stored, writer.figures().spooled) == (2, 0)
    assert store.stored == [turn_over(0), turn_over(1)]


async def test_an_entry_that_the_database_refuses_blocks_nobody(tmp_path: Path) -> None:
    store = Store()
    store.refused = {"conv_2"}
    expected: list[JournalEntry] = [*a_call(), *a_call("conv_3")]
    async with writing(store, spool_disk(tmp_path)) as writer:
        for entry in (*a_call(), turn_over(0, "conv_2"), *a_call("conv_3")):
            writer.put(entry)
        assert await writer.flush(1.0)
        assert writer.figures().quarantined == 1
    assert store.stored == expected
    assert [file.suffix for file in files(tmp_path)] == [".quarantine"]


async def test_closing_leaves_on_the_disk_what_the_database_does_not_take(tmp_path: Path) -> None:
    store = Store()
    store.open.clear()
    writer = JournalWriter(store, spool_disk(tmp_path))
    writer.start()
    for entry in a_call():
        writer.put(entry)
    await writer.close(0.0)
    await writer.close(0.0)
    again = await spool_disk(tmp_path).adopt()
    assert again is not None
    assert list(await again.read(10)) == a_call()
    await again.close()


async def test_without_disk_and_database_memory_is_bounded_and_ends_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "MEMORY_LIMIT", 3)
    blocker = tmp_path / "file"
    blocker.write_text("not a folder")
    store = Store()
    store.open.clear()
    began, *_, over = a_call()
    async with writing(store, spool_disk(blocker / "spool")) as writer:
        for position in range(5):
            writer.put(turn_over(position))
        writer.put(over)
        assert not await writer.flush(0.05)
        assert writer.figures().dropped == 2
        store.open.set()
        assert await writer.flush(1.0)
    assert store.stored == [*(turn_over(position) for position in range(3)), over]
    assert began not in store.stored


async def test_an_attempt_that_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_module, "ATTEMPT_SECONDS", 0.02)
    store = Store()
    store.open.clear()
    async with writing(store, spool_disk(tmp_path)) as writer:
        writer.put(turn_over(0))
        for _ in range(200):
            if writer.figures().state is DatabaseState.AWAY:
                break
            await asyncio.sleep(0.005)
        assert writer.figures().state is DatabaseState.AWAY
        store.open.set()
    assert store.stored == [turn_over(0)]


async def test_whoever_waits_for_storage_is_content_with_the_disk_while_the_database_is_away(
    tmp_path: Path,
) -> None:
    store = Store()
    store.failures = [AWAY] * 100_000
    async with writing(store, spool_disk(tmp_path)) as writer:
        writer.put(turn_over(0))
        assert await writer.flush(1.0)
        assert (writer.figures().spooled, store.stored) == (1, [])
        store.failures.clear()
    assert store.stored == [turn_over(0)]
