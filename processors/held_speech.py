"""Keeps the rest of a reply that is not wanted yet away from the voice.

The first piece of a reply that was begun early is spoken into memory, so that it can be heard the moment the
caller's turn is over. The pieces behind it wait here: most of their time is hidden behind the first one, and what
is dropped should not have cost a voice.
"""

from collections.abc import Callable
from typing import Protocol

from pipecat.frames.frames import EagerEndOfTurnCancelFrame, Frame, InterruptionFrame
from pipecat.processors.frame_processor import FrameDirection

from processors.direct import DirectProcessor
from processors.frames import ReplyConfirmedFrame, SpeechChunkFrame, SpeechEndFrame


class ReplyNumbers(Protocol):
    """What may be said, by the number of the reply."""

    def is_held(self, generation: int) -> bool:
        """True while it may not be heard yet."""

    def is_current(self, generation: int) -> bool:
        """False once it will never be heard."""


class HeldSpeech(DirectProcessor):
    """Passes pieces of replies on: all of them, or only the first while the reply is held.

    Args:
        numbers: Says which replies are held.
        on_chunk: Told of each piece that is certain to go to the voice (generation, text), once it is.
    """

    def __init__(self, numbers: ReplyNumbers, on_chunk: Callable[[int, str], None]) -> None:
        super().__init__("held-speech")
        self._numbers = numbers
        self._on_chunk = on_chunk
        self._generation: int | None = None
        self._first = ""
        self._kept: list[Frame] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Keep or pass pieces; let them go or forget them."""
        await super().process_frame(frame, direction)
        if isinstance(frame, (SpeechChunkFrame, SpeechEndFrame)):
            await self._take(frame)
            return
        if isinstance(frame, ReplyConfirmedFrame):
            await self._let_go(frame.generation)
            return
        if isinstance(frame, (InterruptionFrame, EagerEndOfTurnCancelFrame)):
            self._forget()
        await self.push_frame(frame, direction)

    async def _take(self, frame: SpeechChunkFrame | SpeechEndFrame) -> None:
        if frame.generation == self._generation:
            self._kept.append(frame)
        elif not self._numbers.is_current(frame.generation):
            return  # what was still on its way when the reply was dropped
        elif self._numbers.is_held(frame.generation):
            self._forget()
            self._generation = frame.generation
            if isinstance(frame, SpeechChunkFrame):
                self._first = frame.text
                await self.push_frame(frame)
            else:
                self._kept.append(frame)
        else:
            await self._pass(frame)

    async def _let_go(self, generation: int) -> None:
        if generation != self._generation:
            return  # nothing of it had come this far: its pieces pass as they come
        first, kept = self._first, self._kept
        self._forget()
        if first:
            self._on_chunk(generation, first)
        for frame in kept:
            await self._pass(frame)

    async def _pass(self, frame: Frame) -> None:
        if isinstance(frame, SpeechChunkFrame):
            self._on_chunk(frame.generation, frame.text)
        await self.push_frame(frame)

    def _forget(self) -> None:
        self._generation = None
        self._first = ""
        self._kept = []
