"""A model with a watch on it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from bot.chat_model import ChatChunk, ChatModel, ChatRequest
from bot.services.measured_model import RECENT, MeasuredChatModel
from config.errors import VendorError

REQUEST = ChatRequest(model="m", messages=(), tools=(), temperature=0, num_predict=1, num_ctx=None, stop=())


class SlowModel(ChatModel):
    """Takes as long for its first token as it is told, by a clock that nobody waits for."""

    def __init__(self) -> None:
        self.now = 0.0
        self.takes = 0.2
        self.fails = False
        self.closed = 0

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        try:
            if self.fails:
                raise VendorError("ollama", "no")
            self.now += self.takes
            yield ChatChunk("Yes")
            self.now += 5.0
            yield ChatChunk(".", done=True)
        finally:
            self.closed += 1


@pytest.fixture
def slow() -> SlowModel:
    return SlowModel()


async def read(model: ChatModel) -> str:
    async with aclosing(model.stream(REQUEST)) as chunks:
        return "".join([chunk.text async for chunk in chunks])


async def test_replies_pass_as_they_are(slow: SlowModel) -> None:
    assert await read(MeasuredChatModel(slow, most_streams=1)) == "Yes."


async def test_a_model_has_time_while_fewer_streams_are_open_than_may_be(slow: SlowModel) -> None:
    model = MeasuredChatModel(slow, most_streams=1)
    assert model.has_time()
    stream = model.stream(REQUEST)
    await anext(stream)
    assert not model.has_time()
    await stream.aclose()
    assert model.has_time()
    assert slow.closed == 1


async def test_a_failed_stream_is_not_counted_for_ever(slow: SlowModel) -> None:
    model = MeasuredChatModel(slow, most_streams=1)
    slow.fails = True
    with pytest.raises(VendorError):
        await read(model)
    assert model.has_time()


async def test_no_streams_at_all_may_be_open_where_the_most_is_0(slow: SlowModel) -> None:
    assert not MeasuredChatModel(slow, most_streams=0).has_time()


async def test_a_model_whose_first_tokens_come_late_is_queueing_until_they_do_not(
    slow: SlowModel,
) -> None:
    model = MeasuredChatModel(slow, most_streams=9, clock=lambda: slow.now)
    for _ in range(RECENT):
        await read(model)
    assert model.has_time()
    slow.takes = 0.9
    for _ in range(RECENT):
        await read(model)
    assert not model.has_time()
    slow.takes = 0.3
    for _ in range(RECENT):
        await read(model)
    assert model.has_time()


async def test_twice_nearly_nothing_is_no_queue(slow: SlowModel) -> None:
    model = MeasuredChatModel(slow, most_streams=9, clock=lambda: slow.now)
    for takes in (0.01, 0.09):
        slow.takes = takes
        for _ in range(RECENT):
            await read(model)
    assert model.has_time()
