"""The live calls of a process: room for so many, places kept, and an orderly end."""

import asyncio
from collections.abc import Callable

import pytest

from bot import call_manager as call_manager_module
from bot.call_config import CallConfig
from bot.call_manager import CallManager
from bot.call_services import CallServices
from bot.event_fanout import EventFanout
from bot.events import EventSink
from bot.journal import CallJournal
from bot.transport.ports import CallTransport
from bot.transport.twilio import TwilioTransport
from tests.bot.calls import make_call
from tests.bot.test_journal import Entries
from tests.bot.transport.fakes import FakeSocket


class Session:
    """Stands in for `CallSession`: runs until it is ended."""

    stubborn = False

    def __init__(self, config: CallConfig, services: CallServices, sink: EventSink) -> None:
        self.conversation_id = config.conversation_id
        self.told_to_leave = 0
        self.over = asyncio.Event()
        self.fails = False
        SESSIONS.append(self)

    def shut_down(self) -> None:
        self.told_to_leave += 1
        if not Session.stubborn:
            self.over.set()

    async def run(self, transport: CallTransport, stream_id: str) -> None:
        await self.over.wait()
        if self.fails:
            raise ZeroDivisionError


SESSIONS: list[Session] = []


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> CallManager:
    SESSIONS.clear()
    monkeypatch.setattr(Session, "stubborn", False)
    monkeypatch.setattr(call_manager_module, "CallSession", Session)
    monkeypatch.setattr(call_manager_module, "STORE_WAIT_SECONDS", 0.05)
    monkeypatch.setattr(call_manager_module, "FAREWELL_SECONDS", 0.1)
    journal = CallJournal(Entries(), "host:1")
    services = object.__new__(CallServices)  # handed on to sessions, which are faked
    return CallManager(services, EventFanout([journal]), journal, max_calls=2)


def begin(manager: CallManager, call_sid: str) -> "asyncio.Task[None]":
    config = make_call()
    config = CallConfig(f"conv_{call_sid}", call_sid, config.direction, config.agent)
    transport = TwilioTransport(FakeSocket())
    return asyncio.create_task(manager.run(config, transport, "MZ1"))


async def until(reached: Callable[[], bool]) -> None:
    for _ in range(20):  # passes of the loop, not time
        await asyncio.sleep(0)
    assert reached()


async def test_a_call_is_live_until_its_outcome_is_stored(manager: CallManager) -> None:
    call = begin(manager, "CA1")
    await until(lambda: manager.is_live("CA1"))
    assert manager.live_conversations == ("conv_CA1",)
    assert manager.active_calls() == 1
    SESSIONS[0].over.set()
    await call
    assert not manager.is_live("CA1")
    assert manager.active_calls() == 0


async def test_no_more_calls_than_may_run_and_announced_ones_count(manager: CallManager) -> None:
    assert manager.reserve("CA1")
    assert manager.reserve("CA1"), "the same call, announced again"
    assert manager.reserve("CA2")
    assert not manager.accepting
    assert not manager.reserve("CA3")
    call = begin(manager, "CA1")
    await until(lambda: manager.is_live("CA1"))
    assert not manager.accepting
    SESSIONS[0].over.set()
    await call
    assert manager.reserve("CA3")


async def test_a_place_that_nobody_takes_goes_to_another(
    manager: CallManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_manager_module, "RESERVATION_SECONDS", -1.0)
    assert manager.reserve("CA1")
    assert manager.reserve("CA2")
    assert manager.reserve("CA3")


async def test_a_call_that_fails_leaves_its_place(manager: CallManager) -> None:
    call = begin(manager, "CA1")
    await until(lambda: bool(SESSIONS))
    SESSIONS[0].fails = True
    SESSIONS[0].over.set()
    with pytest.raises(ZeroDivisionError):
        await call
    assert manager.active_calls() == 0


async def test_draining_takes_no_more_calls_and_lets_the_running_ones_end(manager: CallManager) -> None:
    call = begin(manager, "CA1")
    await until(lambda: manager.is_live("CA1"))
    draining = asyncio.create_task(manager.drain(5.0))
    await until(lambda: not manager.accepting)
    assert not manager.reserve("CA2")
    SESSIONS[0].over.set()
    await asyncio.wait_for(draining, 2)
    await call
    assert SESSIONS[0].told_to_leave == 0


async def test_calls_that_outlast_the_drain_are_ended(manager: CallManager) -> None:
    call = begin(manager, "CA1")
    await until(lambda: manager.is_live("CA1"))
    await asyncio.wait_for(manager.drain(0.02), 2)
    await call
    assert SESSIONS[0].told_to_leave == 1


async def test_a_call_that_does_not_end_does_not_hold_the_server_for_ever(
    manager: CallManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "stubborn", True)
    call = begin(manager, "CA1")
    await until(lambda: manager.is_live("CA1"))
    await asyncio.wait_for(manager.drain(0.02), 2)
    SESSIONS[0].over.set()
    await call


async def test_an_empty_house_is_drained_at_once(manager: CallManager) -> None:
    await asyncio.wait_for(manager.drain(60.0), 1)
    assert not manager.accepting


async def test_a_process_that_is_late_takes_no_further_call() -> None:
    late = False
    journal = CallJournal(Entries(), "host:1")
    services = object.__new__(CallServices)
    manager = CallManager(services, EventFanout([journal]), journal, max_calls=2, is_late=lambda: late)
    assert manager.reserve("CA1")
    late = True
    assert not manager.accepting
    assert not manager.reserve("CA2")
    assert manager.reserve("CA1"), "what was promised is kept"
