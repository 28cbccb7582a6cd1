"""One channel of live transcription: audio in, transcript events out, no clock and no sockets.

Speech is cut into segments by silence; each segment is matched against the utterance book while it runs. What was
already given out as final is never given out again, so the finals of a stream, joined, are what was said.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from simulator.deepgram.features import BANDS, SILENCE_DB, STREAM_HOP_SECS, FeatureExtractor, Matrix
from simulator.deepgram.matcher import Match, SegmentMatcher
from simulator.deepgram.segmenter import NoiseGate
from simulator.deepgram.utterance_book import PREROLL, Candidate, UtteranceBook

_PREROLL = PREROLL // 2
_ONSET_FRAMES = 2
_IDLE_FRAMES = 12
# Stop consonants are silent for up to 80 ms inside a word; a shorter pause can not be told from one.
SHORTEST_PAUSE_SECS = 0.16
# With endpointing off, silence still separates segments, but none is called the end of speech.
_LONG_PAUSE_SECS = 1.0
_LONGEST_SEGMENT_FRAMES = int(30 / STREAM_HOP_SECS)
_FEWEST_SPEECH_FRAMES = 5
_PAUSED_FRAMES = 3
_HEARD_SHARE = 0.5
_WORD_SLACK_SECS = 0.05


@dataclass(frozen=True, slots=True)
class TranscriberOptions:
    """How results are cut, in seconds of audio.

    Attributes:
        endpoint_secs: Silence that ends speech; None if endpointing is off.
        interim_secs: Time between interim results; None for none.
        utterance_end_secs: Gap after the last word that is reported; None for no report.
        commit_secs: Speech without a pause gives a final that is not `speech_final` this often.
    """

    endpoint_secs: float | None = 0.01
    interim_secs: float | None = 0.3
    utterance_end_secs: float | None = None
    commit_secs: float = 5.0


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A recognised word, in seconds of the stream, with its punctuation."""

    text: str
    start_secs: float
    end_secs: float
    confidence: float


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Speech began at this second of the stream."""

    at_secs: float


@dataclass(frozen=True, slots=True)
class UtteranceEnded:
    """No word for the configured gap; the last one ended at this second of the stream."""

    last_word_end_secs: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """An interim or final result for a piece of the stream.

    Attributes:
        silence_secs: Audio received since the last speech, when this was decided.
        unknown: Speech was heard and not understood.
    """

    words: tuple[HeardWord, ...]
    start_secs: float
    duration_secs: float
    is_final: bool
    speech_final: bool
    from_finalize: bool = False
    silence_secs: float = 0.0
    unknown: bool = False


Event = SpeechStarted | UtteranceEnded | Transcript


class Transcriber:
    """Follows one channel. Not thread-safe; a call costs well under a millisecond for 100 ms of audio.

    Args:
        book: Known utterances, shared.
        sample_rate: Hz.
        options: How results are cut.
    """

    def __init__(self, book: UtteranceBook, sample_rate: int, options: TranscriberOptions) -> None:
        self._book = book
        self._options = options
        self._extractor = FeatureExtractor(sample_rate)
        self._gate = NoiseGate()
        self._noise: Matrix = np.full(BANDS, SILENCE_DB, dtype=np.float32)
        pause = _LONG_PAUSE_SECS if options.endpoint_secs is None else options.endpoint_secs
        self._pause_frames = round(max(pause, SHORTEST_PAUSE_SECS) / STREAM_HOP_SECS)
        self._interim_frames = round((options.interim_secs or 0) / STREAM_HOP_SECS)
        self._commit_frames = round(options.commit_secs / STREAM_HOP_SECS)
        self._bands: list[Matrix] = []
        self._levels: list[float] = []
        self._frame = 0
        self._origin = 0
        self._speaking = False
        self._onset = 0
        self._last_speech = 0
        self._emitted = 0
        self._committed_at = 0
        self._matcher = SegmentMatcher(book)
        self._continuations: tuple[Candidate, ...] = ()
        self._continued_from = 0
        self._last_word_end: float | None = None
        self._result_start = 0.0

    @property
    def position_secs(self) -> float:
        """Audio analysed so far, in seconds."""
        return self._frame * STREAM_HOP_SECS

    @property
    def silence_secs(self) -> float:
        """Audio since the last sound of speech; meaningless before the first."""
        return (self._frame - 1 - self._last_speech) * STREAM_HOP_SECS

    @property
    def hears_speech(self) -> bool:
        """True while a segment of speech is under way; all before it was given out as final."""
        return self._speaking

    def push(self, samples: npt.NDArray[np.int16]) -> list[Event]:
        """Take in audio; returns what it leads to, in order."""
        frames = self._extractor.push(samples)
        return self._take(frames.bands, frames.levels)

    def finalize(self) -> list[Event]:
        """Give out now what was heard and not yet given out, marked as coming from a Finalize."""
        events: list[Event] = []
        if not self._speaking:
            events.append(self._transcript((), is_final=True, speech_final=True, from_finalize=True))
        elif self._frame - 1 - self._last_speech >= _PAUSED_FRAMES:
            self._close(events, from_finalize=True)
        else:
            self._commit(events, from_finalize=True)
        return events

    def finish(self) -> list[Event]:
        """The stream is over: everything heard becomes final."""
        frames = self._extractor.finish()
        events = self._take(frames.bands, frames.levels)
        if self._speaking:
            self._close(events)
        return events

    def _take(self, bands: Matrix, levels: Matrix) -> list[Event]:
        events: list[Event] = []
        for row, level in zip(bands, levels.tolist(), strict=True):
            self._bands.append(row)
            self._levels.append(level)
            self._frame += 1
            is_speech = self._gate.update(level)
            if self._gate.just_trusted:
                self._judge_anew()
            if self._speaking:
                self._follow(is_speech, events)
            else:
                self._wait(row, is_speech, events)
        return events

    def _judge_anew(self) -> None:
        """What sounded like speech at the stream's start may have been the line's noise."""
        levels = np.array(self._levels)
        quiet = np.flatnonzero(levels <= self._gate.threshold_db)
        if quiet.size:
            self._noise = np.mean([self._bands[index] for index in quiet], axis=0, dtype=np.float32)
        if not self._speaking:
            return
        loud = np.flatnonzero(levels > self._gate.threshold_db)
        if loud.size < _ONSET_FRAMES:
            self._speaking = False
            self._forget(self._frame - _IDLE_FRAMES)
        else:
            self._onset = max(self._onset, self._origin + int(loud[0]))
            self._last_speech = self._origin + int(loud[-1])

    def _wait(self, row: Matrix, is_speech: bool, events: list[Event]) -> None:
        if not is_speech:
            self._noise = row if self._noise[0] <= SILENCE_DB else self._noise + 0.1 * (row - self._noise)
            self._report_utterance_end(events)
        threshold = self._gate.threshold_db
        if all(level > threshold for level in self._levels[-_ONSET_FRAMES:]) and len(self._levels) > 1:
            self._begin(self._frame - _ONSET_FRAMES)
            self._last_speech = self._frame - 1
            self._committed_at = self._frame
            events.append(SpeechStarted(self._onset * STREAM_HOP_SECS))
        elif len(self._levels) > _IDLE_FRAMES:
            self._forget(self._frame - _IDLE_FRAMES)

    def _follow(self, is_speech: bool, events: list[Event]) -> None:
        if is_speech:
            self._last_speech = self._frame - 1
        silent = self._frame - 1 - self._last_speech
        if silent >= self._pause_frames or self._frame - self._origin > _LONGEST_SEGMENT_FRAMES:
            self._close(events)
            return
        if self._frame - self._committed_at >= self._commit_frames:
            self._commit(events)
        elif self._interim_frames and (self._frame - self._onset) % self._interim_frames == 0:
            self._interim(events)

    def _begin(self, onset: int) -> None:
        """Start a segment whose first speech frame is `onset` (counted from the stream's start)."""
        self._speaking = True
        self._onset = onset
        self._emitted = 0
        elapsed = 2 * (self._segment_start() - self._continued_from)
        continuations = [candidate.shifted(elapsed) for candidate in self._continuations]
        self._matcher = SegmentMatcher(self._book, continuations)

    def _segment_start(self) -> int:
        return max(self._onset - _PREROLL, self._origin)

    def _segment(self) -> Matrix:
        self._trim_onset()
        begin = self._segment_start() - self._origin
        rows = self._bands[begin : self._last_speech + 1 - self._origin]
        return np.array(rows, dtype=np.float32).reshape(-1, BANDS)

    def _trim_onset(self) -> None:
        """Until a match settled, let the onset follow the noise threshold, which a stream's start guesses low."""
        if self._matcher.settled:
            return
        levels = np.array(self._levels[self._onset - self._origin : self._last_speech + 1 - self._origin])
        loud = levels > self._gate.threshold_db
        both = np.flatnonzero(loud[:-1] & loud[1:])
        if both.size:
            self._onset += int(both[0])

    def _match(self, *, last: bool) -> Match | None:
        return self._matcher.match(self._segment(), self._noise, last=last)

    def _interim(self, events: list[Event]) -> None:
        match = self._split(self._match(last=False), events)
        words = self._words(match, last=False)
        if words:
            events.append(self._transcript(words, is_final=False, speech_final=False))

    def _commit(self, events: list[Event], *, from_finalize: bool = False) -> None:
        """A final in the middle of speech: the words so far; the segment goes on behind them."""
        self._committed_at = self._frame
        match = self._split(self._match(last=from_finalize), events)
        words = self._words(match, last=from_finalize)
        if not words and not from_finalize:
            return
        self._emitted += len(words)
        events.append(
            self._transcript(words, is_final=True, speech_final=from_finalize, from_finalize=from_finalize)
        )

    def _close(self, events: list[Event], *, from_finalize: bool = False) -> None:
        """The segment is over."""
        match = self._split(self._match(last=True), events, last=True)
        words = self._words(match, last=True)
        loud = sum(level > self._gate.threshold_db for level in self._levels[self._onset - self._origin :])
        unknown = match is None and loud >= _FEWEST_SPEECH_FRAMES
        speech_final = from_finalize or self._options.endpoint_secs is not None
        if words or unknown or from_finalize or self._emitted:
            events.append(
                self._transcript(
                    words, is_final=True, speech_final=speech_final, from_finalize=from_finalize, unknown=unknown
                )
            )
        self._remember(match, self._emitted + len(words))
        self._speaking = False
        self._forget(max(self._last_speech + 1, self._frame - _IDLE_FRAMES))

    def _remember(self, match: Match | None, said: int) -> None:
        """Keep what the next segment would be if the utterance goes on after this pause."""
        self._continued_from = self._segment_start()
        self._continuations = ()
        if match is not None and match.overrun is None:
            # Utterances that begin alike are still all possible.
            self._continuations = tuple(
                replace(candidate, first_word=candidate.first_word + said)
                for candidate in self._matcher.candidates
                if candidate.first_word + said < len(candidate.template.words)
            )

    def _split(self, match: Match | None, events: list[Event], *, last: bool = False) -> Match | None:
        """While an utterance ended inside the segment, give it out and go on with what follows it."""
        while match is not None and match.overrun is not None:
            words = self._words(match, last=True)
            if words:
                events.append(self._transcript(words, is_final=True, speech_final=False))
            self._continuations = ()
            following = self._next_onset(self._segment_start() + match.overrun)
            if following is None:
                # Only a tail of noise was left after the utterance.
                self._emitted += len(words)
                return replace(match, overrun=None)
            self._begin(following)
            match = self._match(last=last)
        return match

    def _next_onset(self, frame: int) -> int | None:
        threshold = self._gate.threshold_db
        for at in range(max(frame, self._origin), self._last_speech):
            if min(self._levels[at - self._origin], self._levels[at + 1 - self._origin]) > threshold:
                return at
        return None

    def _words(self, match: Match | None, *, last: bool) -> tuple[HeardWord, ...]:
        """The words heard so far and not yet given out."""
        if match is None:
            return ()
        candidate = match.candidate
        start = self._segment_start()
        shift = start * STREAM_HOP_SECS - candidate.base * STREAM_HOP_SECS / 2
        until = (self._last_speech + 1) * STREAM_HOP_SECS - shift
        heard: list[HeardWord] = []
        for word in candidate.template.words[candidate.first_word + self._emitted :]:
            length = word.end_secs - word.start_secs
            needed = word.start_secs + _HEARD_SHARE * length if last else word.end_secs - _WORD_SLACK_SECS
            if match.overrun is None and needed > until:
                break
            begin, end = max(word.start_secs + shift, 0.0), max(word.end_secs + shift, 0.0)
            heard.append(HeardWord(word.word, round(begin, 3), round(end, 3), match.confidence))
        return tuple(heard)

    def _transcript(
        self,
        words: tuple[HeardWord, ...],
        *,
        is_final: bool,
        speech_final: bool,
        from_finalize: bool = False,
        unknown: bool = False,
    ) -> Transcript:
        start = self._result_start
        if is_final:
            self._result_start = self.position_secs
            if words:
                self._last_word_end = words[-1].end_secs
        return Transcript(
            words=words,
            start_secs=round(start, 3),
            duration_secs=round(self.position_secs - start, 3),
            is_final=is_final,
            speech_final=speech_final,
            from_finalize=from_finalize,
            silence_secs=self.silence_secs if self._speaking else 0.0,
            unknown=unknown,
        )

    def _report_utterance_end(self, events: list[Event]) -> None:
        gap, end = self._options.utterance_end_secs, self._last_word_end
        if gap is not None and end is not None and self.position_secs - end >= gap:
            self._last_word_end = None
            events.append(UtteranceEnded(end))

    def _forget(self, before: int) -> None:
        """Drop frames before this one."""
        count = before - self._origin
        if count > 0:
            del self._bands[:count], self._levels[:count]
            self._origin = before
