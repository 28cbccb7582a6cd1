"""What storage keeps of a knowledge document: the text, its chunks, and their embeddings."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class DocumentType(StrEnum):
    """Where a document came from."""

    TEXT = "text"
    FILE = "file"
    URL = "url"


@dataclass(frozen=True, slots=True)
class KnowledgeDocument:
    """One document, without its chunks."""

    document_id: str
    workspace_id: str
    name: str
    type: DocumentType
    content_hash: str
    """Digest of the content; the same one for the same workspace and agent is the same document."""
    text: str
    """The extracted text that the chunks were cut from."""
    size_bytes: int
    """Size of the original."""
    created_at: datetime
    updated_at: datetime
    agent_id: str | None = None
    """The agent it was added for; None makes it a document of the workspace, which agents refer to in
    `AgentSettings.knowledge_base`."""
    url: str | None = None
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class KnowledgeChunk:
    """A passage of a document, small enough to be embedded and quoted."""

    chunk_id: str
    position: int
    """Place in the document, from 0."""
    title: str
    """The headings that it stands under, or the document's name."""
    text: str
    page: int | None = None
    """The page that it begins on, from 1; None for formats without pages."""


@dataclass(frozen=True, slots=True)
class EmbeddedChunk:
    """A chunk with its vector, as the vector store needs it."""

    document_id: str
    chunk: KnowledgeChunk
    embedding_model: str
    embedding: NDArray[np.float32]
    """Shape (dimensions,), L2-normalised, read-only."""


UNEMBEDDED = ""
"""Embedding model of chunks that are stored, but yet to be embedded."""


@dataclass(frozen=True, slots=True)
class ModelIndex:
    """What is stored of one document for one embedding model."""

    embedding_model: str
    chunk_count: int
    used_bytes: int
    """Of the vectors."""


@dataclass(frozen=True, slots=True)
class DependentAgent:
    """An agent that answers from a document."""

    agent_id: str
    name: str
    created_at: datetime


ANY_LETTER = "?"
"""In a spelling of a `ContentTerm`: any one letter. No word has a question mark."""


@dataclass(frozen=True, slots=True)
class ContentTerm:
    """A word that documents are searched for."""

    word: str
    """What its forms begin with, in small letters."""
    spellings: tuple[str, ...]
    """What stands for it, any of them, anywhere in a text."""
    pieces: tuple[str, ...] = ()
    """Where there are many spellings: whatever they stand for has one of these, which is quicker to find out."""


@dataclass(frozen=True, slots=True)
class ContentHit:
    """A document in which some of the terms of a search were found."""

    document_id: str
    best: int
    """How many of the terms its best passage has."""
    passages: int
    """How many of its passages have any."""
    found: frozenset[int]
    """Positions of the terms that it has."""


@dataclass(frozen=True, slots=True)
class DocumentQuery:
    """Which documents of a workspace to list, newest first."""

    search: str | None = None
    """Part of the name, in any case."""
    types: tuple[DocumentType, ...] = ()
    cursor: str | None = None
    page_size: int = 30
