"""What REST needs to know of the calls that this process holds; `bot/` provides it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from prometheus_client.registry import Collector

from api.health_checks import HealthCheck
from config.settings import Settings
from data.database import Database


class LiveCalls(Protocol):
    """The calls of this process."""

    @property
    def accepting(self) -> bool:
        """False while shutting down or full: a new call would be turned away."""
        ...

    def active_calls(self) -> int:
        """How many calls run now."""
        ...


class Runtime(Protocol):
    """The call side of the process, running."""

    @property
    def calls(self) -> LiveCalls:
        """The calls of this process."""
        ...

    def health_checks(self) -> Mapping[str, HealthCheck]:
        """Checks of what calls depend on, by name; they replace the server's own of the same name."""
        ...

    def metrics(self) -> Sequence[Collector]:
        """What calls count, for `/metrics`."""
        ...


RuntimeOpener = Callable[[Settings, Database], AbstractAsyncContextManager[Runtime]]
"""Starts the call side when the server starts and closes it when the server stops, before the database."""


class NoCalls:
    """A process that takes no calls: REST alone."""

    @property
    def accepting(self) -> bool:
        """Never."""
        return False

    def active_calls(self) -> int:
        """None."""
        return 0


class NoRuntime:
    """The call side of a process that takes no calls."""

    @property
    def calls(self) -> LiveCalls:
        """No calls."""
        return NoCalls()

    def health_checks(self) -> Mapping[str, HealthCheck]:
        """Nothing beyond the server's own."""
        return {}

    def metrics(self) -> Sequence[Collector]:
        """Nothing."""
        return ()
