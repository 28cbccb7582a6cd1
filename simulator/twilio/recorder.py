"""Both sides of a call on one clock: a stereo WAV, the caller left and the agent right."""

import wave
from pathlib import Path

import numpy as np

from simulator.twilio import mulaw
from simulator.twilio.mulaw import FRAME_BYTES, SAMPLE_RATE, SILENCE

_SILENT_FRAME = bytes([SILENCE]) * FRAME_BYTES


class StereoRecorder:
    """Takes one frame of either side per tick, so that sample n of both channels is the same instant.

    Holds µ-law, 16 kB a second for both sides.
    """

    def __init__(self) -> None:
        self._caller = bytearray()
        self._agent = bytearray()

    @property
    def duration_secs(self) -> float:
        """Seconds recorded."""
        return len(self._caller) / SAMPLE_RATE

    def add(self, caller: bytes, agent: bytes) -> None:
        """Append one frame; each side is at most 160 bytes and is filled up with silence."""
        for track, frame in ((self._caller, caller), (self._agent, agent)):
            track += frame
            if len(frame) < FRAME_BYTES:
                track += _SILENT_FRAME[len(frame) :]

    def agent_audio(self, start_secs: float = 0.0) -> bytes:
        """Return the agent's µ-law from that second of the recording on."""
        return bytes(self._agent[max(0, int(start_secs * SAMPLE_RATE)) :])

    def write_wav(self, path: Path) -> None:
        """Write 8000 Hz, 16 bit, two channels. Blocking: call it in a thread."""
        samples = np.column_stack((mulaw.decode(self._caller), mulaw.decode(self._agent)))
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            file.writeframes(samples.astype("<i2").tobytes())
