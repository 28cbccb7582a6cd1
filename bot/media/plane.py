"""One call's audio, both ways, synchronously, with no task of its own.

Inward: each message is decoded once, measured, put through the shared voice activity model and handed on to
speech-to-text. Outward: `Playback` paces what text-to-speech delivers. What the turn plane must know leaves
through `TurnListener`; what the caller may interrupt is decided by `BargeIn`.
"""

import audioop
from collections.abc import Callable, Sequence

import numpy as np

from bot.barge_in import BargeIn, BargeInAction, BargeInOptions
from bot.generations import Generations
from bot.media.caller_clock import CallerClock
from bot.media.filters import AudioFilter
from bot.media.format import Encoding, MediaFormat
from bot.media.listener import TurnListener
from bot.media.playback import HeardReply, Playback
from bot.media.silero import SileroModel
from bot.media.speech_gate import NOISE_CROSSINGS, SpeechEdge, SpeechGate
from bot.media.ticker import Ticker
from bot.media.uplink import USUAL_PIECES, AudioConsumer, PieceSizes, SpeechUplink
from bot.media.utterance import Utterance
from bot.transport.ports import MediaWire

LATE_WORDS_SECONDS = 0.05
"""Slack for the recogniser's rounding of positions."""
SETTLED_WINDOWS = 16
"""Silent windows (0.5 s) after which the network begins afresh with the next sound, and is not asked before."""
LINE_DEAD_SECONDS = 0.5
"""Without any audio for this long the caller counts as silent: some peers send nothing while nobody speaks."""


class MediaPlane:
    """The media plane of one call; implements the transport's `MediaReceiver`.

    Args:
        media_format: Format on the wire, both ways.
        silero: The process's voice activity model at that rate.
        ticker: The process's clock.
        wire: Where the agent's audio goes.
        consumer: Speech-to-text.
        listener: The turn plane.
        gate: Decides what is speech.
        barge_in: The caller's right to interrupt.
        generations: The call's reply numbers.
        filters: Applied to the caller's audio in order.
        clock: The loop's time.
        pieces: How speech-to-text wants its audio cut.
    """

    def __init__(
        self,
        *,
        media_format: MediaFormat,
        silero: SileroModel,
        ticker: Ticker,
        wire: MediaWire,
        consumer: AudioConsumer,
        listener: TurnListener,
        gate: SpeechGate,
        barge_in: BargeInOptions,
        generations: Generations,
        clock: Callable[[], float],
        filters: Sequence[AudioFilter] = (),
        pieces: PieceSizes = USUAL_PIECES,
    ) -> None:
        self._format = media_format
        self._silero = silero
        self._listener = listener
        self._gate = gate
        self._barge_in = BargeIn(barge_in)
        self._interruptible = barge_in.enabled
        self._protected_generation: int | None = None
        self._generations = generations
        self._clock = clock
        self._filters = tuple(filters)
        self._uplink = SpeechUplink(consumer, media_format, pieces)
        self._stream = silero.open(self._window)
        self._window_bytes = silero.window_samples * 2
        self._pcm = bytearray()
        self._waiting: list[tuple[float, float]] = []
        self._silent_windows = 0
        self._turn_reported = False
        self._received_bytes = 0
        self._received_at = clock()
        self._settled_seconds = 0.0
        self._words_owed = False
        self._closed = False
        self.caller = CallerClock()
        self.playback = Playback(wire, media_format, clock, self, generations.is_held)
        self._unsubscribe = ticker.subscribe(self._tick)

    # --- from the transport -------------------------------------------------------------------------------

    def receive_audio(self, payload: bytes) -> None:
        """Take one message of the caller's audio."""
        if self._closed:
            return
        pcm = self._format.to_pcm(payload)
        for audio_filter in self._filters:
            pcm = audio_filter.apply(pcm)
        if self._filters:
            payload = audioop.lin2ulaw(pcm, 2) if self._format.encoding is Encoding.MULAW else pcm
        self._received_at = self._clock()
        rms = audioop.rms(pcm, 2)
        self.caller.heard(rms, self._received_at)
        self._received_bytes += len(payload)
        # By loudness, which is known a window before voice activity is.
        speech = self._gate.speaking or rms >= self._gate.audible_energy
        self._uplink.write(payload, speech=speech, agent_heard=self.playback.active)
        self._pcm += pcm
        while len(self._pcm) >= self._window_bytes:
            window = bytes(self._pcm[: self._window_bytes])
            del self._pcm[: self._window_bytes]
            self._listen_to(window)

    def receive_dtmf(self, digit: str) -> None:
        """Take one key press."""
        self._listener.digit_pressed(digit)

    def mark_played(self, name: str) -> None:
        """The far end has played up to this mark."""
        self.playback.mark_played(name)

    # --- from the turn plane ------------------------------------------------------------------------------

    def protect(self, generation: int | None) -> None:
        """Let that reply be heard to its end whatever the caller says (None: none)."""
        self._protected_generation = generation

    def take_the_word(self) -> None:
        """Drop whatever the agent is saying or about to say, so that something else can be said at once."""
        self._generations.invalidate()
        reply = self.playback.drop()
        self._barge_in.reset()
        if reply is not None:
            self._listener.agent_interrupted(reply)

    @property
    def may_interrupt(self) -> bool:
        """True when the caller's speech takes the word now.

        What is not audible yet may be dropped even where the agent may not be interrupted, but for a protected
        reply: that is waited for.
        """
        protected = self._protected_generation
        if protected is not None and self._generations.is_current(protected):
            return False
        return self._interruptible or not self.playback.active

    @property
    def agent_is_silent(self) -> bool:
        """True when nothing of the agent is audible, about to be, or to be waited for; what is held is not."""
        return not self.playback.pending and self.may_interrupt

    @property
    def sounding(self) -> bool:
        """True while the caller or the agent is heard."""
        return self._gate.speaking or self.playback.audible

    def release(self) -> None:
        """A reply that was held may be heard."""
        self.playback.pump(self._clock())

    def forget(self, generation: int) -> None:
        """Drop what waits to be heard of a reply that was held."""
        self.playback.forget(generation)

    def covers_speech(self, end_seconds: float) -> bool:
        """Whether a recognition up to that second of the caller's audio holds all they have said so far."""
        if self.caller.last_sound_at is None:
            return True
        spoken = self._format.seconds(self._received_bytes) - (self._received_at - self.caller.last_sound_at)
        return end_seconds >= spoken - LATE_WORDS_SECONDS

    def open(self, generation: int, text: str) -> Utterance | None:
        """Announce the next piece of a reply; None when that reply is stale."""
        return self.playback.open(generation, text) if self._generations.is_current(generation) else None

    def append(self, utterance: Utterance, audio: bytes) -> None:
        """More audio of an utterance."""
        if not utterance.audio:
            self._listener.audio_arrived(utterance.generation)
        self.playback.append(utterance, audio)

    def complete(self, utterance: Utterance) -> None:
        """No more audio of an utterance will come."""
        self.playback.complete(utterance)

    def finish(self, generation: int) -> None:
        """A reply has no further utterances."""
        if self._generations.is_current(generation):
            self.playback.finish(generation)

    def words_heard(self, text: str, end_seconds: float, *, is_final: bool) -> bool:
        """The recogniser has words (interim or final) up to that second of the caller's audio.

        Words take the word where voice activity did not: speech too soft for the energy gate. Words of a
        turn that was settled before are late, and start nothing, unless that turn is still owed its words.

        Returns:
            False for words that are no part of the conversation: those of a listener ("uh-huh"), or an echo.
        """
        late = end_seconds <= self._settled_seconds + LATE_WORDS_SECONDS
        if (late and not (self._words_owed and is_final)) or self._turn_reported or not text.strip():
            return True
        if not self.playback.active:
            self._report_speech()
            return True
        if not self.may_interrupt:
            return True
        action = self._barge_in.words(text, self.playback.speech, is_final=is_final)
        self._act(action)
        return action is not None

    def recogniser_answered(self) -> None:
        """The recogniser has settled everything up to the caller's pause."""
        self._barge_in.recogniser_answered()

    def turn_had_no_words(self) -> None:
        """The caller's last turn ended without words: should they come after all, they are its words."""
        self._words_owed = True

    def close(self) -> None:
        """Let go of the shared model and clock, and take no more audio; idempotent."""
        self._closed = True
        self._unsubscribe()
        self._silero.close(self._stream)
        self._uplink.flush()

    # --- voice activity -----------------------------------------------------------------------------------

    def _tick(self, now: float) -> None:
        self.playback.tick(now)
        if now - self._received_at >= LINE_DEAD_SECONDS and (self._gate.speaking or self.playback.paused):
            self._judge(0.0, 0.0)

    def _listen_to(self, window: bytes) -> None:
        """Have the network judge 32 ms, unless they hold only the line's noise, which it may take for speech.

        So a pause is noticed as soon on a noisy line as on a quiet one.
        """
        energy = audioop.rms(window, 2)
        if self._gate.is_silence(energy):
            self._silent_windows += 1
            if self._silent_windows == SETTLED_WINDOWS + 1:
                self._silero.reset(self._stream)
            # While the agent speaks the network hears the silence after a sound: that tells coughs from speech.
            unasked = self._silent_windows > SETTLED_WINDOWS or not self.playback.active
            if unasked and not self._stream.pending:
                self._judge(0.0, energy)
                return
        else:
            self._silent_windows = 0
        self._waiting.append((energy, audioop.cross(window, 2) / self._silero.window_samples))
        samples = np.frombuffer(window, dtype="<i2").astype(np.float32) / 32768.0
        # Who may be interrupting waits for nobody; 10 ms more or less of a pause are not noticed.
        self._silero.submit(self._stream, samples, urgent=self.playback.active)

    def _window(self, probability: float) -> None:
        self._judge(probability, *self._waiting.pop(0))

    def _judge(self, probability: float, energy: float, crossings: float = NOISE_CROSSINGS) -> None:
        was_likely = self._gate.likely
        edge = self._gate.feed(probability, energy, crossings)
        if self._gate.speaking and was_likely and not self._gate.likely:
            # Perhaps the end: the recogniser may be done with the last word before that is certain.
            self._uplink.flush()
        if self.playback.active and self.may_interrupt and not self._turn_reported:
            self._act(
                self._barge_in.window(
                    loud_windows=self._gate.loud_windows,
                    likely=self._gate.likely,
                    energy=energy,
                    now=self._clock(),
                    blow=self._gate.blow,
                )
            )
        elif self._gate.speaking and not self._turn_reported:
            self._report_speech()
        if edge is SpeechEdge.PAUSED:
            self._pause_turn(reported=self._turn_reported)

    def _act(self, action: BargeInAction | None) -> None:
        if action is BargeInAction.PAUSE:
            self.playback.pause()
            self._listener.agent_paused(self.caller.onset_at, self._clock())
        elif action is BargeInAction.RESUME:
            self.playback.resume()
            self._listener.agent_resumed()
        elif action is BargeInAction.CONFIRM:
            self._report_speech()

    def _report_speech(self) -> None:
        """The caller has the word: silence the agent for good, then tell the turn plane."""
        self._turn_reported = self._gate.speaking
        self._words_owed = False
        self._barge_in.reset()
        if self.may_interrupt:
            was_active, was_paused = self.playback.active, self.playback.paused
            self._generations.invalidate()
            reply = self.playback.drop()
            if was_active and not was_paused:
                self._listener.agent_paused(self.caller.onset_at, self._clock())
            if reply is not None:
                self._listener.agent_interrupted(reply)
        self._listener.speech_started()
        if not self._turn_reported:
            # Words without measured speech: the line is quiet already, so what was said is settled at once.
            self._pause_turn(reported=True)

    def _pause_turn(self, *, reported: bool) -> None:
        self._uplink.finalize()
        self._turn_reported = False
        if reported:
            self._settled_seconds = self._format.seconds(self._received_bytes)
            self._listener.speech_paused(self.caller.last_sound_at)

    # --- playback ----------------------------------------------------------------------------------------

    def playback_started(self, generation: int) -> None:
        """The first audio of a reply was sent."""
        self._listener.agent_started(generation)

    def playback_finished(self, reply: HeardReply) -> None:
        """A reply was heard to its end."""
        if reply.generation == self._protected_generation:
            self._protected_generation = None
        self._barge_in.reset()
        self._listener.agent_finished(reply)
