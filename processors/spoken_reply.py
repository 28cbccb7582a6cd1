"""Turns the model's text into pieces for the voice: no markdown, whole sentences, the first clause early."""

from collections.abc import Callable

from pipecat.frames.frames import Frame, InterruptionFrame
from pipecat.processors.frame_processor import FrameDirection

from processors.direct import DirectProcessor
from processors.frames import ReplyEndFrame, ReplyTextFrame, SpeechChunkFrame, SpeechEndFrame
from processors.spoken_text import SpokenText


class SpokenReply(DirectProcessor):
    """Replaces reply text frames by speech chunks.

    Args:
        on_chunk: Told of each piece as it goes to the voice (generation, text).
    """

    def __init__(self, on_chunk: Callable[[int, str], None]) -> None:
        super().__init__("spoken-reply")
        self._on_chunk = on_chunk
        self._spoken = SpokenText()
        self._generation = 0
        self._fixed = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Cut text into pieces; forget what is unfinished on an interruption."""
        await super().process_frame(frame, direction)
        if isinstance(frame, (ReplyTextFrame, ReplyEndFrame)) and frame.generation < self._generation:
            return  # the last words of a reply that the next one has overtaken
        if isinstance(frame, ReplyTextFrame):
            self._follow(frame.generation)
            self._fixed = self._fixed and frame.fixed
            await self._push_chunks(frame.generation, self._spoken.feed(frame.text))
            return
        if isinstance(frame, ReplyEndFrame):
            self._follow(frame.generation)
            await self._push_chunks(frame.generation, self._spoken.flush())
            await self.push_frame(SpeechEndFrame(frame.generation))
            return
        if isinstance(frame, InterruptionFrame):
            self._spoken = SpokenText()
        await self.push_frame(frame, direction)

    def _follow(self, generation: int) -> None:
        if generation != self._generation:
            self._generation = generation
            self._fixed = True  # until a text of it is not
            self._spoken = SpokenText()

    async def _push_chunks(self, generation: int, chunks: list[str]) -> None:
        for chunk in chunks:
            self._on_chunk(generation, chunk)
            await self.push_frame(SpeechChunkFrame(generation, chunk, fixed=self._fixed))
