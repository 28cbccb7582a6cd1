"""Collects the measures of a running call, one cheap call per thing that happens."""

from dataclasses import replace

from simulator.twilio.lateness import Lateness
from simulator.twilio.measures import CallMeasures, TurnMeasures, Underrun
from simulator.twilio.mulaw import SAMPLE_RATE

UNDERRUN_MAX_GAP_SECS = 0.6
"""A dry spell longer than this is the end of an utterance, not a hole in it."""


class CallMeter:
    """Turns what is sent, received, played and cleared into `CallMeasures`.

    Attributes:
        lateness: How late this caller's frames were.
    """

    def __init__(self) -> None:
        self.lateness = Lateness()
        self._turns: list[TurnMeasures] = []
        self._underruns: list[Underrun] = []
        self._start_sent_at: float | None = None
        self._first_audio_at: float | None = None
        self._dry_at: float | None = None
        self._clears = 0
        self._audio_bytes = 0

    @property
    def current_turn(self) -> TurnMeasures | None:
        """The caller's last utterance so far."""
        return self._turns[-1] if self._turns else None

    def stream_started(self, at: float) -> None:
        """`start` was sent."""
        if self._start_sent_at is None:
            self._start_sent_at = at

    def turn_started(self, text: str) -> None:
        """The caller begins an utterance."""
        self._turns.append(TurnMeasures(len(self._turns), text, None, None, False, None, None, None, False))

    def caller_onset(self, at: float, *, agent_is_playing: bool) -> None:
        """The frame with the first speech of the utterance was sent."""
        self._change(onset_at=at, agent_was_speaking=agent_is_playing)
        self._dry_at = None

    def caller_last_speech(self, at: float) -> None:
        """The frame with the last speech of the utterance was sent."""
        self._change(last_speech_at=at)

    def agent_audio(self, at: float, size: int, *, playout_was_idle: bool) -> None:
        """Agent audio came in."""
        self._audio_bytes += size
        if self._first_audio_at is None:
            self._first_audio_at = at
        if self._dry_at is not None:
            gap = at - self._dry_at
            if 0.0 < gap <= UNDERRUN_MAX_GAP_SECS:
                self._underruns.append(Underrun(self._dry_at, gap * 1000.0))
            self._dry_at = None
        turn = self.current_turn
        if turn is None or turn.onset_at is None or not playout_was_idle or turn.reply_at is not None:
            return
        if turn.last_speech_at is None:
            self._change(premature_reply=True)
        else:
            self._change(reply_at=at)

    def ran_dry(self, at: float) -> None:
        """The playout buffer had nothing more to play from this moment on."""
        self._dry_at = at

    def agent_heard(self, until: float) -> None:
        """Agent speech was audible until then."""
        turn = self.current_turn
        if turn is not None and turn.agent_was_speaking and turn.reply_at is None:
            self._change(silent_at=until)

    def cleared(self, at: float) -> None:
        """A `clear` came in."""
        self._clears += 1
        self._dry_at = None
        turn = self.current_turn
        if turn is not None and turn.onset_at is not None and turn.clear_at is None and turn.reply_at is None:
            self._change(clear_at=at)

    def measures(self) -> CallMeasures:
        """Return the figures so far."""
        return CallMeasures(
            start_sent_at=self._start_sent_at,
            first_agent_audio_at=self._first_audio_at,
            turns=tuple(self._turns),
            underruns=tuple(self._underruns),
            clears=self._clears,
            agent_audio_secs=self._audio_bytes / SAMPLE_RATE,
            frames_sent=self.lateness.count,
            lateness_p50_ms=self.lateness.percentile_ms(50),
            lateness_p99_ms=self.lateness.percentile_ms(99),
        )

    def _change(self, **values: float | bool) -> None:
        if self._turns:
            self._turns[-1] = replace(self._turns[-1], **values)  # type: ignore[arg-type]
