"""Reads `keep_alive` as Ollama does: a number of seconds, or a Go duration such as `5m` or `1h30m`."""

import math
import re

from pydantic import JsonValue

from simulator.ollama.errors import OllamaError

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")
_WHOLE = re.compile(r"(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+")


def keep_alive_seconds(value: JsonValue, default: float) -> float:
    """Seconds that a model stays loaded after a request; infinite for a negative value.

    Raises:
        OllamaError: 400, where the value is no duration.
    """
    if value is None:
        seconds = default
    elif isinstance(value, bool) or not isinstance(value, int | float | str):
        raise OllamaError(400, f"Unsupported type: '{type(value).__name__}'")
    elif isinstance(value, str):
        seconds = _go_duration(value)
    else:
        seconds = float(value)
    return math.inf if seconds < 0 else seconds


def _go_duration(text: str) -> float:
    sign = -1.0 if text.startswith("-") else 1.0
    body = text.lstrip("+-")
    if body == "0":
        return 0.0
    if not _WHOLE.fullmatch(body):
        reason = "missing unit in" if body.replace(".", "", 1).isdigit() else "invalid"
        raise OllamaError(400, f'time: {reason} duration "{text}"')
    return sign * sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(body))
