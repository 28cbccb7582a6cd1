"""One agent's documents in memory, taken apart for search: words, codes, and a vector for every passage.

The vector store finds what is near; here is what decides between near and answering. An index never changes: a
change of the documents makes another one, built beside the calls (`passage_indexes`). Everything is in flat
arrays, because a question is compared with some hundred passages and has a few milliseconds for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data.knowledge.answer_kinds import kinds_in, kinds_wanted
from data.knowledge.embedder import Embeddings
from data.knowledge.passages import passages_of
from data.knowledge.question_features import ChunkEvidence, QuestionEvidence
from data.knowledge.search_terms import TermExtractor, codes_of
from data.knowledge.snippet import Snippet
from data.knowledge.vector_store import VectorEntry

if TYPE_CHECKING:
    import bm25s

_SATURATION, _LENGTH_WEIGHT = 1.2, 0.6
"""BM25's k1 and b; chunks are of much the same length, so that length says less than usual."""
_NOTHING_LEFT = "?"
SMALL_NUMBERS = 2000 * 384
"""In the vectors of an index that is quickly compared with a question whole: 2,000 chunks with MiniLM. They are
kept as float32, so that they need not be made that for each question."""
STAND_IN_GAIN = 0.1
"""How much nearer the nearest passage is, on average, than the whole chunk: added where the chunk has to stand
in."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Lists of numbers, one after the other in one array; group `i` is `values[starts[i]:starts[i + 1]]`."""

    values: NDArray[np.int32]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, groups: Iterable[Sequence[int]]) -> "Groups":
        """Pack lists."""
        lists = [np.asarray(group, dtype=np.int32) for group in groups]
        starts = np.zeros(len(lists) + 1, dtype=np.int64)
        np.cumsum([len(group) for group in lists], out=starts[1:])
        return cls(np.concatenate(lists) if lists else np.zeros(0, dtype=np.int32), starts)

    def group(self, index: int) -> NDArray[np.int32]:
        """One list."""
        return self.values[self.starts[index] : self.starts[index + 1]]


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """What the index says to a question: the chunks looked at, and the evidence for each."""

    entries: tuple[VectorEntry, ...]
    question: QuestionEvidence
    evidence: tuple[ChunkEvidence, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Probe:
    """A question, ready to be held against chunks; see `ChunkEvidence`."""

    vector: Embeddings
    contrast: Embeddings | None
    ids: NDArray[np.int32]
    keywords_limit: float
    keywords_best: float


class PassageIndex:
    """The chunks of one agent. Building and searching are blocking, but for `nearest` of a small one.

    Attributes:
        is_small: Whether all chunks can be compared with a question on the event loop.

    Args:
        entries: The chunks, with their vectors.
        passage_vectors: For each chunk, a vector for each of `passages_of(title, text)`; None where they are not
            made yet (then the chunk's own vector stands for them).
    """

    def __init__(self, entries: Sequence[VectorEntry], passage_vectors: Sequence[Embeddings | None]) -> None:
        self._extractor = TermExtractor()
        self._entries = tuple(entries)
        self._position = {entry.chunk_id: index for index, entry in enumerate(self._entries)}
        self.is_small = sum(entry.embedding.size for entry in self._entries) <= SMALL_NUMBERS
        precision = np.float32 if self.is_small else np.float16
        self._vectors: Embeddings = np.array([entry.embedding for entry in self._entries], dtype=precision)
        passages = [passages_of(entry.title, entry.text) for entry in self._entries]
        vectors = [
            given if given is not None else np.repeat(entry.embedding[None], len(parts), axis=0)
            for entry, given, parts in zip(self._entries, passage_vectors, passages, strict=True)
        ]
        self._has_own = [given is not None for given in passage_vectors]
        self._passage_vectors = np.concatenate(vectors).astype(np.float16) if vectors else np.zeros((0, 0))
        self._first_passage = np.zeros(len(passages) + 1, dtype=np.int64)
        np.cumsum([len(parts) for parts in passages], out=self._first_passage[1:])
        stems = [self._extractor.stems(entry.text) for entry in self._entries]
        self._vocabulary: dict[str, int] = {}
        self._chunk_terms = Groups.of(self._ids(words) for words in stems)
        self._heading_terms = Groups.of(self._ids(self._extractor.stems(entry.title)) for entry in self._entries)
        self._passage_terms = Groups.of(
            self._ids(self._extractor.stems(part)) for parts in passages for part in parts
        )
        self._codes = [codes_of(entry.text) for entry in self._entries]
        self._kinds = [tuple(kinds_in(part) for part in parts) for parts in passages]
        self._idf = self._document_frequencies(stems)
        self._keywords = _keyword_search(stems)

    def __len__(self) -> int:
        return len(self._entries)

    def holds(self, chunk_id: str) -> bool:
        """Whether a chunk is in it."""
        return chunk_id in self._position

    @property
    def is_complete(self) -> bool:
        """Whether every passage has a vector of its own."""
        return all(self._has_own)

    @property
    def chunk_ids(self) -> frozenset[str]:
        """The chunks in it."""
        return frozenset(self._position)

    def nearest(self, vector: Embeddings, count: int) -> tuple[Snippet, ...]:
        """The chunks nearest to a question, nearest first; every one is compared with it."""
        cosines = np.asarray(self._vectors, np.float32) @ vector if self._entries else np.zeros(0, np.float32)
        count = min(count, len(cosines))
        best = np.argpartition(-cosines, count - 1)[:count] if count else np.zeros(0, dtype=np.intp)
        return tuple(
            Snippet(
                document_id=self._entries[position].document_id,
                chunk_id=self._entries[position].chunk_id,
                title=self._entries[position].title,
                text=self._entries[position].text,
                vector_distance=max(0.0, 1.0 - float(cosines[position])),
            )
            for position in best[np.argsort(-cosines[best], kind="stable")]
        )

    def contrast(self, question: str) -> str | None:
        """The question without the words that its best chunk by keywords lacks; None if it lacks none."""
        words = self._extractor.terms(question).words
        if not words or not self._entries:
            return None
        ids = self._known_ids(words)
        scores = self._score(words)
        there = _held(ids, self._chunk_terms.group(int(scores.argmax()))) if scores.any() else ids < -1
        missing = {word for word, found in zip(words, there, strict=True) if not found}
        if not missing:
            return None
        kept = [part for part in question.split() if not missing & set(self._extractor.stems(part))]
        return " ".join(kept) or _NOTHING_LEFT

    def sharing_words(self, question: str, count: int) -> tuple[str, ...]:
        """Ids of the chunks that keyword search adds to a search for this question, best first."""
        terms = self._extractor.terms(question)
        positions = _best_positions(self._score((*terms.words, *terms.kind_words)), count)
        return tuple(self._entries[position].chunk_id for position in positions)

    def search(
        self,
        question: str,
        vector: Embeddings,
        contrast: Embeddings | None,
        near: Sequence[str],
        *,
        keyword_candidates: int,
    ) -> Matches:
        """Look at the chunks that are near or share words with a question.

        Args:
            question: As it would be asked on its own.
            vector: The question's.
            contrast: The vector of `contrast(question)`; None without one.
            near: Ids of the chunks that the vector store found; unknown ones are left out.
            keyword_candidates: How many chunks keyword search may add.
        """
        terms = self._extractor.terms(question)
        ids = self._known_ids(terms.words)
        weights = np.array([self._weight(word) for word in terms.words], dtype=np.float32)
        scores = self._score((*terms.words, *terms.kind_words))
        chosen = dict.fromkeys(self._position[chunk_id] for chunk_id in near if chunk_id in self._position)
        chosen.update(dict.fromkeys(_best_positions(scores, keyword_candidates)))
        total = float(weights.sum())
        probe = _Probe(vector, contrast, ids, total * (_SATURATION + 1), float(scores.max(initial=0.0)))
        evidence = tuple(self._evidence(index, probe, float(scores[index])) for index in chosen)
        asked = QuestionEvidence(
            weights=weights,
            unknown=float(weights[ids < 0].sum()) / total if total else 0.0,
            codes=terms.codes,
            kinds=kinds_wanted(question),
            contrast_same=float(vector @ contrast) if contrast is not None else None,
            contrast_all=not any(bool(found.in_chunk.any()) for found in evidence),
        )
        return Matches(tuple(self._entries[index] for index in chosen), asked, evidence)

    def _evidence(self, index: int, probe: "_Probe", keywords: float) -> ChunkEvidence:
        first, end = int(self._first_passage[index]), int(self._first_passage[index + 1])
        passages = self._passage_vectors[first:end].astype(np.float32)
        cosines = passages @ probe.vector
        nearest = int(cosines.argmax())
        gain = best_gain = 0.0
        if probe.contrast is not None:
            without = passages @ probe.contrast
            gain = float(cosines[nearest] - without[nearest])
            best_gain = float(cosines[nearest] - without.max())
        kinds = self._kinds[index]
        return ChunkEvidence(
            dense=float(self._vectors[index].astype(np.float32) @ probe.vector),
            passage=min(1.0, float(cosines[nearest]) + (0.0 if self._has_own[index] else STAND_IN_GAIN)),
            keywords=keywords,
            keywords_limit=probe.keywords_limit,
            keywords_best=probe.keywords_best,
            in_chunk=_held(probe.ids, self._chunk_terms.group(index)),
            in_passage=_held(probe.ids, self._passage_terms.group(first + nearest)),
            in_heading=_held(probe.ids, self._heading_terms.group(index)),
            codes=self._codes[index],
            passage_kinds=kinds[nearest],
            chunk_kinds=frozenset().union(*kinds),
            contrast_gain=gain,
            contrast_best_gain=best_gain,
        )

    def _known_ids(self, words: Sequence[str]) -> NDArray[np.int32]:
        return np.array([self._vocabulary.get(word, -1) for word in words], dtype=np.int32)

    def _ids(self, words: Iterable[str]) -> list[int]:
        return sorted({self._vocabulary.setdefault(word, len(self._vocabulary)) for word in words})

    def _document_frequencies(self, stems: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        counts = np.bincount(self._chunk_terms.values, minlength=len(self._vocabulary))
        return np.log1p((len(stems) - counts + 0.5) / (counts + 0.5)).astype(np.float32)

    def _weight(self, word: str) -> float:
        known = self._vocabulary.get(word)
        if known is None:
            return float(np.log1p((len(self._entries) + 0.5) / 0.5))
        return float(self._idf[known])

    def _score(self, words: Sequence[str]) -> NDArray[np.float32]:
        known = [word for word in words if word in self._vocabulary]
        if self._keywords is None or not known:
            return np.zeros(len(self._entries), dtype=np.float32)
        scores: NDArray[np.float32] = self._keywords.get_scores(known)
        return scores


def _held(wanted: NDArray[np.int32], group: NDArray[np.int32]) -> NDArray[np.bool_]:
    """For each wanted word whether the group holds it; for such short lists several times as fast as `np.isin`."""
    same: NDArray[np.bool_] = wanted[:, None] == group[None]
    held: NDArray[np.bool_] = np.any(same, axis=1)
    return held


def _keyword_search(stems: Sequence[Sequence[str]]) -> "bm25s.BM25 | None":
    if not any(stems):
        return None
    import bm25s  # noqa: PLC0415 - brings numba along and takes half a second, in the thread that builds

    search = bm25s.BM25(method="lucene", k1=_SATURATION, b=_LENGTH_WEIGHT)
    search.index([list(words) for words in stems], show_progress=False)
    return search


def _best_positions(scores: NDArray[np.float32], count: int) -> list[int]:
    """Positions of the highest scores above zero, highest first."""
    count = min(count, len(scores))
    if count == 0:
        return []
    top = np.argpartition(-scores, count - 1)[:count]
    return [int(index) for index in top[np.argsort(-scores[top], kind="stable")] if scores[index] > 0]
