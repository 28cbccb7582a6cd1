"""What our values look like inside Chroma; the same for the embedded store and for a server."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorEntry

if TYPE_CHECKING:
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.types import GetResult, Metadata, QueryResult

COSINE: "CreateCollectionConfiguration" = {"hnsw": {"space": "cosine"}}
MODEL_KEY = "embedding_model"
"""Collection metadata: vectors of another model are never compared with ours."""

WRITE_BATCH = 20
"""Chunks per write. Chroma's embedded engine holds Python's interpreter lock while it writes (20 chunks:
about 10 ms, 100 chunks: 50 ms), which stops the audio of every call in the process for that long."""

READ_PAGE = 200
"""Chunks per read of a whole collection, for the same reason."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Chunks in the column form that Chroma takes."""

    ids: list[str]
    embeddings: list[Sequence[float]]
    texts: list[str]
    metadatas: "list[Metadata]"


def collection_names(agent_id: str, embedding_model: str) -> tuple[str, str]:
    """Where an agent's chunks may be; different agents never share a name.

    The first is the usual one. The second is taken while the first still holds the vectors of the model before,
    from which the agent is answered until all of its documents are embedded anew.
    """
    usual = f"agent_{agent_id}"
    return usual, f"{usual}.{hashlib.sha256(embedding_model.encode()).hexdigest()[:12]}"


def is_of_agent(name: str, agent_id: str) -> bool:
    """Whether a collection is this agent's, of whatever model."""
    return name == f"agent_{agent_id}" or name.startswith(f"agent_{agent_id}.")


def is_of_model(metadata: "Mapping[str, object] | None", embedding_model: str) -> bool:
    """Whether a collection holds vectors of this model."""
    return (metadata or {}).get(MODEL_KEY) == embedding_model


def batches(entries: Sequence[VectorEntry]) -> Iterator[Rows]:
    """Chunks in column form, at most `WRITE_BATCH` at a time."""
    for begin in range(0, len(entries), WRITE_BATCH):
        part = entries[begin : begin + WRITE_BATCH]
        yield Rows(
            ids=[entry.chunk_id for entry in part],
            embeddings=[entry.embedding.astype(np.float32).tolist() for entry in part],
            texts=[entry.text for entry in part],
            metadatas=[
                {"document_id": entry.document_id, "title": entry.title, "position": entry.position}
                for entry in part
            ],
        )


def id_batches(chunk_ids: Sequence[str]) -> Iterator[list[str]]:
    """Chunk ids, at most `WRITE_BATCH` at a time."""
    for begin in range(0, len(chunk_ids), WRITE_BATCH):
        yield list(chunk_ids[begin : begin + WRITE_BATCH])


def to_snippets(result: "QueryResult") -> tuple[Snippet, ...]:
    """The answer to a query with one vector, nearest first."""
    texts, metadatas, distances = result["documents"], result["metadatas"], result["distances"]
    if not texts or not metadatas or not distances:
        return ()
    rows = zip(result["ids"][0], texts[0], metadatas[0], distances[0], strict=True)
    return tuple(
        Snippet(
            document_id=_string(metadata, "document_id"),
            chunk_id=chunk_id,
            title=_string(metadata, "title"),
            text=text,
            # Rounding puts the same text a hair below zero.
            vector_distance=max(0.0, float(distance)),
        )
        for chunk_id, text, metadata, distance in rows
    )


def to_entries(result: "GetResult") -> tuple[VectorEntry, ...]:
    """Chunks with their vectors."""
    texts, metadatas, embeddings = result["documents"], result["metadatas"], result["embeddings"]
    if texts is None or metadatas is None or embeddings is None:
        return ()
    return tuple(
        VectorEntry(
            chunk_id=chunk_id,
            document_id=_string(metadata, "document_id"),
            title=_string(metadata, "title"),
            text=text,
            position=_whole(metadata, "position"),
            embedding=np.asarray(embedding, dtype=np.float32),
        )
        for chunk_id, text, metadata, embedding in zip(result["ids"], texts, metadatas, embeddings, strict=True)
    )


def _whole(metadata: Mapping[str, object] | None, key: str) -> int:
    value = metadata.get(key) if metadata else None
    return value if isinstance(value, int) else 0


def _string(metadata: Mapping[str, object] | None, key: str) -> str:
    return str(metadata.get(key, "")) if metadata else ""
