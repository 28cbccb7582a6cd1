"""Who may use REST: the `xi-api-key` header, and the scopes that its key has.

A route asks for `CurrentIdentity`, which any good key satisfies, as each may read; what changes something or
manages keys also lists `WRITES` or `ADMINISTERS` among its dependencies.
"""

import ipaddress
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Security
from fastapi.params import Depends as Dependency
from fastapi.security import APIKeyHeader
from loguru import logger
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import HTTPConnection

from api.audit_trail import AuditTrail
from api.errors import CredentialsError
from api.identity import Identity
from api.state import AppState, current_state
from config.errors import PermissionDeniedError
from data.api_keys import Scope, allows
from data.audit import AuditAction, AuditOutcome, AuditTarget
from data.workspaces import DEFAULT_WORKSPACE_ID

SECURITY_SCHEME = "xi-api-key"
_FORWARDING_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_DATABASE_FAULTS = (SQLAlchemyError, OSError, TimeoutError)

api_key_header = APIKeyHeader(
    name="xi-api-key",
    scheme_name=SECURITY_SCHEME,
    auto_error=False,
    description="A key made with `run_bot.py keys create` or `POST /v1/workspace/api-keys`, or one of `API_KEYS`.",
)


async def authenticated(
    connection: HTTPConnection,
    state: Annotated[AppState, Depends(current_state)],
    key: Annotated[str | None, Depends(api_key_header)],
) -> Identity:
    """The dependency of every REST route.

    Raises:
        CredentialsError: No key or a wrong one (401).
        TooManyRequestsError: Too many requests, or wrong keys (429).
    """
    if not key:
        raise CredentialsError(
            "Neither authorization header nor xi-api-key received, please provide one.",
            legacy_status="needs_authorization",
        )
    identity = await state.access.admit(key, connection.client.host if connection.client else None)
    connection.state.identity = identity
    return identity


CurrentIdentity = Annotated[Identity, Depends(authenticated)]
"""What a route declares to be served to authenticated clients only."""


async def audit_trail(connection: HTTPConnection, identity: CurrentIdentity) -> AuditTrail:
    """Where what this request does is noted."""
    return AuditTrail(identity.workspace_id, identity.actor, connection.state.request_id)


CurrentTrail = Annotated[AuditTrail, Depends(audit_trail)]
"""What a route that changes something notes it in."""


@dataclass(frozen=True, slots=True)
class ScopeRequirement:
    """A dependency that lets through only keys with a scope, and notes the others in the audit log.

    Attributes:
        scope: Which one.
        server_wide: Whether the key must be of the default workspace, whose owner runs the server.
    """

    scope: Scope
    server_wide: bool = False

    def as_dependency(self) -> Dependency:
        """For `dependencies=` of routes and routers; the OpenAPI document then names the scope."""
        dependency: Dependency = Security(self, scopes=[self.scope.value])
        return dependency

    async def __call__(
        self,
        connection: HTTPConnection,
        state: Annotated[AppState, Depends(current_state)],
        identity: CurrentIdentity,
        trail: CurrentTrail,
    ) -> None:
        """Check.

        Raises:
            PermissionDeniedError: The key may not do this (403).
            TooManyRequestsError: It has been told so too often (429).
        """
        if not allows(identity.scopes, self.scope):
            error = PermissionDeniedError(
                f"This API key lacks the scope `{self.scope}`; use one that has it.", code="missing_scope"
            )
        elif self.server_wide and identity.workspace_id != DEFAULT_WORKSPACE_ID:
            error = PermissionDeniedError(
                "Only an admin of the server's own workspace may do this.", code="server_admin_only"
            )
        else:
            return
        state.access.deny(identity)
        await _note_denial(connection, state, trail)
        raise error


WRITES = ScopeRequirement(Scope.WRITE).as_dependency()
"""For routes that change something."""
ADMINISTERS = ScopeRequirement(Scope.ADMIN).as_dependency()
"""For routes that manage keys or show the audit log."""
ADMINISTERS_SERVER = ScopeRequirement(Scope.ADMIN, server_wide=True).as_dependency()
"""For routes that reach beyond one workspace."""


async def _note_denial(connection: HTTPConnection, state: AppState, trail: AuditTrail) -> None:
    route = getattr(connection.scope.get("route"), "path", "")
    try:
        async with state.database.session() as session:
            await trail.note(
                session,
                AuditAction.ACCESS_DENIED,
                AuditTarget.ROUTE,
                f"{connection.scope['method']} {route}",
                outcome=AuditOutcome.DENIED,
            )
    except _DATABASE_FAULTS as error:
        # The answer is no, whether or not it can be written down.
        logger.bind(error=type(error).__name__, actor=trail.actor).error("A denied request could not be noted")


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
