"""The seam from the media plane up to the turn plane: synchronous notices, never blocking."""

from typing import Protocol

from bot.media.playback import HeardReply


class TurnListener(Protocol):
    """Told what happens on the line. Times are loop times in seconds."""

    def speech_started(self) -> None:
        """The caller has the word."""

    def speech_paused(self, last_sound_at: float | None) -> None:
        """The caller paused; speech-to-text was asked to settle what it heard.

        `last_sound_at` is when their last audible sample was received.
        """

    def digit_pressed(self, digit: str) -> None:
        """A key was pressed (0–9, *, #, A–D)."""

    def audio_arrived(self, generation: int) -> None:
        """The first audio of a piece of a reply came from text-to-speech."""

    def agent_started(self, generation: int) -> None:
        """The first audio of a reply was sent."""

    def agent_paused(self, onset_at: float | None, now: float) -> None:
        """The agent was silenced (`clear` sent) for a sound that began at `onset_at`."""

    def agent_resumed(self) -> None:
        """That sound was no interruption; the agent goes on."""

    def agent_interrupted(self, reply: HeardReply) -> None:
        """The caller took the word; `reply` says what was heard."""

    def agent_finished(self, reply: HeardReply) -> None:
        """A reply was heard to its end (or had no audio at all)."""
