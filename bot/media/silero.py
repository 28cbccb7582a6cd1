"""Voice activity by Silero's network, one for all calls of the process.

The wrapper of the `silero-vad` package would load one session a call, and hop through a thread pool for less work
than the hop. All windows that are ready at a tick go through the network (`silero_network.py`) as one batch, which
costs far less than one after the other; each call keeps its own recurrent state between them. Window and context
are 256 + 32 samples at 8 kHz, 512 + 64 at 16 kHz.
"""

from collections import deque
from collections.abc import Callable

import numpy as np
from loguru import logger

from bot.media.silero_matrices import MOST_WINDOWS, STATE_SIZE, Floats
from bot.media.silero_network import load_network

WINDOW_SECONDS = 0.032
_CONTEXTS = {8000: 32, 16000: 64}
PATIENCE_SECONDS = 0.015
"""How long a window that is not urgent waits for others. Most of what a batch costs is bringing the network back
into the processor's cache after whatever else the process has done, however few windows are in it."""
_FIRST_ROWS = 16


class SileroStream:
    """One call's place in the shared model: its row in the recurrent state, and its windows not yet judged."""

    __slots__ = ("closed", "on_probability", "pending", "row")

    def __init__(self, row: int, on_probability: Callable[[float], None]) -> None:
        self.row = row
        self.on_probability = on_probability
        self.pending: deque[Floats] = deque()
        self.closed = False


class SileroModel:
    """The network at one sample rate, shared by any number of streams.

    Args:
        sample_rate: 8000 or 16000.
    """

    def __init__(self, sample_rate: int) -> None:
        if sample_rate not in _CONTEXTS:
            raise ValueError(f"Silero runs at 8000 or 16000 Hz, not {sample_rate}")
        self._context_samples = _CONTEXTS[sample_rate]
        self.window_samples = sample_rate * 32 // 1000
        self._network = load_network(sample_rate, self._context_samples + self.window_samples)
        self._ready: dict[int, SileroStream] = {}
        self._urgent = False
        self._ran_at = 0.0
        # One row a stream: gathering rows by index costs a fraction of stacking an array per call.
        self._states = np.zeros((2, 0, STATE_SIZE), dtype=np.float32)
        self._contexts = np.zeros((0, self._context_samples), dtype=np.float32)
        self._free_rows: list[int] = []
        self._batch = np.zeros((MOST_WINDOWS, self._context_samples + self.window_samples), dtype=np.float32)

    def open(self, on_probability: Callable[[float], None]) -> SileroStream:
        """A new stream; `on_probability` is called with each window's speech probability, in order."""
        if not self._free_rows:
            self._grow()
        stream = SileroStream(self._free_rows.pop(), on_probability)
        self.reset(stream)
        return stream

    def submit(self, stream: SileroStream, window: Floats, *, urgent: bool = True) -> None:
        """Queue one window (`window_samples` floats in −1…1) for the next `run`; a closed stream takes none.

        What is not `urgent` may wait for a run or two of the ticker.
        """
        if stream.closed:
            return
        self._urgent = self._urgent or urgent
        stream.pending.append(window)
        self._ready[id(stream)] = stream

    def reset(self, stream: SileroStream) -> None:
        """Forget what a stream has heard: long silence makes the network slow to notice what comes after it."""
        if not stream.closed:
            self._states[:, stream.row] = 0.0
            self._contexts[stream.row] = 0.0

    def close(self, stream: SileroStream) -> None:
        """Forget a stream and whatever of it was waiting; its callback is not called any more. Idempotent."""
        if stream.closed:
            return
        stream.closed = True
        self._free_rows.append(stream.row)
        self._ready.pop(id(stream), None)
        stream.pending.clear()

    def run(self, now: float | None = None) -> None:
        """Put every waiting window through the network, one batch per position in its stream.

        Args:
            now: The loop's time, each tick: what is not urgent may be left for a later one. None leaves nothing.
        """
        if now is not None:
            if not self._urgent and now - self._ran_at < PATIENCE_SECONDS:
                return
            self._ran_at = now
        self._urgent = False
        while self._ready:
            streams = list(self._ready.values())[:MOST_WINDOWS]
            self._run_batch(streams)
            for stream in streams:
                if not stream.pending:
                    self._ready.pop(id(stream), None)

    def _run_batch(self, streams: list[SileroStream]) -> None:
        rows = [stream.row for stream in streams]
        batch = self._batch[: len(streams)]
        batch[:, : self._context_samples] = self._contexts[rows]
        for index, stream in enumerate(streams):
            batch[index, self._context_samples :] = stream.pending.popleft()
        probabilities, states = self._network.run(batch, self._states[:, rows])
        self._states[:, rows] = states
        self._contexts[rows] = batch[:, -self._context_samples :]
        for stream, probability in zip(streams, probabilities.tolist(), strict=True):
            if stream.closed:
                continue
            try:
                stream.on_probability(probability)
            except Exception:  # one call's defect must not make the others deaf; this one is in the log
                logger.exception("A call failed to take a voice activity window")

    def _grow(self) -> None:
        """Room for as many streams again."""
        size = len(self._contexts)
        more = max(size, _FIRST_ROWS)
        self._states = np.concatenate((self._states, np.zeros((2, more, STATE_SIZE), dtype=np.float32)), axis=1)
        self._contexts = np.concatenate(
            (self._contexts, np.zeros((more, self._context_samples), dtype=np.float32))
        )
        self._free_rows.extend(range(size + more - 1, size - 1, -1))
