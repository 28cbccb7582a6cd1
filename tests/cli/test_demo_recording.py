import wave
from pathlib import Path

import numpy as np

from cli.demo_recording import inspect_recording


def write(path: Path, left: int, right: int, *, seconds: float = 1.0) -> None:
    samples = np.zeros((int(8000 * seconds), 2), dtype="<i2")
    samples[:, 0], samples[:, 1] = left, right
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples.tobytes())


def test_both_channels_are_measured(tmp_path: Path) -> None:
    write(tmp_path / "call.wav", 1000, 500)
    recording = inspect_recording(tmp_path / "call.wav")
    assert recording is not None
    assert (recording.channels, recording.seconds, recording.levels) == (2, 1.0, (1000.0, 500.0))
    assert recording.has_both_voices


def test_one_silent_channel_is_noticed(tmp_path: Path) -> None:
    write(tmp_path / "call.wav", 1000, 4)
    recording = inspect_recording(tmp_path / "call.wav")
    assert recording is not None
    assert not recording.has_both_voices


def test_a_missing_broken_or_empty_file_is_no_recording(tmp_path: Path) -> None:
    assert inspect_recording(tmp_path / "none.wav") is None
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    assert inspect_recording(tmp_path / "broken.wav") is None
    write(tmp_path / "empty.wav", 0, 0, seconds=0)
    empty = inspect_recording(tmp_path / "empty.wav")
    assert empty is not None
    assert not empty.has_both_voices
