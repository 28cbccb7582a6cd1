"""Takes a prompt apart: instructions, turns, and the document passages that stand beside what was said.

Knows the layouts that voice agents use: a `<documents>` block, `Context: … User: …`, passages in the system
prompt, and a whole transcript in one string.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.ollama.responder.prompt import Message, ToolCall
from simulator.ollama.responder.text_calls import split_text_calls

_DOCUMENT = re.compile(r"<document\b([^>]*)>(.*?)</document>", re.S | re.I)
_DOCUMENTS = re.compile(r"(?:^[^\n<]*:\s*)?<(documents|context)\b[^>]*>(.*?)</\1>", re.S | re.I | re.M)
_TITLE = re.compile(r"""\btitle\s*=\s*["']([^"']*)["']""", re.I)
_SPEAKER = (
    r"(?:the\s+)?(?:user|caller|customer|question|human)(?:'s question)?(?:\s+(?:said|says|asked|asks|question))?"
)
_SAID = re.compile(rf"^\s*{_SPEAKER}\s*:\s*", re.I | re.M)
_CONTEXT = re.compile(
    r"^\s*(?:relevant\s+|retrieved\s+)?(?:context|information|knowledge|snippets|documents|passages)\b[^\n:]*:\s*\n?",
    re.I | re.M,
)
_TRANSCRIPT = re.compile(r"^\s*(user|caller|customer|human|assistant|agent|ai|bot)\s*:[ \t]*", re.I | re.M)
_CALLER_NAMES = ("user", "caller", "customer", "human")
_TOOL_RESULT = re.compile(r"^\s*\[?(?:tool[ _-]?result|result of)\b[^\]:]*[\]:]\s*", re.I)


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved piece of a document."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that was said, or what a tool answered."""

    role: str
    """`user`, `assistant` or `tool`."""
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_name: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A prompt taken apart."""

    system: str
    turns: tuple[Turn, ...]
    passages: tuple[Passage, ...]
    """Beside the newest user turn; those of the system prompt follow."""

    @property
    def question(self) -> str:
        """What the caller said last."""
        return next((turn.text for turn in reversed(self.turns) if turn.role == "user"), "")

    @property
    def last_reply(self) -> str:
        """What the assistant said last, before the newest user turn."""
        return next((turn.text for turn in reversed(self.turns) if turn.role == "assistant" and turn.text), "")


def read_conversation(messages: Sequence[Message]) -> Conversation:
    """Takes the messages of a prompt apart."""
    system: list[str] = []
    turns: list[Turn] = []
    system_passages: list[Passage] = []
    passages: list[Passage] = []
    for message in messages:
        if message.role in ("system", "developer"):
            text, found = separate_passages(message.content)
            system.append(text)
            system_passages += found
        elif message.role == "user":
            text, found = separate_passages(message.content)
            passages = found
            turns += _user_turns(text)
        elif message.role == "tool":
            turns.append(Turn("tool", message.content, tool_name=message.tool_name))
        else:
            text, calls = split_text_calls(message.content)
            turns.append(Turn("assistant", text, message.tool_calls + calls))
    return Conversation("\n\n".join(filter(None, system)), tuple(turns), tuple(passages + system_passages))


def newest_question(messages: Sequence[Message]) -> str:
    """What the newest user message asks, without the passages beside it."""
    for message in reversed(messages):
        if message.role == "user":
            return separate_passages(message.content)[0]
    return ""


def separate_passages(content: str) -> tuple[str, list[Passage]]:
    """What was said or instructed, and the passages that stood with it."""
    passages = [
        Passage(match[2].strip(), _title(match[1])) for match in _DOCUMENT.finditer(content) if match[2].strip()
    ]
    if passages or _DOCUMENTS.search(content):
        if not passages:
            passages = [Passage(match[2].strip()) for match in _DOCUMENTS.finditer(content)]
        rest = _DOCUMENT.sub("", _DOCUMENTS.sub("", content))
        return _without_label(rest), passages
    context = _CONTEXT.search(content)
    said = list(_SAID.finditer(content))
    if context and said and said[-1].start() >= context.end():
        found = content[context.end() : said[-1].start()].strip()
        before = content[: context.start()].strip()
        question = _before_assistant(content[said[-1].end() :])
        if found:
            return "\n".join(filter(None, (before, question))) if before and not question else question, [
                Passage(part.strip()) for part in re.split(r"\n\s*\n|\n---+\n", found) if part.strip()
            ]
    return _without_label(content), []


def read_transcript(text: str, system: str = "") -> tuple[Message, ...]:
    """The messages of a prompt that is one string, as `/api/generate` gets it."""
    marks = list(_TRANSCRIPT.finditer(text))
    if not marks:
        return (*_system_message(system), Message("user", text))
    before, passages_text = text[: marks[0].start()].strip(), ""
    context = _CONTEXT.search(before)
    if context:
        before, passages_text = before[: context.start()].strip(), before[context.start() :]
    spoken: list[Message] = []
    for number, mark in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else len(text)
        role = "user" if mark[1].lower() in _CALLER_NAMES else "assistant"
        said = text[mark.end() : end].strip()
        if said:
            spoken.append(Message(role, said))
    if passages_text and spoken and spoken[-1].role == "user":
        spoken[-1] = Message("user", f"{passages_text}\n\nUser: {spoken[-1].content}")
    return (*_system_message("\n\n".join(filter(None, (system, before)))), *spoken)


def _system_message(text: str) -> tuple[Message, ...]:
    return (Message("system", text),) if text else ()


def _user_turns(text: str) -> list[Turn]:
    result = _TOOL_RESULT.match(text)
    if result:
        return [Turn("tool", text[result.end() :].strip())]
    return [Turn("user", text)]


def _title(attributes: str) -> str:
    match = _TITLE.search(attributes)
    return match[1] if match else ""


def _without_label(text: str) -> str:
    said = list(_SAID.finditer(text))
    if said:
        return _before_assistant(text[said[-1].end() :])
    return text.strip()


def _before_assistant(text: str) -> str:
    return re.split(r"^\s*(?:assistant|agent)\s*:\s*$", text, flags=re.I | re.M)[0].strip()
