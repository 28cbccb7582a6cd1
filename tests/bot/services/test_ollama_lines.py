"""What one line of a reply says, and what is no line of a reply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from bot.chat_model import ChatChunk, ChatUsage, ToolCallRequest
from bot.services.ollama_lines import read_line

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
_FUNCTION = st.dictionaries(st.sampled_from(("name", "arguments", "index")), _JSON)
_MESSAGE = st.fixed_dictionaries(
    {},
    optional={
        "content": st.text() | _JSON,
        "tool_calls": st.lists(st.fixed_dictionaries({}, optional={"function": _FUNCTION | _JSON})) | _JSON,
    },
)
_LINES = st.fixed_dictionaries(
    {}, optional={"message": _MESSAGE | _JSON, "done": _JSON, "eval_count": _JSON, "load_duration": _JSON}
)


def test_a_token() -> None:
    line: dict[str, JsonValue] = {"model": "m", "message": {"role": "assistant", "content": "Hi"}, "done": False}
    assert read_line(line) == ChatChunk(text="Hi")


def test_tools_and_the_end() -> None:
    function: JsonValue = {"name": "end_call", "arguments": {"reason": "bye"}}
    line: dict[str, JsonValue] = {
        "message": {"content": "", "tool_calls": [{"function": function}]},
        "done": True,
        "prompt_eval_count": 12,
        "eval_count": 3,
        "load_duration": 2_000_000,
        "prompt_eval_duration": 5_000_000,
    }
    usage = ChatUsage(input_tokens=12, output_tokens=3, load_ms=2.0, prompt_ms=5.0, generation_ms=0.0)
    assert read_line(line) == ChatChunk("", (ToolCallRequest("end_call", {"reason": "bye"}),), usage, True)


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"message": "Hi"},
        {"message": {"content": 1}},
        {"message": {"tool_calls": {"function": {}}}},
        {"message": {"tool_calls": ["end_call"]}},
        {"message": {"tool_calls": [{"function": {"name": "end_call", "arguments": "{}"}}]}},
    ],
)
def test_no_piece_of_a_reply(line: dict[str, JsonValue]) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_line(line)


@given(_LINES)
def test_any_object_is_a_piece_of_a_reply_or_is_refused(line: dict[str, JsonValue]) -> None:
    try:
        chunk = read_line(line)
    except ValueError:
        return
    assert isinstance(chunk.text, str)
    assert chunk.done is (chunk.usage is not None)
    assert all(type(call.name) is str for call in chunk.tool_calls)
    assert all(type(call.arguments) is dict for call in chunk.tool_calls)
