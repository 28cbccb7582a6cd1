"""The simulator's Ollama in this process, for the verbs that may do without a real one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from simulator.hosting import serve_app
from simulator.ollama.app import create_app
from simulator.ollama.models import LIBRARY, SimulatedModel, canonical_name
from simulator.ollama.options import OllamaOptions


@asynccontextmanager
async def serve_simulated_ollama(model: str) -> AsyncIterator[str]:
    """Serve an Ollama that has this model on loopback; yields its address.

    Args:
        model: Name of the model, known to the simulator or not.

    Raises:
        ConfigurationError: The simulator did not start.
    """
    name = canonical_name(model)
    known = any(entry.name == name for entry in LIBRARY)
    models = LIBRARY if known else (*LIBRARY, SimulatedModel(name))
    async with serve_app(create_app(OllamaOptions(models=models, preloaded=(name,)))) as url:
        yield url
