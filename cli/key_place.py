"""Which keys a command is about, and how they are reached."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """As the command line says it.

    Attributes:
        workspace: Id of the workspace; None is the server's own, or that of the key for the server.
        server: URL of a running server; None works on the database itself.
        key: For the server; None takes the first of `API_KEYS`, or asks.
    """

    workspace: str | None = None
    server: str | None = None
    key: str | None = field(default=None, repr=False)
