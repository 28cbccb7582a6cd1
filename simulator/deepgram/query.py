"""The query parameters of listen and speak, checked as Deepgram checks them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.audio import (
    Samples,
    alaw_to_samples,
    linear16_to_samples,
    samples_to_alaw,
    samples_to_linear16,
    samples_to_ulaw,
    ulaw_to_samples,
)
from simulator.deepgram.options import DeepgramOptions
from simulator.deepgram.refusal import bad_request
from simulator.deepgram.transcriber import TranscriberOptions

DECODERS: dict[str, Callable[[bytes], Samples]] = {
    "linear16": linear16_to_samples,
    "mulaw": ulaw_to_samples,
    "alaw": alaw_to_samples,
}
ENCODERS: dict[str, Callable[[Samples], bytes]] = {
    "linear16": samples_to_linear16,
    "mulaw": samples_to_ulaw,
    "alaw": samples_to_alaw,
}
_SPEAK_RATES: dict[str, frozenset[int]] = {
    "linear16": frozenset({8000, 16000, 24000, 32000, 48000}),
    "mulaw": frozenset({8000, 16000}),
    "alaw": frozenset({8000, 16000}),
}
_DEFAULT_ENDPOINTING_MS = 10
_DEFAULT_SPEAK_MODEL = "aura-asteria-en"


@dataclass(frozen=True, slots=True)
class ListenQuery:
    """A listen stream as asked for. `encoding` None means a container (WAV) tells it."""

    model: str
    encoding: str | None
    sample_rate: int
    channels: int
    multichannel: bool
    punctuate: bool
    vad_events: bool
    results: TranscriberOptions


@dataclass(frozen=True, slots=True)
class SpeakQuery:
    """A speak stream or request as asked for; `voice` is espeak-ng's."""

    model: str
    voice: str
    encoding: str
    sample_rate: int
    container: str


def parse_listen(query: Mapping[str, str], options: DeepgramOptions) -> ListenQuery:
    """Check the query of `/v1/listen`.

    Raises:
        RefusedError: 400 naming the parameter.
    """
    encoding = query.get("encoding")
    if encoding is not None and encoding not in DECODERS:
        raise bad_request(f"Invalid query string: unsupported encoding '{encoding}' for this stand-in.")
    if encoding is not None and "sample_rate" not in query:
        raise bad_request("Invalid query string: sample_rate is required when encoding is specified.")
    channels = integer_of(query, "channels", 1, 1, 8)
    interim = _flag(query, "interim_results")
    utterance_end = integer_of(query, "utterance_end_ms", 0, 0, 10_000)
    if utterance_end and not interim:
        raise bad_request("Invalid query string: utterance_end_ms requires interim_results=true.")
    if 0 < utterance_end < 1000:
        raise bad_request("Invalid query string: utterance_end_ms must be at least 1000.")
    return ListenQuery(
        model=query.get("model", "nova-3"),
        encoding=encoding,
        sample_rate=integer_of(query, "sample_rate", 16000, 8000, 48000),
        channels=channels,
        multichannel=_flag(query, "multichannel"),
        punctuate=_flag(query, "punctuate") or _flag(query, "smart_format"),
        vad_events=_flag(query, "vad_events"),
        results=TranscriberOptions(
            endpoint_secs=_endpointing(query),
            interim_secs=options.stt_interim_every if interim else None,
            utterance_end_secs=utterance_end / 1000 if utterance_end else None,
            commit_secs=options.stt_commit_every,
        ),
    )


def parse_speak(query: Mapping[str, str], options: DeepgramOptions) -> SpeakQuery:
    """Check the query of `/v1/speak`.

    Raises:
        RefusedError: 400 naming the parameter.
    """
    model = query.get("model", _DEFAULT_SPEAK_MODEL)
    voice = options.voices.get(model)
    if voice is None:
        raise bad_request(f"Invalid query string: unknown model '{model}'.")
    encoding = query.get("encoding", "linear16")
    if encoding not in ENCODERS:
        raise bad_request(f"Invalid query string: unsupported encoding '{encoding}'.")
    rate = integer_of(query, "sample_rate", 24000 if encoding == "linear16" else 8000, 8000, 48000)
    if rate not in _SPEAK_RATES[encoding]:
        raise bad_request(f"Invalid query string: sample_rate {rate} is not available for {encoding}.")
    container = query.get("container", "none")
    if container not in ("none", "wav"):
        raise bad_request(f"Invalid query string: unsupported container '{container}'.")
    return SpeakQuery(model=model, voice=voice, encoding=encoding, sample_rate=rate, container=container)


def _endpointing(query: Mapping[str, str]) -> float | None:
    value = query.get("endpointing", "true").lower()
    if value == "false":
        return None
    if value == "true":
        return _DEFAULT_ENDPOINTING_MS / 1000
    return integer_of(query, "endpointing", 0, 0, 60_000) / 1000


def _flag(query: Mapping[str, str], name: str) -> bool:
    value = query.get(name, "false").lower()
    if value not in ("true", "false"):
        raise bad_request(f"Invalid query string: {name} must be true or false.")
    return value == "true"


def integer_of(query: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """A whole number of the query, or its default.

    Raises:
        RefusedError: 400 naming the parameter.
    """
    text = query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not least <= int(text) <= most:
        raise bad_request(f"Invalid query string: {name} must be an integer between {least} and {most}.")
    return int(text)
