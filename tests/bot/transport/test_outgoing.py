import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from bot.transport.outgoing import OutgoingQueue
from bot.transport.twilio_messages import MediaMessage, parse_twilio_message
from bot.transport.twilio_serializer import TwilioSerializer

SERIALIZER = TwilioSerializer("MZ1")


async def drain(queue: OutgoingQueue) -> list[str]:
    """What would be sent now: a mark's name, "clear", or audio as text."""
    sent: list[str] = []
    while True:
        try:
            async with asyncio.timeout(0):
                text = await queue.next_message(SERIALIZER)
        except TimeoutError:
            return sent
        message = json.loads(text)
        if message["event"] == "media":
            media = parse_twilio_message(text)
            assert isinstance(media, MediaMessage)
            sent.append(media.payload.decode())
        else:
            sent.append(message["mark"]["name"] if message["event"] == "mark" else "clear")


async def test_order_is_kept() -> None:
    queue = OutgoingQueue(10)
    queue.put_audio(b"a1")
    queue.put_mark("m1")
    queue.put_audio(b"a2")
    queue.put_audio(b"")
    assert await drain(queue) == ["a1", "m1", "a2"]


async def test_a_clear_overtakes_drops_audio_and_keeps_marks() -> None:
    queue = OutgoingQueue(10)
    queue.put_audio(b"stale")
    queue.put_mark("m1")
    queue.clear()
    queue.clear()
    queue.put_audio(b"fresh")
    assert await drain(queue) == ["clear", "m1", "fresh"]
    assert queue.dropped_audio == 0


async def test_a_clear_is_sent_even_if_nothing_waits() -> None:
    queue = OutgoingQueue(10)
    queue.clear()
    assert await drain(queue) == ["clear"]


async def test_overflow_gives_up_the_oldest_audio() -> None:
    queue = OutgoingQueue(3)
    queue.put_mark("m1")
    for name in (b"a1", b"a2", b"a3"):
        queue.put_audio(name)
    assert queue.dropped_audio == 1
    assert await drain(queue) == ["m1", "a2", "a3"]


async def test_a_writer_that_waits_is_woken() -> None:
    queue = OutgoingQueue(3)
    waiting = asyncio.create_task(queue.next_message(SERIALIZER))
    await asyncio.sleep(0)
    queue.put_mark("m1")
    async with asyncio.timeout(5):
        assert json.loads(await waiting)["mark"] == {"name": "m1"}


@given(st.lists(st.sampled_from(["audio", "mark", "clear", "take"]), max_size=60))
async def test_whatever_happens_the_queue_is_bounded_and_nothing_stale_follows_a_clear(
    ops: list[str],
) -> None:
    queue = OutgoingQueue(4)
    sent: list[str] = []
    last_clear = -1
    for number, operation in enumerate(ops):
        if operation == "audio":
            queue.put_audio(f"a{number}".encode())
        elif operation == "mark":
            queue.put_mark(f"m{number}")
        elif operation == "clear":
            queue.clear()
            last_clear = number
        else:
            sent += await drain(queue)
    rest = await drain(queue)
    assert len(rest) <= 5
    everything = sent + rest
    if last_clear >= 0:
        behind = everything[len(everything) - everything[::-1].index("clear") :]
        assert all(int(item[1:]) > last_clear for item in behind if item.startswith("a"))
    numbers = [int(item[1:]) for item in everything if item.startswith("a")]
    assert numbers == sorted(set(numbers))
