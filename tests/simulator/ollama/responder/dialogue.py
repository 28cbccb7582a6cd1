"""A conversation with the responder, in the layout of the product's prompt."""

from collections.abc import Sequence

from simulator.ollama.json_types import JsonObject
from simulator.ollama.responder.prompt import Message, Prompt, Reply
from simulator.ollama.responder.respond import respond

SYSTEM = "You are Robin, the receptionist of Harbor Dental.\n\nToday is Friday, 20 November 2026."

BOOK: JsonObject = {
    "type": "function",
    "function": {
        "name": "book_appointment",
        "description": "Books an appointment. The caller is asked to confirm before it is booked.",
        "parameters": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "description": "The caller's full name."},
                "date": {"type": "string", "description": "The day, as YYYY-MM-DD."},
                "time": {"type": "string", "description": "When it starts, 24-hour, as HH:MM."},
                "topic": {"type": "string", "description": "What it is about."},
            },
            "required": ["name", "date", "time"],
        },
    },
}
END: JsonObject = {
    "type": "function",
    "function": {
        "name": "end_call",
        "description": "Ends the phone call.",
        "parameters": {
            "type": "object",
            "properties": {
                "reason": {"type": "string", "description": "Why the call ends."},
                "message": {"type": "string", "description": "The goodbye to say; leave out if already said."},
            },
            "required": ["reason"],
        },
    },
}
TRANSFER: JsonObject = {
    "type": "function",
    "function": {
        "name": "transfer_call",
        "description": "Transfers the caller to a human colleague.",
        "parameters": {"type": "object", "properties": {}},
    },
}


def with_documents(question: str, *texts: str) -> str:
    documents = "".join(
        f'<document source="kb_{number}" title="Guide">{text}</document>\n' for number, text in enumerate(texts, 1)
    )
    return f"Information from the documents:\n<documents>\n{documents}</documents>\n\nThe caller said: {question}"


class Dialogue:
    def __init__(self, *tools: JsonObject, system: str = SYSTEM, documents: Sequence[str] = ()) -> None:
        self.messages = [Message("system", system)]
        self._tools = tools
        self._documents = documents

    def say(self, text: str) -> Reply:
        content = with_documents(text, *self._documents) if self._documents else text
        reply = self._ask(Message("user", content))
        # As the product does, history keeps what was said without the documents.
        self.messages += [Message("user", text), Message("assistant", reply.text, reply.tool_calls)]
        return reply

    def result(self, content: str, tool: str = "book_appointment") -> Reply:
        self.messages.append(Message("tool", content, tool_name=tool))
        reply = respond(Prompt(tuple(self.messages), self._tools))
        self.messages.append(Message("assistant", reply.text, reply.tool_calls))
        return reply

    def _ask(self, message: Message) -> Reply:
        return respond(Prompt((*self.messages, message), self._tools))
