"""The query parameters of `/v2/listen` and the thresholds in it, checked as Deepgram checks them.

Source: Deepgram's Flux reference: `eot_threshold` 0.5 to 1.0 (0.7), `eager_eot_threshold` 0.3 to 0.9 (off) and not
above the former, `eot_timeout_ms` 500 to 60000 (5000).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.deepgram.query import DECODERS, integer_of
from simulator.deepgram.refusal import bad_request

FLUX_MODELS = ("flux-general-en", "flux-general-multi")
_LEAST_EOT, _MOST_EOT, _DEFAULT_EOT = 0.5, 1.0, 0.7
_LEAST_EAGER, _MOST_EAGER = 0.3, 0.9
_LEAST_TIMEOUT_MS, _MOST_TIMEOUT_MS, _DEFAULT_TIMEOUT_MS = 500, 60_000, 5000
_NOT_FLUX = (
    "interim_results",
    "endpointing",
    "vad_events",
    "utterance_end_ms",
    "language",
    "channels",
    "punctuate",
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a turn is over: confidences from 0 to 1, and silence; `eager` None means never early."""

    eot: float = _DEFAULT_EOT
    eager: float | None = None
    timeout_ms: int = _DEFAULT_TIMEOUT_MS

    def problem(self) -> str | None:
        """What cannot be served, in words; None where all is well."""
        if not _LEAST_EOT <= self.eot <= _MOST_EOT:
            return f"eot_threshold must be between {_LEAST_EOT} and {_MOST_EOT}."
        if self.eager is not None and not _LEAST_EAGER <= self.eager <= _MOST_EAGER:
            return f"eager_eot_threshold must be between {_LEAST_EAGER} and {_MOST_EAGER}."
        if self.eager is not None and self.eager > self.eot:
            return "eager_eot_threshold must not be above eot_threshold."
        if not _LEAST_TIMEOUT_MS <= self.timeout_ms <= _MOST_TIMEOUT_MS:
            return f"eot_timeout_ms must be between {_LEAST_TIMEOUT_MS} and {_MOST_TIMEOUT_MS}."
        return None


@dataclass(frozen=True, slots=True)
class FluxQuery:
    """A Flux stream as asked for. `encoding` None means a container (WAV) tells it."""

    model: str
    encoding: str | None
    sample_rate: int
    thresholds: Thresholds
    channels: int = 1
    multichannel: bool = False


def parse_flux(query: Mapping[str, str]) -> FluxQuery:
    """Check the query of `/v2/listen`.

    Raises:
        RefusedError: 400 naming the parameter.
    """
    model = query.get("model", "")
    if model not in FLUX_MODELS:
        raise bad_request(f"Invalid query string: '{model}' is no model of /v2/listen.")
    for name in _NOT_FLUX:
        if name in query:
            raise bad_request(f"Invalid query string: {name} is not a parameter of /v2/listen.")
    encoding = query.get("encoding")
    if encoding is not None and encoding not in DECODERS:
        raise bad_request(f"Invalid query string: unsupported encoding '{encoding}' for this stand-in.")
    if encoding is not None and "sample_rate" not in query:
        raise bad_request("Invalid query string: sample_rate is required when encoding is specified.")
    eager = _number(query, "eager_eot_threshold")
    eot = _number(query, "eot_threshold")
    thresholds = Thresholds(
        eot=_DEFAULT_EOT if eot is None else eot,
        eager=eager,
        timeout_ms=integer_of(query, "eot_timeout_ms", _DEFAULT_TIMEOUT_MS, _LEAST_TIMEOUT_MS, _MOST_TIMEOUT_MS),
    )
    problem = thresholds.problem()
    if problem is not None:
        raise bad_request(f"Invalid query string: {problem}")
    return FluxQuery(model, encoding, integer_of(query, "sample_rate", 16000, 8000, 48000), thresholds)


def _number(query: Mapping[str, str], name: str) -> float | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise bad_request(f"Invalid query string: {name} must be a number.") from error
