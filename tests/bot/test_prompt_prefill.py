"""The model reads ahead, once, and only when it has nothing better to do."""

import asyncio
from collections.abc import AsyncGenerator

from bot.chat_model import ChatChunk, ChatMessage, ChatModel, ChatRequest, ChatRole
from bot.prompt_prefill import AGAIN_SECONDS, MOST_AT_ONCE, PromptPrefill
from config.errors import VendorError


class _Model(ChatModel):
    def __init__(self, *, fails: bool = False) -> None:
        self.requests: list[ChatRequest] = []
        self.may_answer = asyncio.Event()
        self._fails = fails

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        self.requests.append(request)
        if self._fails:
            raise VendorError("ollama", "It is away.")
        await self.may_answer.wait()
        yield ChatChunk(text="x", done=True)


def opening(text: str = "You are Ada.") -> ChatRequest:
    """The beginning of a prompt."""
    return ChatRequest(model="llama3.1:8b", messages=(ChatMessage(ChatRole.SYSTEM, text),), num_predict=512)


async def test_the_beginning_is_read_with_one_token_and_not_again_for_a_while() -> None:
    model, now = _Model(), 0.0
    prefill = PromptPrefill(model, lambda: True, lambda: now)
    assert prefill.begin(opening())
    assert not prefill.begin(opening())
    await asyncio.sleep(0)
    assert [request.num_predict for request in model.requests] == [1]
    now = AGAIN_SECONDS
    assert prefill.begin(opening())
    await prefill.close()


async def test_a_busy_model_is_left_alone() -> None:
    prefill = PromptPrefill(_Model(), lambda: False)
    assert not prefill.begin(opening())
    await prefill.close()


async def test_only_so_many_are_read_at_once() -> None:
    prefill = PromptPrefill(_Model(), lambda: True)
    begun = [prefill.begin(opening(f"You are number {number}.")) for number in range(MOST_AT_ONCE + 1)]
    assert begun == [True] * MOST_AT_ONCE + [False]
    await prefill.close()


async def test_a_model_that_is_away_disturbs_nobody_and_close_leaves_no_task() -> None:
    before = asyncio.all_tasks()
    prefill = PromptPrefill(_Model(fails=True), lambda: True)
    assert prefill.begin(opening())
    await prefill.close()
    stuck = PromptPrefill(_Model(), lambda: True)
    assert stuck.begin(opening())
    await stuck.close()
    await stuck.close()
    assert asyncio.all_tasks() == before
