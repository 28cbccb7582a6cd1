"""The espeak-ng C library behind one small class.

espeak-ng gives the simulators a real voice with no download and no key. The library keeps its state in C
globals: it can be initialised once a process and speaks one text at a time, so exactly one `EspeakEngine`
exists (`simulator.voice` makes it) and a lock stands around every use.
"""

import ctypes
import importlib
import threading
from collections.abc import Callable
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from config.errors import ConfigurationError, InvalidInputError

ESPEAK_SAMPLE_RATE = 22050

# Constants of espeak-ng's `speak_lib.h`.
_AUDIO_OUTPUT_SYNCHRONOUS = 2
_INITIALIZE_DONT_EXIT = 0x8000
_PARAMETER_RATE = 1
_CHARS_UTF8 = 1
_POSITION_CHARACTER = 1
_EVENT_LIST_TERMINATED = 0
_EVENT_WORD = 1
_OK = 0
_BUFFER_MS = 200
_MISSING = "the simulated voice needs the 'simulator' extra: pip install '.[simulator]' (espeakng_loader)"


class _EventId(ctypes.Union):
    _fields_: ClassVar = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_: ClassVar = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    ]


_SynthCallback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


class WordEvent(NamedTuple):
    """Where a word stands: first character (0-based), length in the text, start in milliseconds of audio."""

    position: int
    length: int
    start_ms: int


class Spoken(NamedTuple):
    """What the engine returned: int16 mono at `ESPEAK_SAMPLE_RATE`, and its words in order."""

    samples: npt.NDArray[np.int16]
    words: tuple[WordEvent, ...]


class EspeakEngine:
    """The initialised library. Thread-safe; calls block for about 1/100 of the audio's length.

    Raises:
        ConfigurationError: espeakng_loader is not installed, or its library or data cannot be loaded.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._chunks: list[bytes] = []
        self._words: list[WordEvent] = []
        self._library = _load_library()
        # The C side keeps the pointer only, so the Python object must live as long as the engine.
        self._callback: Callable[..., int] = _SynthCallback(self._receive)
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(self, text: str, *, voice: str, words_per_minute: int) -> Spoken:
        """Synthesise `text`.

        Args:
            text: Plain text; markup is read as text.
            voice: An espeak-ng voice with an optional variant, as "en-us", "en-gb" or "en-us+f3".
            words_per_minute: Speaking rate, 80 to 450.

        Raises:
            InvalidInputError: The voice is not known to espeak-ng.
        """
        encoded = text.replace("\0", " ").encode("utf-8") + b"\0"
        with self._lock:
            self._chunks.clear()
            self._words.clear()
            if self._library.espeak_SetVoiceByName(_native_name(voice).encode("utf-8")) != _OK:
                raise InvalidInputError(f"espeak-ng has no voice {voice!r}", param="voice", code="unknown_voice")
            self._library.espeak_SetParameter(_PARAMETER_RATE, words_per_minute, 0)
            status = self._library.espeak_Synth(
                encoded, len(encoded), 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None
            )
            if status != _OK:
                raise InvalidInputError(f"espeak-ng could not speak this text (status {status})", param="text")
            samples = np.frombuffer(b"".join(self._chunks), dtype=np.int16)
            return Spoken(samples, tuple(self._words))

    def _receive(self, wave: int | None, count: int, events: "ctypes._Pointer[_Event]") -> int:
        if wave is not None and count > 0:
            self._chunks.append(ctypes.string_at(wave, count * 2))
        index = 0
        while events[index].type != _EVENT_LIST_TERMINATED:
            event = events[index]
            if event.type == _EVENT_WORD:
                self._words.append(WordEvent(event.text_position - 1, event.length, event.audio_position))
            index += 1
        return 0


def _native_name(voice: str) -> str:
    """espeak-ng calls British English plain "en" and does not resolve "en-gb"."""
    base, plus, variant = voice.partition("+")
    return ("en" if base.lower() == "en-gb" else base) + plus + variant


def _load_library() -> ctypes.CDLL:
    try:
        loader = importlib.import_module("espeakng_loader")
    except ImportError as error:
        raise ConfigurationError(_MISSING) from error
    try:
        library = ctypes.CDLL(loader.get_library_path())
        data_path = str(loader.get_data_path())
    except (OSError, RuntimeError) as error:
        raise ConfigurationError(f"espeak-ng cannot be loaded: {error}") from error
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_uint,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_uint,
        ctypes.POINTER(ctypes.c_uint),
        ctypes.c_void_p,
    ]
    rate = library.espeak_Initialize(
        _AUDIO_OUTPUT_SYNCHRONOUS, _BUFFER_MS, data_path.encode("utf-8"), _INITIALIZE_DONT_EXIT
    )
    if rate != ESPEAK_SAMPLE_RATE:
        raise ConfigurationError(
            f"espeak-ng did not start (answered {rate}); is its data complete in {data_path}?"
        )
    return library
