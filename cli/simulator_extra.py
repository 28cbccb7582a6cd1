"""Whether the simulator is installed: it is an extra, which a server does without."""

import importlib.util

from config.errors import ConfigurationError

_NEEDED = ("yaml", "espeakng_loader")


def require_simulator() -> None:
    """Make sure of it before anything of the simulator is imported.

    Raises:
        ConfigurationError: It is not installed; the message says how to install it.
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise ConfigurationError(
            f"The simulator needs {' and '.join(missing)}: run `make setup`, or `pip install '.[simulator]'`."
        )
