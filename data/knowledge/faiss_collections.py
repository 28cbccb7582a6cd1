"""FAISS indexes with what belongs to their vectors, blocking: to be used in one thread only.

One file for each agent, written whole and put in place in one step, so that a crash leaves the old state or the
new one. FAISS itself stores vectors and numbers; texts and ids stand beside them in the same file.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import BadZipFile

import faiss
import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from config.errors import VendorError
from data.knowledge.embedder import Embeddings
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorEntry


@dataclass(frozen=True, slots=True)
class _Row:
    """What FAISS does not keep of a chunk."""

    chunk_id: str
    document_id: str
    title: str
    text: str
    position: int


_ROWS = TypeAdapter(list[_Row])


class _Collection:
    """One agent's chunks: exact search by inner product, which for unit vectors is the cosine."""

    def __init__(self, rows: Sequence[_Row], vectors: Embeddings) -> None:
        self.rows = {row.chunk_id: row for row in rows}
        self.vectors = {row.chunk_id: vector for row, vector in zip(rows, vectors, strict=True)}
        self._order: list[str] = []
        self._index: faiss.IndexFlatIP | None = None

    def changed(self) -> None:
        """Have the index made anew at the next query."""
        self._index = None

    def query(self, embedding: Embeddings, top_k: int) -> list[tuple[_Row, float]]:
        """The nearest rows with their cosines, nearest first."""
        if not self.rows:
            return []
        if self._index is None:
            self._order = list(self.rows)
            self._index = faiss.IndexFlatIP(len(embedding))
            self._index.add(self.matrix())
        cosines, positions = self._index.search(embedding[None].astype(np.float32), min(top_k, len(self.rows)))
        return [
            (self.rows[self._order[position]], float(cosine))
            for position, cosine in zip(positions[0], cosines[0], strict=True)
        ]

    def matrix(self) -> Embeddings:
        """All vectors, in the order of the rows."""
        return np.array([self.vectors[chunk_id] for chunk_id in self.rows], dtype=np.float32)


class FaissCollections:
    """The collections of one directory.

    Args:
        path: The directory; made if absent. One process at a time.
        embedding_model: Files of other models' vectors are left alone until `drop_other_models`.
    """

    def __init__(self, path: Path, embedding_model: str) -> None:
        path.mkdir(parents=True, exist_ok=True)
        # Threads of FAISS would take the cores from the audio of every call.
        faiss.omp_set_num_threads(1)
        self._path = path
        self._embedding_model = embedding_model
        self._open: dict[str, _Collection] = {}

    def upsert(self, agent_id: str, entries: Sequence[VectorEntry]) -> None:
        """Add or replace chunks, and save."""
        collection = self._collection(agent_id)
        for entry in entries:
            collection.rows[entry.chunk_id] = _Row(
                entry.chunk_id, entry.document_id, entry.title, entry.text, entry.position
            )
            collection.vectors[entry.chunk_id] = entry.embedding.astype(np.float32)
        self._save(agent_id, collection)

    def query(self, agent_id: str, embedding: Embeddings, top_k: int) -> tuple[Snippet, ...]:
        """The nearest chunks, nearest first."""
        return tuple(
            Snippet(row.document_id, row.chunk_id, row.title, row.text, min(2.0, max(0.0, 1.0 - cosine)))
            for row, cosine in self._collection(agent_id).query(embedding, top_k)
        )

    def entries(self, agent_id: str) -> tuple[VectorEntry, ...]:
        """Everything in an agent's collection."""
        collection = self._collection(agent_id)
        return tuple(
            VectorEntry(
                row.chunk_id, row.document_id, row.title, row.text, row.position, collection.vectors[row.chunk_id]
            )
            for row in collection.rows.values()
        )

    def chunk_ids(self, agent_id: str) -> list[str]:
        """The ids of an agent's chunks."""
        return list(self._collection(agent_id).rows)

    def delete(self, agent_id: str, chunk_ids: Iterable[str]) -> None:
        """Take chunks out, and save; unknown ids are ignored."""
        collection = self._collection(agent_id)
        gone = [chunk_id for chunk_id in chunk_ids if collection.rows.pop(chunk_id, None) is not None]
        for chunk_id in gone:
            del collection.vectors[chunk_id]
        if gone:
            self._save(agent_id, collection)

    def delete_document(self, agent_id: str, document_id: str) -> None:
        """Take a document's chunks out, and save."""
        rows = self._collection(agent_id).rows.values()
        self.delete(agent_id, [row.chunk_id for row in rows if row.document_id == document_id])

    def drop(self, agent_id: str) -> None:
        """Drop whatever there is of the agent, of this model and of others."""
        self._open.pop(agent_id, None)
        for file in self._files(agent_id):
            file.unlink(missing_ok=True)

    def drop_other_models(self, agent_id: str) -> None:
        """Drop what there is of the agent with other models' vectors."""
        own = self._file(agent_id)
        for file in self._files(agent_id):
            if file != own:
                file.unlink(missing_ok=True)

    def _collection(self, agent_id: str) -> _Collection:
        collection = self._open.get(agent_id)
        if collection is None:
            collection = self._load(agent_id)
            self._open[agent_id] = collection
        return collection

    def _load(self, agent_id: str) -> _Collection:
        path = self._file(agent_id)
        empty = _Collection([], np.zeros((0, 0), dtype=np.float32))
        if not path.is_file():
            return empty
        try:
            with np.load(path, allow_pickle=False) as stored:
                if str(stored["embedding_model"]) != self._embedding_model:
                    return empty
                rows = _ROWS.validate_json(bytes(stored["rows"]))
                index = faiss.deserialize_index(stored["index"])
        except (OSError, ValueError, KeyError, BadZipFile, EOFError, RuntimeError, ValidationError) as error:
            raise VendorError(
                "faiss", f"{path.name} is damaged; delete it and restart.", permanent=True
            ) from error
        vectors: NDArray[np.float32] = index.reconstruct_n(0, index.ntotal)
        return _Collection(rows, vectors)

    def _save(self, agent_id: str, collection: _Collection) -> None:
        collection.changed()
        path = self._file(agent_id)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        vectors = collection.matrix()
        index = faiss.IndexFlatIP(vectors.shape[1] if vectors.size else 1)
        if vectors.size:
            index.add(vectors)
        rows = json.dumps([asdict(row) for row in collection.rows.values()]).encode()
        with draft.open("wb") as file:
            np.savez(
                file,
                embedding_model=np.array(self._embedding_model),
                rows=np.frombuffer(rows, dtype=np.uint8),
                index=faiss.serialize_index(index),
            )
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def _file(self, agent_id: str) -> Path:
        return self._path / f"{_hashed(agent_id)}-{_hashed(self._embedding_model)}.npz"

    def _files(self, agent_id: str) -> list[Path]:
        return list(self._path.glob(f"{_hashed(agent_id)}-*.npz"))


def _hashed(name: str) -> str:
    """An id, or a model's name, as a part of a file's name, which it is not of itself."""
    return hashlib.sha256(name.encode()).hexdigest()[:24]
