"""A reply in the making, as the language model keeps it between its rounds."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipecat.processors.aggregators.llm_context import LLMContext

from bot.chat_model import ChatMessage, ChatRole
from bot.phases import CallPhase
from bot.speculation import same_words
from data.knowledge.snippet import Snippet
from processors.tool_requests import ToolRequest


@dataclass(slots=True)
class ReplyTurn:
    """One reply.

    Attributes:
        generation: Its number.
        context: The conversation that it belongs to.
        history: The conversation before the question.
        question: What it answers.
        snippets: What the documents say to it.
        phase: Where the call stands.
        exchanges: Tool calls and results since the question.
        rounds: How often tools were asked for.
        said: What the model has written.
        exchanged: Characters of `said` that `exchanges` already hold.
        tokens: Pieces of text that the model has streamed.
        held: It was begun early: nothing of it may be heard or done yet.
        requests: Tools that it asked for while it was held.
        ended: It has no more text.
        failed: The model gave it up while it was held.
    """

    generation: int
    context: LLMContext
    history: tuple[ChatMessage, ...]
    question: str
    snippets: Sequence[Snippet]
    phase: CallPhase
    exchanges: list[ChatMessage] = field(default_factory=list)
    rounds: int = 0
    said: str = ""
    exchanged: int = 0
    tokens: int = 0
    held: bool = False
    requests: tuple[ToolRequest, ...] = ()
    ended: bool = False
    failed: bool = False

    def answers(self, history: tuple[ChatMessage, ...], question: str) -> bool:
        """Whether it was made for this question, in this conversation, and is worth keeping."""
        return not self.failed and self.history == history and same_words(self.question, question)


def split_question(messages: tuple[ChatMessage, ...]) -> tuple[tuple[ChatMessage, ...], str]:
    """What came before the caller's newest words, and those words: all since the agent's last."""
    asked = len(messages)
    while asked and messages[asked - 1].role is ChatRole.USER:
        asked -= 1
    return messages[:asked], " ".join(message.content for message in messages[asked:])
