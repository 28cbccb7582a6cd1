"""The sound devices of this machine, by PyAudio, the library of pipecat's own local transport.

PyAudio is an extra (`local`) that needs PortAudio, which pip does not bring; so it is imported here and only when
somebody wants to talk. The rest of the product sees two small `Protocol`s, which tests fulfil without a device.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from config.errors import ConfigurationError

StreamCallback = Callable[
    [bytes | None, int, Mapping[str, float], int],
    tuple[bytes | None, int],
]
"""Called on a thread of PortAudio's with what was recorded (None for a speaker), a number of samples, times and
flags; gives what to play (None for a microphone) and `CONTINUE`."""

CONTINUE = 0
"""PortAudio's `paContinue`."""
SAMPLE_BYTES = 2

_INSTALL = """\
Talking needs PyAudio{what}.
  - Debian, Ubuntu:  apt install portaudio19-dev
  - macOS:           brew install portaudio
  - then:            .venv/bin/pip install "pipecat-ai[local]==1.14.*"\
"""


class AudioStream(Protocol):
    """One open device; `pyaudio.PyAudio.Stream`."""

    def start_stream(self) -> None:
        """Have the callback called from now on."""

    def close(self) -> None:
        """Stop and free it; the callback is not called any more when this returns."""

    def get_input_latency(self) -> float:
        """Seconds from a sound to the callback that brings it."""
        ...

    def get_output_latency(self) -> float:
        """Seconds from the callback to the sound."""
        ...


class AudioHost(Protocol):
    """What is used of `pyaudio.PyAudio`. Its methods block, and raise OSError for whatever a device is up to."""

    def get_device_count(self) -> int:
        """How many devices there are."""
        ...

    def get_device_info_by_index(self, device_index: int) -> Mapping[str, str | int | float]:
        """PortAudio's description of a device."""
        ...

    def get_default_input_device_info(self) -> Mapping[str, str | int | float]:
        """The microphone that the system would take; OSError if it has none."""
        ...

    def get_default_output_device_info(self) -> Mapping[str, str | int | float]:
        """The speaker that the system would take; OSError if it has none."""
        ...

    def get_format_from_width(self, width: int) -> int:
        """PortAudio's name of signed integer samples of so many bytes."""
        ...

    def open(
        self,
        *,
        rate: int,
        channels: int,
        format: int,
        input: bool = False,
        output: bool = False,
        input_device_index: int | None = None,
        output_device_index: int | None = None,
        frames_per_buffer: int = 0,
        start: bool = True,
        stream_callback: StreamCallback | None = None,
    ) -> AudioStream:
        """Open a device."""
        ...

    def terminate(self) -> None:
        """Let go of the sound system."""


class Way(StrEnum):
    """Which of a device's two sides is meant."""

    INPUT = "input"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class AudioDevice:
    """A microphone, a speaker, or both in one.

    Attributes:
        index: PortAudio's number; may change when something is plugged in.
        name: As the system has it.
        inputs: Channels to record from; 0 for a speaker.
        outputs: Channels to play on; 0 for a microphone.
        is_default_input: The system records from it unless told otherwise.
        is_default_output: The system plays on it unless told otherwise.
    """

    index: int
    name: str
    inputs: int
    outputs: int
    is_default_input: bool = False
    is_default_output: bool = False

    def serves(self, way: Way) -> bool:
        """Whether it has that side."""
        return bool(self.inputs if way is Way.INPUT else self.outputs)

    def is_default(self, way: Way) -> bool:
        """Whether the system takes it for that."""
        return self.is_default_input if way is Way.INPUT else self.is_default_output


def load_audio() -> AudioHost:
    """PyAudio, ready.

    Raises:
        ConfigurationError: It, or the PortAudio library that it needs, is not installed, or does not start.
    """
    try:
        with quiet_sound_system():
            import pyaudio  # noqa: PLC0415 - an extra, and not every machine can have it

            host: AudioHost = pyaudio.PyAudio()
            return host
    except ModuleNotFoundError:
        raise ConfigurationError(_INSTALL.format(what=", which is not installed")) from None
    except ImportError:
        raise ConfigurationError(_INSTALL.format(what=", which does not find the PortAudio library")) from None
    except OSError as error:
        raise ConfigurationError(f"The sound system does not start ({error}).") from None


def list_devices(host: AudioHost) -> tuple[AudioDevice, ...]:
    """Every device; blocking."""
    default_input = _default_index(host.get_default_input_device_info)
    default_output = _default_index(host.get_default_output_device_info)
    devices = []
    for number in range(host.get_device_count()):
        info = host.get_device_info_by_index(number)
        index = int(info["index"])
        devices.append(
            AudioDevice(
                index=index,
                name=str(info["name"]),
                inputs=int(info["maxInputChannels"]),
                outputs=int(info["maxOutputChannels"]),
                is_default_input=index == default_input,
                is_default_output=index == default_output,
            )
        )
    return tuple(devices)


def choose_device(devices: tuple[AudioDevice, ...], way: Way, wanted: str | None) -> AudioDevice:
    """The device that a person means.

    Args:
        devices: All there are.
        way: What it is for.
        wanted: Its number, or part of its name; None is the system's default.

    Raises:
        ConfigurationError: There is none, or several.
    """
    what = "microphone" if way is Way.INPUT else "speaker"
    usable = [device for device in devices if device.serves(way)]
    if wanted is None:
        found = [device for device in usable if device.is_default(way)] or usable[:1]
        if not found:
            raise ConfigurationError(f"There is no {what} on this machine: plug one in, or share the host's.")
        return found[0]
    found = [device for device in usable if str(device.index) == wanted]
    if not found and not wanted.isdigit():
        found = [device for device in usable if wanted.casefold() in device.name.casefold()]
    if len(found) == 1:
        return found[0]
    problem = f"{len(found)} {what}s match" if found else f"There is no {what}"
    raise ConfigurationError(f"{problem} {wanted!r}: see `run_bot.py talk --list-devices`.", param=f"{way}-device")


@contextlib.contextmanager
def quiet_sound_system() -> Iterator[None]:
    """Silence what ALSA and JACK print, past Python, about every device that they try and do not find.

    On an ordinary Linux machine that is dozens of lines that look like errors and are none. It is the process's
    standard error that is silenced, so this is for moments only.
    """
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _default_index(ask: Callable[[], Mapping[str, str | int | float]]) -> int | None:
    try:
        return int(ask()["index"])
    except OSError:
        return None
