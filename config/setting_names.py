"""Finds settings that were probably misspelt, as a wrong name would otherwise be ignored in silence."""

import difflib
from collections.abc import Iterable, Mapping

from config.settings import Settings

_OUR_PREFIXES = ("TWILIO_", "DEEPGRAM_", "OLLAMA_", "INTERRUPT_")
_FOREIGN_NAMES = frozenset(
    {
        # Ollama's own server settings (`ollama serve --help`, envconfig/config.go).
        "OLLAMA_AUTH",
        "OLLAMA_CONTEXT_LENGTH",
        "OLLAMA_DEBUG",
        "OLLAMA_EDITOR",
        "OLLAMA_FLASH_ATTENTION",
        "OLLAMA_GPU_OVERHEAD",
        "OLLAMA_INTEL_GPU",
        "OLLAMA_KEEP_ALIVE",
        "OLLAMA_KV_CACHE_TYPE",
        "OLLAMA_LLM_LIBRARY",
        "OLLAMA_LOAD_TIMEOUT",
        "OLLAMA_MAX_LOADED_MODELS",
        "OLLAMA_MAX_QUEUE",
        "OLLAMA_MODELS",
        "OLLAMA_MULTIUSER_CACHE",
        "OLLAMA_NEW_ENGINE",
        "OLLAMA_NOHISTORY",
        "OLLAMA_NOPRUNE",
        "OLLAMA_NO_CLOUD",
        "OLLAMA_NUM_PARALLEL",
        "OLLAMA_ORIGINS",
        "OLLAMA_REMOTES",
        "OLLAMA_SCHED_SPREAD",
        "OLLAMA_TMPDIR",
        "OLLAMA_VULKAN",
        # Read by Twilio's and Deepgram's own libraries and command lines.
        "TWILIO_API_KEY",
        "TWILIO_API_SECRET",
        "TWILIO_EDGE",
        "TWILIO_LOG_LEVEL",
        "TWILIO_PROFILE",
        "TWILIO_REGION",
        "DEEPGRAM_ACCESS_TOKEN",
        "DEEPGRAM_HOST",
        "DEEPGRAM_LOGGING",
        "DEEPGRAM_TOKEN",
        # Common in every environment, and near to a name of ours.
        "HOSTNAME",
        "HOSTTYPE",
    }
)
_LEAST_SIMILARITY = 0.86
_SHORTEST_FUZZY = 6


def setting_names() -> tuple[str, ...]:
    """The environment name of every setting, in the order of the groups."""
    return tuple(name.upper() for name in Settings.model_fields)


def settings_warnings(environ: Mapping[str, str], dotenv: Mapping[str, str]) -> list[str]:
    """Sentences about names that look like settings but are none.

    Args:
        environ: The process's environment.
        dotenv: What the `.env` holds (`config.settings.read_env_file`).

    Returns:
        One sentence for each suspicious name, sorted by name; no values.
    """
    known = setting_names()
    where = dict.fromkeys(environ, "the environment") | dict.fromkeys(dotenv, ".env")
    sentences = []
    for name in sorted(where):
        meant = _meant(name.upper(), known)
        if meant is None:
            continue
        hint = f"did you mean {meant}?" if meant else "it is ignored."
        sentences.append(f"{name} in {where[name]} is not a setting of this server; {hint}")
    return sentences


def _meant(name: str, known: Iterable[str]) -> str | None:
    """The setting that was meant, "" when only the prefix is ours, None when the name is not suspicious."""
    known = tuple(known)
    if name in known or name in _FOREIGN_NAMES:
        return None
    ours = name.startswith(_OUR_PREFIXES)
    if not ours and len(name) < _SHORTEST_FUZZY:
        return None
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6 if ours else _LEAST_SIMILARITY)
    if close:
        return close[0]
    return "" if ours else None
