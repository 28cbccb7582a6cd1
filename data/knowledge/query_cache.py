"""The last questions' vectors: interim and final transcripts, and frequent questions, are often the same."""

import threading
from collections import OrderedDict

from data.knowledge.embedder import Embeddings


class QueryCache:
    """A least-recently-used cache with a bound; used from the loop and from the embedding thread.

    Args:
        size: Most entries kept; 1,024 vectors of 384 floats are 1.6 MB.
    """

    def __init__(self, size: int = 1024) -> None:
        self._size = size
        self._entries: OrderedDict[str, Embeddings] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, text: str) -> Embeddings | None:
        """The vector of a text, or None."""
        with self._lock:
            vector = self._entries.get(text)
            if vector is not None:
                self._entries.move_to_end(text)
            return vector

    def put(self, text: str, vector: Embeddings) -> None:
        """Remember a vector, forgetting the one that was unused for longest if the cache is full."""
        with self._lock:
            self._entries[text] = vector
            self._entries.move_to_end(text)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)
