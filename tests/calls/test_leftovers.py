"""What an ended call leaves to Python's garbage collector, which stops every call while it works: nothing."""

import asyncio
import gc
import weakref
from collections.abc import Iterator, Sequence

import pytest
from pipecat.processors.frame_processor import FrameProcessor

from api.websocket_protocol import DirectWebSocketProtocol
from bot.call import CallSession
from bot.media.plane import MediaPlane
from bot.transport.twilio import TwilioTransport
from simulator.ollama.options import ScriptedReply
from tests.calls.house import CallHouse
from tests.calls.phone import Dial

pytestmark = pytest.mark.asyncio(loop_scope="package")

QUESTION = "What time do you open?"
ANSWER = "We open at nine."
WHILE_TICKS = 60


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def left_of(parts: "Sequence[weakref.ref[object]]") -> list[str]:
    """What is not freed a while after the call: the server's tasks and its socket are over a moment after it."""

    def alive() -> list[str]:
        return [type(part).__name__ for reference in parts if (part := reference()) is not None]

    for _ in range(WHILE_TICKS):
        if not alive():
            break
        await asyncio.sleep(0.05)  # nothing tells when an object was freed
    return alive()


@pytest.mark.usefixtures("no_collector")
async def test_an_ended_call_is_freed_without_the_garbage_collector(house: CallHouse, dial: Dial) -> None:
    await house.vendors.script(ScriptedReply(match="time do you open", text=ANSWER))
    phone = await dial(await house.add_agent("Hello there."))
    await phone.hears("Hello there.")
    await phone.ask(QUESTION, ANSWER)
    kinds = (CallSession, FrameProcessor, MediaPlane, TwilioTransport, DirectWebSocketProtocol)
    parts: list[weakref.ref[object]] = [
        weakref.ref(thing) for thing in gc.get_objects() if isinstance(thing, kinds)
    ]
    assert len(parts) > 15
    await phone.hang_up()
    assert await left_of(parts) == []
