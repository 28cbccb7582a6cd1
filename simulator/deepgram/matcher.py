"""Which utterance a segment of speech is: exact comparison of the few candidates that the book proposes.

espeak-ng says a text nearly the same way every time (a random flutter apart, which depends on all that the process
has said before), so no time warping is needed: the right template lies over the segment at one offset. What
differs is level, noise, codec and which part was said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.deepgram.features import BANDS, SILENCE_DB, Matrix
from simulator.deepgram.utterance_book import COARSE_FRAMES, Candidate, Template, UtteranceBook

# Little speech resembles much by chance, so it has to fit better.
_ACCEPTED_DB = 2.0
_ACCEPTED_SHORT_DB = 1.4
_SHORT_FRAMES = 25
_FEWEST_SOUNDING = 5
_SOUNDING_SHARE = 0.35
_RANGE_DB = 30.0
_ACTIVE_DB = 3.0
_LOUD_DB = 12.0
_NOISE_MARGIN_DB = 4.0
_CLIPPED_DB = 12.0
_KEPT_MARGIN_DB = 1.5
_MOST_CANDIDATES = 64
# Silence expected after an utterance's end, in stream frames (80 ms), before more speech counts as another one.
_AFTER_END = 4
_UNFINISHED_PENALTY_DB = 0.15
# Around the coarse guess, then around the settled one, in template frames (10 ms).
_FIRST_NUDGES = tuple(range(-4, 5))
_LATER_NUDGES = (0, -1, 1)
_PROPOSAL_FRAMES = 30
_FRAMES_AT_ONCE = 4096  # so many of all templates together stay in the processor's cache
_EACH_BAND = np.full(BANDS, 1 / BANDS, dtype=np.float32)
_SILENT = np.float32(SILENCE_DB)


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate with its mean distance in dB per band (under 1 for the right words, 3 to 6 for others).

    Attributes:
        frames: How many frames were compared.
        sounding: How many of them rise above the noise, in the segment or in the template.
        overrun: The segment goes on with speech after this template's end, in stream frames from the
            segment's start; None if it does not.
    """

    candidate: Candidate
    distance_db: float
    frames: int
    sounding: int
    overrun: int | None = None

    @property
    def accepted(self) -> bool:
        """True when it is near enough to be believed."""
        # What is all but noise resembles everything that lies under the noise.
        if self.sounding < max(_FEWEST_SOUNDING, _SOUNDING_SHARE * self.frames):
            return False
        return self.distance_db < (_ACCEPTED_DB if self.frames >= _SHORT_FRAMES else _ACCEPTED_SHORT_DB)

    @property
    def confidence(self) -> float:
        """0.55 to 0.998, as a recogniser would report it."""
        return round(float(np.clip(1.005 - 0.09 * self.distance_db, 0.55, 0.998)), 4)


class SegmentMatcher:
    """Follows one segment; narrows its candidates as more of it is heard.

    Args:
        book: Known utterances.
        continuations: Where the segment may stand if it goes on with the utterance heard just before.
    """

    def __init__(self, book: UtteranceBook, continuations: Sequence[Candidate] = ()) -> None:
        self._book = book
        self._continuations = tuple(continuations)
        self._candidates: list[Candidate] = []
        self._settled = False
        self._aligned = False

    @property
    def settled(self) -> bool:
        """True once candidates were chosen, which ties them to the segment's first frame."""
        return self._settled

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """What it still may be, after a match."""
        return tuple(self._candidates)

    def match(self, segment: Matrix, noise: Matrix, *, last: bool) -> Match | None:
        """The best guess for the segment so far.

        Args:
            segment: (n, BANDS) dB from the segment's start to its last speech frame.
            noise: (BANDS,) dB of the line's noise.
            last: Nothing more will come: look as widely as possible.

        Returns:
            None if nothing is near enough, or it is too early to say.
        """
        if not self._settled and (last or len(segment) >= COARSE_FRAMES):
            self._propose(segment, noise)
        best = self._evaluate(segment, noise)
        if last and (best is None or not best.accepted):
            self._propose(segment, noise)
            best = self._evaluate(segment, noise)
        return best if best is not None and best.accepted else None

    def _propose(self, segment: Matrix, noise: Matrix) -> None:
        self._settled = True
        self._aligned = False
        candidates = self._book.candidates(segment, limit=_MOST_CANDIDATES)
        candidates.extend(self._continuations)
        matches = _align(candidates, segment[:_PROPOSAL_FRAMES], noise, _FIRST_NUDGES)
        limit = min((match.distance_db for match in matches), default=0.0) + _KEPT_MARGIN_DB
        self._candidates = [match.candidate for match in matches if match.distance_db <= limit]

    def _evaluate(self, segment: Matrix, noise: Matrix) -> Match | None:
        nudges = (0,) if self._aligned else _LATER_NUDGES
        matches = sorted(_align(self._candidates, segment, noise, nudges), key=_ranking)
        if not matches:
            return None
        self._aligned = True
        limit = matches[0].distance_db + _KEPT_MARGIN_DB
        ended = [match for match in matches if match.overrun is not None and match.accepted]
        kept = [match for match in matches if match.overrun is None and match.distance_db <= limit]
        # Of utterances that ended inside the segment the longest explains most of it.
        ended.sort(key=lambda match: match.overrun or 0, reverse=True)
        self._candidates = [match.candidate for match in (*kept, *ended[:2])]
        if kept and kept[0].accepted:
            return kept[0]
        return ended[0] if ended else matches[0]


def _align(
    candidates: Sequence[Candidate], segment: Matrix, noise: Matrix, nudges: tuple[int, ...]
) -> list[Match]:
    """Each candidate at the best of the nearby offsets."""
    if not len(segment):
        return []
    at_once = max(1, _FRAMES_AT_ONCE // (len(segment) * len(nudges)))
    matches: list[Match] = []
    for begin in range(0, len(candidates), at_once):
        some = candidates[begin : begin + at_once]
        compared = _compare([(c.template, c.base + nudge) for c in some for nudge in nudges], segment, noise)
        best = compared.distances.reshape(len(some), len(nudges)).argmin(axis=1).tolist()
        matches += [
            compared.match(candidate.shifted(nudges[nudge]), number * len(nudges) + nudge)
            for number, (candidate, nudge) in enumerate(zip(some, best, strict=True))
        ]
    return matches


class _Compared(NamedTuple):
    """Distances and what else a `Match` says, for each template that was laid over a segment."""

    distances: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    sounding: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    overruns: npt.NDArray[np.bool_]

    def match(self, candidate: Candidate, at: int) -> Match:
        """What is said of the candidate whose template was the one at this place."""
        overrun = int(self.ends[at]) if self.overruns[at] else None
        return Match(candidate, float(self.distances[at]), int(self.counts[at]), int(self.sounding[at]), overrun)


def _compare(tried: Sequence[tuple[Template, int]], heard: Matrix, noise: Matrix) -> _Compared:
    """Mean distances over the frames with sound, level-adjusted, deaf to what lies under the noise."""
    length = len(heard)
    ends = np.array([(template.end - base + 1) // 2 for template, base in tried])
    overruns = length > ends + _AFTER_END
    counts = np.where(overruns, np.minimum(length, ends + _AFTER_END // 2), length)
    valid = np.arange(length) < counts[:, None]
    expected = np.full((len(tried), length, BANDS), _SILENT)
    for rows, (template, base) in zip(expected, tried, strict=True):
        template.lay_into(rows, base)
    masked = np.where(valid[:, :, None], expected, _SILENT) if overruns.any() else expected
    loudest = masked.max(axis=(1, 2))
    loud = masked > (loudest - _LOUD_DB)[:, None, None]
    gains = ((heard - expected) * loud).sum(axis=(1, 2)) / loud.sum(axis=(1, 2), dtype=np.float32)
    tops = np.maximum(heard.max(), loudest + gains)
    floors = np.maximum(noise + _NOISE_MARGIN_DB, (tops - _RANGE_DB)[:, None])[:, None, :]
    expected += gains[:, None, None]
    np.maximum(expected, floors, out=expected)
    clear = np.maximum(heard, floors)
    active = (np.maximum(clear, expected) > floors + _ACTIVE_DB).any(axis=2) & valid
    clear -= expected
    np.abs(clear, out=clear)
    np.minimum(clear, _CLIPPED_DB, out=clear)
    sounding = active.sum(axis=1)
    distances = np.where(active, clear @ _EACH_BAND, 0).sum(axis=1) / np.maximum(sounding, 1)
    distances += np.where(counts < ends - 2, _UNFINISHED_PENALTY_DB, 0)
    distances[(sounding == 0) | (ends < 1)] = np.inf
    return _Compared(distances, counts, sounding, ends, overruns)


def _ranking(match: Match) -> float:
    return match.distance_db
