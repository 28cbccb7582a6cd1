"""From the media plane's notices to pipecat's frames and the ledger's facts.

pipecat's own classes rely on frames that its audio transports would have sent; here is where they come from.
"""

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from bot.media.playback import HeardReply
from bot.reply_endings import ReplyEndings
from bot.silence_watch import SilenceWatch
from bot.turn_ledger import Stage, TurnLedger
from processors.frames import ReplyHeardFrame
from processors.pumped import PumpedProcessor


class TurnBridge(PumpedProcessor):
    """The head of the pipeline, and the media plane's `TurnListener`.

    Args:
        ledger: Told when things happened.
    """

    def __init__(self, ledger: TurnLedger) -> None:
        super().__init__("turn-bridge")
        self._ledger = ledger
        self.endings: ReplyEndings | None = None
        self.silence: SilenceWatch | None = None

    def speech_started(self) -> None:
        """The caller has the word."""
        self._ledger.caller_started()
        if self.silence is not None:
            self.silence.turn_began()
        self.submit(VADUserStartedSpeakingFrame())

    def speech_paused(self, last_sound_at: float | None) -> None:
        """The caller paused."""
        self._ledger.caller_paused(last_sound_at)
        self.submit(VADUserStoppedSpeakingFrame())

    def digit_pressed(self, digit: str) -> None:
        """A key was pressed; keys have no meaning to the conversation yet."""

    def audio_arrived(self, generation: int) -> None:
        """Text-to-speech has delivered the first audio of a piece of a reply."""
        self._ledger.reached(generation, Stage.FIRST_AUDIO)

    def agent_started(self, generation: int) -> None:
        """The first audio of a reply was sent."""
        self._ledger.reached(generation, Stage.HEARD)
        self.submit(BotStartedSpeakingFrame())

    def agent_paused(self, onset_at: float | None, now: float) -> None:
        """The agent was silenced for a sound that began at `onset_at`."""
        self._ledger.interrupted(onset_at, now)

    def agent_resumed(self) -> None:
        """That sound was no interruption."""
        self._ledger.not_interrupted()

    def agent_interrupted(self, reply: HeardReply) -> None:
        """The caller took the word."""
        self._submit_heard(reply)

    def agent_finished(self, reply: HeardReply) -> None:
        """A reply was heard to its end."""
        self._submit_heard(reply)
        if self.endings is not None:
            self.endings.heard(reply.generation)

    def _submit_heard(self, reply: HeardReply) -> None:
        frames: list[Frame] = [
            ReplyHeardFrame(reply.generation, reply.text, reply.unheard, reply.interrupted),
            BotStoppedSpeakingFrame(),
        ]
        for frame in frames:
            self.submit(frame)
