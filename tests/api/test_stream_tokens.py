import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.stream_tokens import StreamTokenError, StreamTokens, TokenRefusal
from bot.call_config import CallConfig
from data.records import Direction
from tests.api.twilio_server import make_agent


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def config(call_sid: str = "CA1", conversation_id: str = "conv_1") -> CallConfig:
    return CallConfig(conversation_id, call_sid, Direction.INBOUND, make_agent())


async def refusal(tokens: StreamTokens, call_sid: str, token: str) -> TokenRefusal:
    with pytest.raises(StreamTokenError) as caught:
        await tokens.redeem(call_sid, token)
    return caught.value.reason


async def test_a_token_is_good_once() -> None:
    tokens = StreamTokens()
    token = await tokens.issue(config())
    assert len(token) == 43
    assert await tokens.redeem("CA1", token) == config()
    assert await refusal(tokens, "CA1", token) is TokenRefusal.REPLAYED


async def test_it_is_good_for_its_call_only_and_a_failed_try_uses_nothing_up() -> None:
    tokens = StreamTokens()
    token, other = await tokens.issue(config("CA1")), await tokens.issue(config("CA2"))
    assert await refusal(tokens, "CA2", token) is TokenRefusal.WRONG
    assert await refusal(tokens, "CA3", token) is TokenRefusal.UNKNOWN_CALL
    assert await refusal(tokens, "CA1", "") is TokenRefusal.MISSING
    assert (await tokens.redeem("CA1", token)).call_sid == "CA1"
    assert (await tokens.redeem("CA2", other)).call_sid == "CA2"


async def test_it_expires_and_is_told_apart_for_a_while() -> None:
    clock = Clock()
    tokens = StreamTokens(lifetime_seconds=60, clock=clock)
    token = await tokens.issue(config())
    clock.now += 60
    assert await refusal(tokens, "CA1", token) is TokenRefusal.EXPIRED
    clock.now += 60
    await tokens.issue(config("CA2"))
    assert await refusal(tokens, "CA1", token) is TokenRefusal.UNKNOWN_CALL


async def test_each_answer_to_a_repeated_webhook_works_but_only_one_stream_does() -> None:
    tokens = StreamTokens()
    first, second = await tokens.issue(config()), await tokens.issue(config())
    assert (await tokens.redeem("CA1", first)).call_sid == "CA1"
    assert await refusal(tokens, "CA1", second) is TokenRefusal.REPLAYED


async def test_a_call_has_few_tokens_and_the_process_few_calls() -> None:
    tokens = StreamTokens(capacity=2)
    of_one = [await tokens.issue(config("CA1")) for _ in range(5)]
    assert await refusal(tokens, "CA1", of_one[0]) is TokenRefusal.WRONG
    await tokens.issue(config("CA2"))
    last = await tokens.issue(config("CA3"))
    assert await refusal(tokens, "CA1", of_one[4]) is TokenRefusal.UNKNOWN_CALL
    assert (await tokens.redeem("CA3", last)).call_sid == "CA3"


@given(st.text(min_size=1), st.text())
async def test_strange_tokens_are_refused(token: str, call_sid: str) -> None:
    tokens = StreamTokens()
    await tokens.issue(config("CA1"))
    for sid in ("CA1", call_sid):
        assert await refusal(tokens, sid, token) in (TokenRefusal.WRONG, TokenRefusal.UNKNOWN_CALL)


@given(st.lists(st.tuples(st.sampled_from(["issue", "redeem", "wait"]), st.integers(0, 2)), max_size=40))
async def test_no_token_is_ever_good_twice(steps: list[tuple[str, int]]) -> None:
    clock = Clock()
    tokens = StreamTokens(lifetime_seconds=60, capacity=2, clock=clock)
    issued: list[tuple[str, str, float]] = []
    accepted: set[str] = set()
    for action, number in steps:
        if action == "issue":
            call_sid = f"CA{number}"
            issued.append((call_sid, await tokens.issue(config(call_sid)), clock.now))
        elif action == "wait":
            clock.now += 25
        elif number < len(issued):
            call_sid, token, at = issued[number]
            try:
                await tokens.redeem(call_sid, token)
            except StreamTokenError:
                continue
            assert token not in accepted
            assert clock.now - at < 60
            accepted.add(token)
