"""Text-to-speech as a processor: takes pieces of replies from the pipeline, gives audio to playback."""

from collections.abc import Callable

from pipecat.frames.frames import (
    CancelFrame,
    EagerEndOfTurnCancelFrame,
    EndFrame,
    Frame,
    InterruptionFrame,
)
from pipecat.processors.frame_processor import FrameDirection

from bot.services.deepgram_speak import DeepgramSpeaker, SpeakOptions
from bot.services.phrase_cache import PhraseCache
from bot.services.speech_output import SpeechOutput
from config.errors import VendorError
from processors.direct import DirectProcessor
from processors.frames import SpeechChunkFrame, SpeechEndFrame


class TextToSpeech(DirectProcessor):
    """Has pieces of replies spoken in order; an interruption drops them all.

    Args:
        options: How to sound.
        output: Playback.
        phrases: What was spoken before.
        on_failure: Told once when there is no voice to be had.
    """

    def __init__(
        self,
        options: SpeakOptions,
        output: SpeechOutput,
        phrases: PhraseCache,
        on_failure: Callable[[VendorError], None],
    ) -> None:
        super().__init__("text-to-speech")
        self.speaker = DeepgramSpeaker(options, output, phrases, on_failure)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Speak, finish or drop; everything else passes."""
        await super().process_frame(frame, direction)
        if isinstance(frame, SpeechChunkFrame):
            self.speaker.speak(frame.generation, frame.text, fixed=frame.fixed)
            return
        if isinstance(frame, SpeechEndFrame):
            self.speaker.finish(frame.generation)
            return
        if isinstance(frame, (InterruptionFrame, EagerEndOfTurnCancelFrame)):
            # A reply is begun early only while the agent is silent, so what there is belongs to it.
            self.speaker.clear()
        elif isinstance(frame, (EndFrame, CancelFrame)):
            await self.speaker.close()
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Free the connection even if the pipeline never ended in order."""
        await self.speaker.close()
        await super().cleanup()
