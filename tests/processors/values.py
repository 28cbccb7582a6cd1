"""Values that travel in frames."""

from pipecat.processors.aggregators.llm_context import LLMContext

from data.knowledge.snippet import Snippet
from data.records import ToolCallRecord


def snippet(text: str = "The premium plan costs nineteen dollars.") -> Snippet:
    return Snippet("doc_1", "chunk_1", "Prices", text, 0.25)


def tool_record(name: str = "book_appointment", request_id: str = "call_1") -> ToolCallRecord:
    return ToolCallRecord(request_id, name, {"day": "Tuesday"}, {"status": "booked"}, False, 12.0)


def context_of(*messages: tuple[str, str]) -> LLMContext:
    """A conversation of (role, content)."""
    context = LLMContext()
    for role, content in messages:
        if role == "user":
            context.add_message({"role": "user", "content": content})
        else:
            context.add_message({"role": "assistant", "content": content})
    return context
