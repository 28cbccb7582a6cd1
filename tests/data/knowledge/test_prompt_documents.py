"""Which documents stand in the prompt, and which are searched."""

from dataclasses import replace
from datetime import UTC, datetime

from data.agent_config import KnowledgeReference
from data.knowledge.prompt_documents import MOST_PROMPT_CHARS, PromptShelf, choose
from data.knowledge_records import DocumentType, KnowledgeDocument

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SMALL = KnowledgeDocument("doc_1", "ws", "Small", DocumentType.TEXT, "h", "text", 4, NOW, NOW)
LARGE = replace(SMALL, document_id="doc_2", text="x" * (MOST_PROMPT_CHARS - 3))


def reference(document_id: str, usage: str = "prompt") -> KnowledgeReference:
    return KnowledgeReference(id=document_id, usage_mode=usage)


def test_documents_that_ask_for_it_are_taken_in_their_order_as_far_as_there_is_room() -> None:
    first = choose([reference("doc_1"), reference("doc_2")], [LARGE, SMALL])
    assert [document.document_id for document in first] == ["doc_1"]
    other = choose([reference("doc_2"), reference("doc_1")], [LARGE, SMALL])
    assert [document.document_id for document in other] == ["doc_2"]
    assert choose([reference("doc_1", "auto"), reference("doc_none")], [SMALL]) == ()


def test_a_source_sees_what_was_put_last() -> None:
    shelf = PromptShelf()
    source = shelf.source("agent_1")
    whole = choose([reference("doc_1")], [SMALL])
    shelf.put("agent_1", whole)
    assert (source(), shelf.source("agent_2")()) == (whole, ())
    shelf.put("agent_1", ())
    assert source() == ()
