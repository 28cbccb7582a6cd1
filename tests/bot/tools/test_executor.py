"""Every tool call ends once, in a known way."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat_model import ChatRole, ToolCallRequest
from bot.tools.confirmation import ConfirmationGate
from bot.tools.executor import ToolExecutor
from bot.tools.outcome import ToolOutcome, ToolStatus
from bot.tools.registry import ToolRegistry
from config.errors import VendorError
from tests.bot.calls import make_context
from tests.bot.tools.fakes import FakeTool


class _Bench:
    """An executor with one fake tool, and what it told its listener."""

    def __init__(self, tool: FakeTool, deadline: float = 5.0) -> None:
        self.tool = tool
        self.gate = ConfirmationGate()
        self.heard: list[ToolOutcome] = []
        self.executor = ToolExecutor(
            ToolRegistry([tool]), self.gate, on_outcome=self.heard.append, deadline=deadline
        )

    async def execute(self, turn: int = 1, current: bool = True, **arguments: str) -> ToolOutcome:
        request = ToolCallRequest(self.tool.name, dict(arguments))
        return await self.executor.execute(request, make_context(turn=turn, current=current))

    async def answer(self, text: str, turn: int) -> ToolOutcome | None:
        return await self.executor.answer(text, make_context(turn=turn))


async def test_a_result() -> None:
    bench = _Bench(FakeTool())
    outcome = await bench.execute(what="x")
    assert (outcome.status, outcome.content) == (ToolStatus.RESULT, {"status": "done", "run": 1})
    assert bench.heard == [outcome]
    assert outcome.message.role is ChatRole.TOOL
    assert outcome.message.tool_name == "look_up"
    assert outcome.record.params == {"what": "x"}
    assert not outcome.record.is_error


async def test_an_unknown_tool_is_answered_with_the_known_ones() -> None:
    bench = _Bench(FakeTool())
    outcome = await bench.executor.execute(ToolCallRequest("hack", {}), make_context())
    assert outcome.status is ToolStatus.ERROR
    assert "look_up" in str(outcome.content)
    assert outcome.record.is_error


async def test_wrong_arguments_are_an_error_the_model_can_read() -> None:
    bench = _Bench(FakeTool())
    outcome = await bench.execute(bad="x")
    assert outcome.content == {"status": "error", "error": "bad is not allowed"}
    assert bench.tool.runs == []


@pytest.mark.parametrize("is_write", [False, True])
async def test_a_failing_tool_is_an_error_and_may_be_tried_again(is_write: bool) -> None:
    bench = _Bench(FakeTool(is_write=is_write))
    bench.tool.error = VendorError("crm", "The calendar is down.")
    assert (await bench.execute()).content == {"status": "error", "error": "The calendar is down."}
    bench.tool.error = ValueError("a bug with a secret in it")
    assert "secret" not in str((await bench.execute()).content)
    bench.tool.error = None
    assert (await bench.execute()).status is ToolStatus.RESULT


async def test_a_slow_read_times_out_and_is_stopped() -> None:
    bench = _Bench(FakeTool(), deadline=0.02)
    bench.tool.release.clear()
    assert (await bench.execute()).status is ToolStatus.TIMEOUT
    assert bench.tool.was_cancelled


async def test_a_slow_write_times_out_but_is_not_stopped() -> None:
    bench = _Bench(FakeTool(is_write=True), deadline=0.02)
    bench.tool.release.clear()
    outcome = await bench.execute()
    assert outcome.status is ToolStatus.TIMEOUT
    assert "not known" in str(outcome.content)
    bench.tool.release.set()
    again = await bench.execute()
    assert (again.status, len(bench.tool.runs)) == (ToolStatus.RESULT, 1)
    assert not bench.tool.was_cancelled
    assert [heard.status for heard in bench.heard] == [ToolStatus.TIMEOUT, ToolStatus.RESULT]


async def test_an_interrupted_read_is_cancelled_and_told() -> None:
    bench = _Bench(FakeTool())
    bench.tool.release.clear()
    running = asyncio.ensure_future(bench.execute())
    await bench.tool.started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [heard.status for heard in bench.heard] == [ToolStatus.CANCELLED]


async def test_an_interrupted_write_goes_on_and_is_told() -> None:
    bench = _Bench(FakeTool(is_write=True))
    bench.tool.release.clear()
    running = asyncio.ensure_future(bench.execute())
    await bench.tool.started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert bench.heard == []
    bench.tool.release.set()
    await bench.executor.close()
    assert [heard.status for heard in bench.heard] == [ToolStatus.RESULT]
    assert not bench.tool.was_cancelled


async def test_a_write_of_a_stale_generation_does_not_run() -> None:
    bench = _Bench(FakeTool(is_write=True))
    assert (await bench.execute(current=False)).status is ToolStatus.CANCELLED
    assert bench.tool.runs == []


async def test_a_read_of_a_stale_generation_is_harmless() -> None:
    bench = _Bench(FakeTool())
    assert (await bench.execute(current=False)).status is ToolStatus.RESULT


async def test_the_same_write_twice_is_done_once() -> None:
    bench = _Bench(FakeTool(is_write=True))
    bench.tool.release.clear()
    both = asyncio.gather(bench.execute(a="1", b="2"), bench.execute(b="2", a="1"))
    await bench.tool.started.wait()
    bench.tool.release.set()
    first, second = await both
    third = await bench.execute(a="1", b="2")
    assert first.content == second.content == third.content
    assert len({first.request_id, second.request_id, third.request_id}) == 3
    assert len(bench.tool.runs) == 1
    await bench.execute(a="other")
    assert len(bench.tool.runs) == 2


async def test_close_cancels_what_never_ends() -> None:
    bench = _Bench(FakeTool(is_write=True), deadline=0.02)
    bench.tool.release.clear()
    await bench.execute()
    await bench.executor.close()
    assert bench.tool.was_cancelled
    assert len(bench.heard) == 1


async def test_a_write_waits_for_the_callers_yes() -> None:
    bench = _Bench(FakeTool(is_write=True, confirm=True))
    asked = await bench.execute(what="a")
    assert asked.say == "Shall I do a?"
    assert isinstance(asked.content, dict)
    assert asked.content["status"] == "needs_confirmation"
    assert bench.tool.runs == []
    done = await bench.answer("Yes please.", turn=2)
    assert done is not None
    assert (done.status, bench.tool.runs) == (ToolStatus.RESULT, [{"what": "a"}])
    call, result = done.exchange
    assert call.tool_calls == (ToolCallRequest("look_up", {"what": "a"}),)
    assert result == done.message
    assert await bench.answer("Yes please.", turn=3) is None


async def test_once_done_the_model_is_reminded_instead_of_asking_again() -> None:
    bench = _Bench(FakeTool(is_write=True, confirm=True))
    await bench.execute(what="a")
    done = await bench.answer("Yes.", turn=2)
    again = await bench.execute(turn=2, what="a")
    assert done is not None
    assert (again.content, again.say, len(bench.tool.runs)) == (done.content, None, 1)


async def test_the_model_cannot_confirm_itself() -> None:
    bench = _Bench(FakeTool(is_write=True, confirm=True))
    for _ in range(3):
        assert (await bench.execute(what="a")).say == "Shall I do a?"
    assert await bench.answer("Yes.", turn=1) is None
    assert bench.tool.runs == []


async def test_no_declines() -> None:
    bench = _Bench(FakeTool(is_write=True, confirm=True))
    await bench.execute(what="a")
    declined = await bench.answer("No, thanks.", turn=2)
    assert declined is not None
    assert isinstance(declined.content, dict)
    assert declined.content["status"] == "declined"
    assert await bench.answer("Yes.", turn=3) is None
    assert bench.tool.runs == []


async def test_a_correction_replaces_the_question() -> None:
    bench = _Bench(FakeTool(is_write=True, confirm=True))
    await bench.execute(what="a")
    await bench.answer("Yes, but make it b.", turn=2)
    assert (await bench.execute(turn=2, what="b")).say == "Shall I do b?"
    await bench.answer("Yes.", turn=3)
    assert bench.tool.runs == [{"what": "b"}]


async def test_of_two_writes_in_one_reply_the_second_waits_for_the_answer_to_the_first() -> None:
    bench = _Bench(FakeTool(is_write=True, confirm=True))
    assert (await bench.execute(what="a")).say == "Shall I do a?"
    second = await bench.execute(what="b")
    assert second.say is None
    assert isinstance(second.content, dict)
    assert second.content["status"] == "waiting"
    await bench.answer("Yes.", turn=2)
    assert bench.tool.runs == [{"what": "a"}]
    assert (await bench.execute(turn=2, what="b")).say == "Shall I do b?"
    await bench.answer("Yes.", turn=3)
    assert bench.tool.runs == [{"what": "a"}, {"what": "b"}]


_ACTIONS = st.sampled_from(["execute a", "execute b", "execute stale", "Yes.", "No.", "What?", "turn"])


@given(st.lists(_ACTIONS, max_size=30))
def test_nothing_runs_without_a_later_yes(actions: list[str]) -> None:
    async def play() -> None:
        bench = _Bench(FakeTool(is_write=True, confirm=True))
        turn, asked_in, requests = 1, 0, 0
        for action in actions:
            before = len(bench.tool.runs)
            if action == "turn":
                turn += 1
            elif action.startswith("execute"):
                requests += 1
                current = "stale" not in action
                outcome = await bench.execute(turn=turn, current=current, what=action[-1])
                if outcome.say:
                    asked_in = turn
            elif await bench.answer(action, turn) is not None:
                requests += 1
            if len(bench.tool.runs) > before:
                assert action == "Yes."
                assert turn > asked_in > 0
        assert len(bench.heard) == requests

    asyncio.run(play())
