"""The figures of one call, on the caller's clock and in the words of the product's measures.

All times are `time.perf_counter` of the caller's process; "speech" is 10 ms above -40 dBFS.
"""

from dataclasses import dataclass


def _ms(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else (end - start) * 1000.0


@dataclass(frozen=True, slots=True)
class TurnMeasures:
    """One utterance of the caller and what the agent did about it.

    Attributes:
        index: 0 for the first.
        text: What the caller said.
        onset_at: When the frame with the first speech was sent; None if it had none.
        last_speech_at: When the frame with the last speech was sent; None if it was cut off before.
        agent_was_speaking: Whether the agent was playing at the onset: the utterance is a barge-in.
        clear_at: When the first `clear` after the onset came in.
        reply_at: When the first audio of the reply came in.
        silent_at: When the last sound of the interrupted speech ended.
        premature_reply: New agent audio came in while the caller still spoke.
    """

    index: int
    text: str
    onset_at: float | None
    last_speech_at: float | None
    agent_was_speaking: bool
    clear_at: float | None
    reply_at: float | None
    silent_at: float | None
    premature_reply: bool

    @property
    def voice_to_voice_ms(self) -> float | None:
        """Last caller speech sent to first audio of the reply received."""
        return _ms(self.last_speech_at, self.reply_at)

    @property
    def interruption_ms(self) -> float | None:
        """Caller onset sent to `clear` received; only for a barge-in."""
        return _ms(self.onset_at, self.clear_at) if self.agent_was_speaking else None

    @property
    def yield_ms(self) -> float | None:
        """Caller onset sent to the end of the last sound of the interrupted speech; only for a barge-in.

        None too when no `clear` came: the agent never gave way.
        """
        if not self.agent_was_speaking or self.clear_at is None:
            return None
        return _ms(self.onset_at, self.silent_at) if self.silent_at is not None else 0.0


@dataclass(frozen=True, slots=True)
class Underrun:
    """The buffer ran dry inside an agent utterance.

    Attributes:
        at: When it ran dry.
        gap_ms: How long until the next audio came in.
    """

    at: float
    gap_ms: float


@dataclass(frozen=True, slots=True)
class CallMeasures:
    """All figures of a call.

    Attributes:
        start_sent_at: When `start` was sent; None without a stream.
        first_agent_audio_at: When the first agent audio came in.
        agent_audio_secs: Seconds of agent audio received.
        frames_sent: 20 ms frames that the caller sent.
        lateness_p50_ms: How late the caller itself sent its frames; trust nothing above 10 ms at p99.
    """

    start_sent_at: float | None
    first_agent_audio_at: float | None
    turns: tuple[TurnMeasures, ...]
    underruns: tuple[Underrun, ...]
    clears: int
    agent_audio_secs: float
    frames_sent: int
    lateness_p50_ms: float
    lateness_p99_ms: float

    @property
    def greeting_ms(self) -> float | None:
        """`start` sent to first agent audio received; None if the caller spoke before it."""
        first_onset = next((turn.onset_at for turn in self.turns if turn.onset_at is not None), None)
        if (
            first_onset is not None
            and self.first_agent_audio_at is not None
            and first_onset < self.first_agent_audio_at
        ):
            return None
        return _ms(self.start_sent_at, self.first_agent_audio_at)
