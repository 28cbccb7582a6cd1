"""One server and one set of vendors for all call tests, and a look at what each call leaves behind."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from simulator.twilio.faults import NO_FAULTS, CallerFaults
from tests.calls.house import CallHouse, open_house
from tests.calls.phone import Dial, Phone
from tests.calls.traces import Traces, leftovers
from tests.calls.vendors import Vendors, open_vendors


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def vendors() -> AsyncIterator[Vendors]:
    """Deepgram, Ollama and Twilio."""
    async with open_vendors() as vendors:
        yield vendors


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def house(vendors: Vendors, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CallHouse]:
    """The server that most tests call."""
    async with open_house(vendors, tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest_asyncio.fixture(autouse=True, loop_scope="package")
async def nothing_left_behind(house: CallHouse, vendors: Vendors) -> AsyncIterator[None]:
    """Fails a test whose calls leave a task, a socket, a file or a live call behind; ends the vendors' faults."""
    before = Traces.take(vendors.deepgram_port)
    yield
    await vendors.reset()
    assert await leftovers(before, vendors.deepgram_port) == []
    assert house.runtime.calls.active_calls() == 0
    assert house.runtime.calls.live_conversations == ()
    assert (vendors.deepgram.counters.listen_open, vendors.deepgram.counters.speak_open) == (0, 0)


@pytest_asyncio.fixture(loop_scope="package")
async def dial(house: CallHouse) -> AsyncIterator[Dial]:
    """Places calls; those that a failed test leaves open are hung up."""
    phones: list[Phone] = []

    async def dial(
        number: str, faults: CallerFaults = NO_FAULTS, *, at: CallHouse | None = None, connect: bool = True
    ) -> Phone:
        phone = Phone(at or house, number, faults)
        phones.append(phone)
        phone.caller.place()
        if connect:
            await phone.caller.wait_connected()
        return phone

    yield dial
    for phone in phones:
        phone.caller.hang_up()
        await phone.caller.wait_ended()
