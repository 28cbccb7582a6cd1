"""Who may use REST: the `xi-api-key` header, checked against `API_KEYS`.

Without any key configured only this machine itself may, so that a fresh checkout works at once and a tunnel
to it gives nothing away.
"""

import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.security import APIKeyHeader
from pydantic import SecretStr
from starlette.requests import HTTPConnection

from api.errors import CredentialsError
from api.state import AppState, current_state
from data.workspaces import DEFAULT_WORKSPACE_ID

_FORWARDING_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")

api_key_header = APIKeyHeader(
    name="xi-api-key",
    auto_error=False,
    description="One of `API_KEYS`. Not needed from the machine itself while none is configured.",
)


@dataclass(frozen=True, slots=True)
class Identity:
    """On whose behalf a request is made."""

    workspace_id: str


async def authenticated(
    connection: HTTPConnection,
    state: Annotated[AppState, Depends(current_state)],
    key: Annotated[str | None, Depends(api_key_header)],
) -> Identity:
    """The dependency of every REST route.

    Raises:
        CredentialsError: No key or a wrong one (401).
    """
    keys = state.settings.api_keys
    if not keys:
        if is_local(connection):
            return Identity(DEFAULT_WORKSPACE_ID)
        raise CredentialsError(
            "This server has no API keys, so it only serves the machine it runs on. "
            "Set API_KEYS and send one of them as xi-api-key.",
            legacy_status="needs_authorization",
        )
    if not key:
        raise CredentialsError(
            "Neither authorization header nor xi-api-key received, please provide one.",
            legacy_status="needs_authorization",
        )
    if not matches_any(key, keys):
        raise CredentialsError("Invalid API key", legacy_status="invalid_api_key")
    return Identity(DEFAULT_WORKSPACE_ID)


def matches_any(key: str, keys: Sequence[SecretStr]) -> bool:
    """True if the key is one of these; takes the same time whichever it is, or how much of one is right."""
    # Starlette reads headers as latin-1, which gives back the bytes that were sent.
    given = key.encode("latin-1", "replace")
    found = False
    for candidate in keys:
        found |= hmac.compare_digest(given, candidate.get_secret_value().encode())
    return found


def is_local(connection: HTTPConnection) -> bool:
    """True if the request was made on this machine for this machine.

    The peer's address alone does not say so: a tunnel or proxy on this machine speaks for strangers (it adds
    a forwarding header), and a web page may resolve its own host name to loopback (the Host header tells).
    """
    if connection.client is None or not _is_loopback(connection.client.host):
        return False
    if any(name in connection.headers for name in _FORWARDING_HEADERS):
        return False
    return _is_loopback(connection.url.hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


CurrentIdentity = Annotated[Identity, Depends(authenticated)]
"""What a route declares to be served to authenticated clients only."""
