"""Passage vectors on disk, so that a restart does not embed every document again.

A cache and nothing more: it may be deleted at any time, and whatever is wrong with a file makes it count as
absent.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from loguru import logger

from data.knowledge.embedder import Embeddings


class PassageCache:
    """One file for each agent and embedding model. Everything is blocking and belongs in a thread.

    Args:
        folder: Where; made at the first write.
        embedding_model: Whose vectors.
    """

    def __init__(self, folder: Path, embedding_model: str) -> None:
        self._folder = folder
        self._model = hashlib.sha256(embedding_model.encode()).hexdigest()[:12]

    def read(self, agent_id: str) -> dict[str, Embeddings]:
        """An agent's vectors by chunk id; empty if there is no usable file."""
        path = self._path(agent_id)
        try:
            with np.load(path, allow_pickle=False) as stored:
                chunk_ids, counts, vectors = stored["chunk_ids"], stored["counts"], stored["vectors"]
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, BadZipFile, EOFError):
            logger.bind(file=path.name).warning("A file of passage vectors is damaged; it is made again.")
            return {}
        parts = np.split(vectors, np.cumsum(counts)[:-1]) if len(counts) else []
        return dict(zip((str(chunk_id) for chunk_id in chunk_ids), parts, strict=True))

    def write(self, agent_id: str, vectors: Mapping[str, Embeddings]) -> None:
        """Replace an agent's file in one step; a failure is logged, as nothing but time is lost."""
        path = self._path(agent_id)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                np.savez(
                    file,
                    chunk_ids=np.array(list(vectors), dtype=np.str_),
                    counts=np.array([len(part) for part in vectors.values()], dtype=np.int64),
                    vectors=np.concatenate(list(vectors.values())).astype(np.float16),
                )
            draft.replace(path)
        except OSError as error:
            logger.bind(file=path.name, error=type(error).__name__).warning("Passage vectors could not be kept.")
            draft.unlink(missing_ok=True)

    def delete(self, agent_id: str) -> None:
        """Forget an agent, whichever model its vectors are of."""
        for path in self._paths(agent_id):
            path.unlink(missing_ok=True)

    def delete_other_models(self, agent_id: str) -> None:
        """Forget an agent's vectors of other models."""
        own = self._path(agent_id)
        for path in self._paths(agent_id):
            if path != own:
                path.unlink(missing_ok=True)

    def _path(self, agent_id: str) -> Path:
        return self._folder / f"{_hashed(agent_id)}-{self._model}.npz"

    def _paths(self, agent_id: str) -> list[Path]:
        return list(self._folder.glob(f"{_hashed(agent_id)}-*.npz"))


def _hashed(agent_id: str) -> str:
    """An agent's id as a part of a file's name, which it is not of itself."""
    return hashlib.sha256(agent_id.encode()).hexdigest()[:24]
