"""Bytes of a listen stream to samples per channel."""

import struct
from typing import Protocol

import numpy as np

from simulator.audio import Samples
from simulator.deepgram.query import DECODERS


class UndecodableAudioError(Exception):
    """The bytes are not audio in the announced form (Deepgram's DATA-0000)."""


class AudioForm(Protocol):
    """How audio was announced; `encoding` None means a container (WAV) tells it."""

    @property
    def encoding(self) -> str | None:
        """One of `DECODERS`."""

    @property
    def sample_rate(self) -> int:
        """Hz."""

    @property
    def channels(self) -> int:
        """Interleaved."""

    @property
    def multichannel(self) -> bool:
        """Whether each is transcribed for itself."""


class AudioInput:
    """Decodes what comes in, message by message.

    Args:
        form: As announced; without `encoding` the first message must begin with a WAV header.
    """

    def __init__(self, form: AudioForm) -> None:
        self.sample_rate = form.sample_rate
        self._encoding = form.encoding
        self._channels = form.channels
        self._multichannel = form.multichannel
        self._rest = b""

    def open(self, first: bytes) -> bytes:
        """Read a WAV header, if one is expected; returns the audio behind it.

        Raises:
            UndecodableAudioError: It is not a WAV header of an encoding that is known here.
        """
        if self._encoding is not None:
            return first
        self._encoding, self.sample_rate, self._channels, data = read_wav_header(first)
        return data

    def decode(self, data: bytes) -> list[Samples]:
        """Samples per transcribed channel: mixed down to one unless `multichannel` was asked for."""
        data = self._rest + data
        width = self._channels * (2 if self._encoding == "linear16" else 1)
        whole = len(data) - len(data) % width
        self._rest = data[whole:]
        samples = DECODERS[self._encoding or "linear16"](data[:whole])
        if self._channels == 1:
            return [samples]
        separate = samples.reshape(-1, self._channels)
        if self._multichannel:
            return [np.ascontiguousarray(separate[:, channel]) for channel in range(self._channels)]
        return [separate.mean(axis=1).astype(np.int16)]


_WAV_ENCODINGS = {1: "linear16", 6: "alaw", 7: "mulaw"}


def read_wav_header(data: bytes) -> tuple[str, int, int, bytes]:
    """Encoding, sample rate, channels and audio of a RIFF/WAVE file (or its beginning).

    Raises:
        UndecodableAudioError: It is not one, or not PCM16, A-law or µ-law.
    """
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise UndecodableAudioError
    at, form = 12, None
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        if name == b"fmt " and at + 24 <= len(data):
            form = struct.unpack_from("<HHIIHH", data, at + 8)
        if name == b"data" and form is not None:
            encoding = _WAV_ENCODINGS.get(form[0])
            if encoding is None or not 1 <= form[1] <= 8 or not 8000 <= form[2] <= 48000:
                raise UndecodableAudioError
            return encoding, form[2], form[1], data[at + 8 :]
        at += 8 + size + size % 2
    raise UndecodableAudioError
