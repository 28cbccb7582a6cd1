"""Documents that stand wholly in the prompt (`usage_mode: prompt`), and those that are searched instead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from data.agent_config import KnowledgeReference
from data.knowledge_records import KnowledgeDocument

MOST_PROMPT_CHARS = 20_000
"""Of all of an agent's prompt documents together, about 5,000 tokens. What does not fit is searched instead."""
PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class PromptDocument:
    """One document, whole."""

    document_id: str
    name: str
    text: str


PromptSource = Callable[[], tuple[PromptDocument, ...]]
"""What stands in an agent's prompts now; asked again for each reply."""


def no_prompt_documents() -> tuple[PromptDocument, ...]:
    """The source of an agent that has none."""
    return ()


def choose(
    references: Sequence[KnowledgeReference], candidates: Sequence[KnowledgeDocument]
) -> tuple[PromptDocument, ...]:
    """Say which documents stand in the prompt: those that ask for it, in their order, as far as there is room.

    Args:
        references: What the agent's settings name.
        candidates: The documents of those that ask for it, in any order.
    """
    by_id = {document.document_id: document for document in candidates}
    chosen: list[PromptDocument] = []
    room = MOST_PROMPT_CHARS
    for reference in references:
        document = by_id.get(reference.id)
        if document is not None and reference.usage_mode == PROMPT and len(document.text) <= room:
            room -= len(document.text)
            chosen.append(PromptDocument(document.document_id, document.name, document.text))
    return tuple(chosen)


class PromptShelf:
    """The prompt documents of agents, in memory; whoever changes an agent's documents puts them here."""

    def __init__(self) -> None:
        self._documents: dict[str, tuple[PromptDocument, ...]] = {}

    def put(self, agent_id: str, documents: tuple[PromptDocument, ...]) -> None:
        """Replace an agent's."""
        if documents:
            self._documents[agent_id] = documents
        else:
            self._documents.pop(agent_id, None)

    def source(self, agent_id: str) -> PromptSource:
        """What a call of the agent asks for each reply."""
        return lambda: self._documents.get(agent_id, ())
