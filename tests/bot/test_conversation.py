"""pipecat's context and our messages."""

from pipecat.processors.aggregators.llm_context import LLMContext

from bot.chat_model import ChatMessage, ChatRole, ToolCallRequest
from bot.conversation import messages_of, remember_tools, tool_messages
from data.records import ToolCallRecord


def record(request_id: str = "call_1", name: str = "book_appointment") -> ToolCallRecord:
    return ToolCallRecord(
        request_id, name, {"day": "Tuesday", "hour": 10}, {"status": "booked", "ort": "Köln"}, False, 5
    )


def test_a_round_of_tools_is_remembered_as_calls_with_their_results() -> None:
    context = LLMContext()
    context.add_message({"role": "user", "content": "Book it."})
    remember_tools(context, (record("call_1"), record("call_2", "end_call")))
    context.add_message({"role": "assistant", "content": "Done."})
    calls = tuple(
        ToolCallRequest(name, {"day": "Tuesday", "hour": 10}) for name in ("book_appointment", "end_call")
    )
    result = '{"status": "booked", "ort": "Köln"}'
    assert messages_of(context) == (
        ChatMessage(ChatRole.USER, "Book it."),
        ChatMessage(ChatRole.ASSISTANT, "", tool_calls=calls),
        ChatMessage(ChatRole.TOOL, result, tool_name="book_appointment"),
        ChatMessage(ChatRole.TOOL, result, tool_name="end_call"),
        ChatMessage(ChatRole.ASSISTANT, "Done."),
    )


def test_what_is_remembered_reads_like_what_the_model_was_told() -> None:
    context = LLMContext()
    remember_tools(context, (record(),))
    assert messages_of(context) == tool_messages((record(),))


def test_what_was_said_with_the_call_goes_with_it() -> None:
    assert tool_messages((record(),), "One moment.")[0].content == "One moment."
