"""Tells a database that is in trouble from an entry that it will never take."""

from sqlalchemy.exc import (
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

_TROUBLE = (
    # Locked, full, read-only, shutting down, unreachable, a deadlock.
    OperationalError,
    InterfaceError,
    InternalError,
    # A table or column is missing: that is so for every entry, and somebody is going to mend it.
    ProgrammingError,
    PoolTimeoutError,
    DisconnectionError,
    OSError,
    TimeoutError,
)


def is_passing(error: BaseException) -> bool:
    """True if the same entry may be stored later; False if the error is about the entry, or a defect of ours."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, _TROUBLE)
