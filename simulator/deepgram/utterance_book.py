"""What the simulated recogniser can understand: utterances as feature templates with word timings.

A real recogniser knows a language; this one knows the sentences that the simulators are going to say, by the
sound of the simulated voice. It never sees their text other than through the audio that reaches it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from config.errors import InvalidInputError
from simulator.deepgram.features import BANDS, SILENCE_DB, TEMPLATE_HOP_SECS, FeatureExtractor, Matrix
from simulator.voice import WordTiming, synthesize

TEMPLATE_RATE = 8000
MAX_TEMPLATES = 4000
MAX_TEXT_LENGTH = 2000
# A segment is taken from this much before its detected onset, in template frames (60 ms).
PREROLL = 6
# How late (or early) an onset may have been detected, in template frames; noise hides soft consonants.
_OFFSETS = np.arange(-4, 22, 2)
COARSE_FRAMES = 20
_COARSE_BANDS = BANDS // 2
_COARSE_RANGE_DB = 30.0
_SPEECH_DB = -50.0
# Pauses of 100 ms and more: the caller may be cut into pieces there.
_PAUSE_FRAMES = 10


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One utterance in one voice.

    Attributes:
        text: As it was learned.
        voice: Voice that speaks it.
        words: With timings from the start of the audio.
        frames: (n + 2, BANDS) dB at 10 ms hop; the first and last row are silence. Template frame k is row k + 1.
        entries: Template frames where a piece (after a pause) begins.
        end: Template frame after the last sound.
    """

    text: str
    voice: str
    words: tuple[WordTiming, ...]
    frames: Matrix
    entries: tuple[int, ...]
    end: int

    def lay_into(self, rows: Matrix, base: int) -> None:
        """Fill in the frames that a stream (20 ms hop) starting at template frame `base` would have.

        Args:
            rows: (count, BANDS), silent; stays so before the template's first frame and after its last.
            base: May be negative.
        """
        first = base + 1
        begin = max(0, (1 - first) // 2)
        end = min(len(rows), (len(self.frames) - first + 1) // 2)
        if begin < end:
            rows[begin:end] = self.frames[first + 2 * begin : first + 2 * end : 2]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A guess: the segment's first frame is the template's frame `base` (negative: before it begins).

    `first_word` is the index of the first of the template's words that belongs to the segment.
    """

    template: Template
    base: int
    first_word: int = 0

    def shifted(self, frames: int) -> "Candidate":
        """The same guess, `frames` template frames further on."""
        return Candidate(self.template, self.base + frames, self.first_word)


class UtteranceBook:
    """The known utterances, and a coarse index over how each of them begins.

    `learn` blocks (it synthesises) and may run in a worker thread, one at a time; `candidates` is called from
    the event loop meanwhile. The index arrays are replaced, never shrunk, so a reader sees old or new, both whole.
    """

    def __init__(self) -> None:
        self._templates: dict[tuple[str, str, int], Template] = {}
        self._owners: list[Candidate] = []
        self._index: Matrix = np.zeros((0, COARSE_FRAMES * _COARSE_BANDS), dtype=np.float32)
        self._norms: Matrix = np.zeros((0, COARSE_FRAMES), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._templates)

    def learn(self, text: str, *, voice: str = "en-us", words_per_minute: int = 165) -> None:
        """Make `text` recognisable in this voice and rate. Learning it again costs nothing.

        Raises:
            InvalidInputError: The text is too long, the book is full, or the voice is unknown.
        """
        key = (text, voice, words_per_minute)
        if key in self._templates:
            return
        if len(text) > MAX_TEXT_LENGTH:
            raise InvalidInputError(f"an utterance may have {MAX_TEXT_LENGTH} characters at most", param="texts")
        if len(self._templates) >= MAX_TEMPLATES:
            raise InvalidInputError(f"the book holds {MAX_TEMPLATES} utterances at most", param="texts")
        template = _make_template(text, voice, words_per_minute)
        if template is None:
            return
        self._add_to_index(template)
        self._templates[key] = template

    def candidates(self, segment: Matrix, *, limit: int) -> list[Candidate]:
        """Where this beginning of a segment could stand, best first, at most `limit`.

        Args:
            segment: (n, BANDS) dB, from `PREROLL` before the onset; only its first 0.4 s counts.
            limit: How many.
        """
        index, norms, owners = self._index, self._norms, self._owners
        count = min(len(segment), COARSE_FRAMES)
        if len(index) == 0 or count == 0:
            return []
        probe = _coarse(segment[:count])
        width = count * _COARSE_BANDS
        # |a - b|² by one matrix product; the constant |probe|² changes no order.
        distances = norms[: len(index), count - 1] - 2 * (index[:, :width] @ probe)
        nearest = np.argsort(distances)[: limit * len(_OFFSETS)]
        found: dict[tuple[int, int], Candidate] = {}
        for row in nearest:
            owner = owners[row]
            # Neighbouring offsets of one entry are one guess; the fine match looks around it anyway.
            found.setdefault((id(owner.template), int(row) // len(_OFFSETS)), owner)
            if len(found) == limit:
                break
        return list(found.values())

    def _add_to_index(self, template: Template) -> None:
        rows: list[npt.NDArray[np.float32]] = []
        owners: list[Candidate] = []
        for entry in template.entries:
            begin = entry * TEMPLATE_HOP_SECS
            middles = [(word.start_secs + word.end_secs) / 2 for word in template.words]
            first_word = next((index for index, middle in enumerate(middles) if middle > begin), 0)
            for offset in _OFFSETS:
                base = int(entry - PREROLL + offset)
                beginning = np.full((COARSE_FRAMES, BANDS), SILENCE_DB, dtype=np.float32)
                template.lay_into(beginning, base)
                rows.append(_coarse(beginning))
                owners.append(Candidate(template, base, first_word))
        block = np.stack(rows)
        norms = (block**2).reshape(len(rows), COARSE_FRAMES, _COARSE_BANDS).sum(axis=2).cumsum(axis=1)
        # Readers take index last grown first: owners and norms are never shorter than the index.
        self._owners = self._owners + owners
        self._norms = np.concatenate((self._norms, norms.astype(np.float32)))
        self._index = np.concatenate((self._index, block))


def _coarse(bands: Matrix) -> npt.NDArray[np.float32]:
    """Half the bands, relative to the loudest, 30 dB deep: a flat vector for the index."""
    halved = bands.reshape(len(bands), _COARSE_BANDS, 2).mean(axis=2)
    relative = np.maximum(halved - halved.max(), -_COARSE_RANGE_DB) + _COARSE_RANGE_DB
    flat: npt.NDArray[np.float32] = relative.astype(np.float32).ravel()
    return flat


def _make_template(text: str, voice: str, words_per_minute: int) -> Template | None:
    utterance = synthesize(text, voice=voice, sample_rate=TEMPLATE_RATE, words_per_minute=words_per_minute)
    if not utterance.words:
        return None
    extractor = FeatureExtractor(TEMPLATE_RATE, TEMPLATE_HOP_SECS)
    first, last = extractor.push(utterance.samples), extractor.finish()
    levels = np.concatenate((first.levels, last.levels))
    silence = np.full((1, BANDS), SILENCE_DB, dtype=np.float32)
    sounding = np.flatnonzero(levels > _SPEECH_DB)
    if sounding.size == 0:
        return None
    gaps = np.flatnonzero(np.diff(sounding) > _PAUSE_FRAMES)
    entries = (int(sounding[0]), *(int(sounding[gap + 1]) for gap in gaps))
    return Template(
        text=text,
        voice=voice,
        words=utterance.words,
        frames=np.concatenate((silence, first.bands, last.bands, silence)),
        entries=entries,
        end=int(sounding[-1]) + 1,
    )
