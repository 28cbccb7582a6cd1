"""The agent's voice on its way to the caller: paced, interruptible, and accounted for by what was *heard*.

Twilio buffers whatever it is sent, so audio goes out just ahead of real time: little is lost when `clear` empties
that buffer, and the clock of what the caller has heard stays true. A reply is over once the far end has echoed its
last `mark`; a peer that never echoes is served by time.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from bot.interrupting_words import Speech
from bot.media.format import MediaFormat
from bot.media.utterance import Utterance
from bot.transport.ports import MediaWire

CHUNK_SECONDS = 0.1
LEAD_SECONDS = 0.3
"""Most audio that the far end has in advance. The least is a chunk less: so long the process may stand still."""
MARK_GRACE_SECONDS = 0.3
"""How long after an utterance must have been heard its `mark` is waited for, if the peer never sent one."""
LATE_MARK_SECONDS = 1.5
"""The same for a peer that does echo marks."""
ENDING_SECONDS = 0.7
"""A reply with less than this to come is all but over."""
AUDIBLE_UTTERANCES = 3
"""How many of the last pieces an echo can be of."""


@dataclass(frozen=True, slots=True)
class HeardReply:
    """What became of one reply.

    Attributes:
        generation: Which reply.
        text: What the caller heard of it.
        unheard: The rest of its text.
        interrupted: True when the caller cut it off.
    """

    generation: int
    text: str
    unheard: str
    interrupted: bool


class PlaybackListener(Protocol):
    """Told, synchronously, what the caller begins and ceases to hear."""

    def playback_started(self, generation: int) -> None:
        """The first audio of a reply was sent."""

    def playback_finished(self, reply: HeardReply) -> None:
        """A reply was heard to its end."""


class Playback:
    """Plays replies in order; one per call.

    Args:
        wire: Where audio, marks and `clear` go.
        media_format: Format of the audio given to `append`.
        clock: The loop's time.
        listener: Told of beginnings and ends.
        is_held: Whether a reply may not be heard yet.
    """

    def __init__(
        self,
        wire: MediaWire,
        media_format: MediaFormat,
        clock: Callable[[], float],
        listener: PlaybackListener,
        is_held: Callable[[int], bool] = lambda _generation: False,
    ) -> None:
        self._wire = wire
        self._format = media_format
        self._clock = clock
        self._listener = listener
        self._is_held = is_held
        self._queue: deque[Utterance] = deque()
        self._said: list[Utterance] = []
        self._finished: set[int] = set()
        self._marks: list[str] = []
        self._mark_number = 0
        self._peer_echoes_marks = False
        self._heard_until = 0.0
        self._generation: int | None = None
        self.paused = False
        self._sent_since_clear = False
        self.underruns = 0
        self.last_clear_at: float | None = None

    @property
    def generation(self) -> int | None:
        """The reply being played (or paused), if any."""
        return self._generation

    @property
    def active(self) -> bool:
        """True from a reply's first audio sent until it was heard to its end or dropped."""
        return self._generation is not None

    @property
    def audible(self) -> bool:
        """True while the caller hears something of a reply; not in a gap, when its next piece is late."""
        return self.active and self._heard_until > self._clock()

    @property
    def pending(self) -> bool:
        """True while anything is queued to be heard, playing or paused; what is held may come to nothing."""
        return self.active or any(not self._is_held(u.generation) for u in self._queue)

    @property
    def speech(self) -> Speech:
        """What the agent is saying, for judging what is heard meanwhile."""
        pieces = [u for u in (*self._said, *self._queue) if u.generation == self._generation]
        begun = [u.text for u in pieces if u.position or not u.unsent]
        left = self._format.seconds(sum(u.unsent for u in pieces)) + max(0.0, self._heard_until - self._clock())
        return Speech(
            text=" ".join(begun[-AUDIBLE_UTTERANCES:]),
            asks=bool(pieces) and pieces[-1].text.rstrip().endswith("?"),
            ending=self._generation in self._finished and left < ENDING_SECONDS,
        )

    def open(self, generation: int, text: str) -> Utterance:
        """Announce the next piece of a reply; audio is appended to what is returned."""
        utterance = Utterance(generation, text)
        self._queue.append(utterance)
        return utterance

    def append(self, utterance: Utterance, audio: bytes) -> None:
        """More audio of an utterance; sent at once if the far end's buffer is short of it."""
        utterance.audio.extend(audio)
        self.pump(self._clock())

    def complete(self, utterance: Utterance) -> None:
        """No more audio of this utterance will come."""
        utterance.complete = True
        self.pump(self._clock())

    def finish(self, generation: int) -> None:
        """No more utterances of this reply will come."""
        self._finished.add(generation)
        self.pump(self._clock())

    def forget(self, generation: int) -> None:
        """Nothing of that reply, which has not begun to play, will be wanted."""
        self._queue = deque(u for u in self._queue if u.generation != generation)
        self._finished.discard(generation)

    def tick(self, now: float) -> None:
        """Send what is due by now; for as long as the far end has enough, time alone brings nothing."""
        if self._generation is None or self._heard_until - now <= LEAD_SECONDS - CHUNK_SECONDS:
            self.pump(now)

    def pump(self, now: float) -> None:
        """Send what is due, whenever something has changed."""
        if self.paused or not (self._queue or self._finished or self.active):
            return
        while self._queue:
            utterance = self._queue[0]
            if self._is_held(utterance.generation):
                break
            if utterance.unsent == 0:
                if not utterance.complete:
                    break
                self._close_utterance()
                continue
            if self._generation is not None and utterance.generation != self._generation:
                break  # the reply before this one has not been heard to its end yet
            if self._heard_until - now > LEAD_SECONDS - CHUNK_SECONDS:
                break
            self._send_chunk(utterance, now)
        self._detect_end(now)

    def _send_chunk(self, utterance: Utterance, now: float) -> None:
        started = self._generation is None
        if started:
            self._generation = utterance.generation
        elif self._heard_until < now and utterance.position > 0:
            self.underruns += 1
        heard_from = max(self._heard_until, now)
        payload = utterance.take(self._format.byte_count(CHUNK_SECONDS), heard_from)
        self._heard_until = heard_from + self._format.seconds(len(payload))
        self._wire.send_audio(payload)
        self._sent_since_clear = True
        if started:
            self._listener.playback_started(utterance.generation)

    def _close_utterance(self) -> None:
        utterance = self._queue.popleft()
        self._said.append(utterance)
        if not utterance.audio:
            return
        self._mark_number += 1
        name = f"u{self._mark_number}"
        self._marks.append(name)
        self._wire.send_mark(name)

    def mark_played(self, name: str) -> None:
        """The far end has played everything up to this mark; marks of dropped audio are ignored."""
        if name not in self._marks:
            return
        self._peer_echoes_marks = True
        # What comes before it was played as well, even if the echo of an earlier mark was lost.
        for earlier in tuple(self._marks):
            self._marks.remove(earlier)
            if earlier == name:
                break
        self._detect_end(self._clock())

    def _detect_end(self, now: float) -> None:
        generation = self._generation
        if generation is None:
            self._forget_silent_replies()
            return
        if generation not in self._finished or any(u.generation == generation for u in self._queue):
            return
        if self._marks:
            grace = LATE_MARK_SECONDS if self._peer_echoes_marks else MARK_GRACE_SECONDS
            if now < self._heard_until + grace:
                return
        elif now < self._heard_until:
            # Not even with all marks echoed: some peers answer them at once instead of when they are reached.
            return
        text = _joined(u.text for u in self._said if u.generation == generation)
        self._reset(generation)
        self._listener.playback_finished(HeardReply(generation, text, "", interrupted=False))
        self.pump(now)

    def _forget_silent_replies(self) -> None:
        # A reply without any audio (nothing to say, or text-to-speech gave none) ends without having begun.
        for generation in sorted(self._finished):
            if any(u.generation == generation for u in self._queue):
                return
            self._finished.discard(generation)
            self._said = [u for u in self._said if u.generation != generation]
            self._listener.playback_finished(HeardReply(generation, "", "", interrupted=False))

    def pause(self) -> bool:
        """Silence the agent at once, keeping what was not heard; False when nothing was playing."""
        if self.paused or not self.active:
            return False
        now = self._clock()
        self._clear(now)
        self._marks.clear()
        for utterance in self._queue:
            utterance.rewind(now, self._format)
        for utterance in reversed(self._said):
            utterance.rewind(now, self._format)
            if utterance.unsent:
                self._queue.appendleft(utterance)
        self._said = [utterance for utterance in self._said if not utterance.unsent]
        self._heard_until = now
        self.paused = True
        return True

    def resume(self) -> None:
        """Go on from what was not heard."""
        if self.paused:
            self.paused = False
            self._heard_until = self._clock()  # the silence was wanted: it is no underrun
            self.pump(self._heard_until)

    def drop(self) -> HeardReply | None:
        """The caller took over: forget everything queued. Returns what was heard of the reply, if one played.

        Sends `clear` whenever audio went out since the last one, even if all of it should have been heard:
        only the far end knows what is left in its buffer.
        """
        now = self._clock()
        self._clear(now)
        generation = self._generation
        utterances = [u for u in (*self._said, *self._queue) if u.generation == generation]
        self.paused = False
        self._queue.clear()
        whole = generation in self._finished
        self._finished.clear()
        self._heard_until = now
        if generation is None:
            self._reset(None)
            return None
        heard = _joined(u.heard_text(now, self._format) for u in utterances)
        everything = _joined(u.text for u in utterances)
        unheard = everything[len(heard) :].strip()
        self._reset(generation)
        # A caller who answers between the last word and the echo of its mark has interrupted nothing.
        return HeardReply(generation, heard, unheard, interrupted=bool(unheard) or not whole)

    def _clear(self, now: float) -> None:
        if self._sent_since_clear:
            self._wire.send_clear()
            self._sent_since_clear = False
            self.last_clear_at = now

    def _reset(self, generation: int | None) -> None:
        self._said = []
        self._marks.clear()
        self._generation = None
        if generation is not None:
            self._finished.discard(generation)


def _joined(texts: Iterable[str]) -> str:
    return " ".join(filter(None, texts))
