"""API keys: what they are, what they allow, and how their secrets are made and recognised.

A key reads `sdr_<8 characters>_<52 characters>`. The first part is shown in lists and finds the key in storage;
the second is 260 random bits. Only a SHA-256 digest of the whole is stored: with that much randomness nothing
slower is needed, and a stolen database opens nothing.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: five bits a character, none mistaken for another."""
_PREFIX_LENGTH = 8
_SECRET_LENGTH = 52
_FORM = re.compile(rf"(sdr_[{ALPHABET}]{{{_PREFIX_LENGTH}}})_[{ALPHABET}]{{{_SECRET_LENGTH}}}")


class Scope(StrEnum):
    """What a key may do; each includes those before it."""

    READ = "read"
    """See agents, conversations, latencies and metrics."""
    WRITE = "write"
    """Change and delete them."""
    ADMIN = "admin"
    """Manage keys and workspaces, and see the audit log."""


_INCLUDED = {
    Scope.READ: frozenset({Scope.READ}),
    Scope.WRITE: frozenset({Scope.READ, Scope.WRITE}),
    Scope.ADMIN: frozenset(Scope),
}


def allows(scopes: frozenset[Scope], needed: Scope) -> bool:
    """True if a key with these scopes may do what `needed` names."""
    return any(needed in _INCLUDED[scope] for scope in scopes)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key, without its secret; times are UTC."""

    key_id: str
    workspace_id: str
    name: str
    prefix: str
    """The beginning of the secret, by which people know it again."""
    scopes: frozenset[Scope]
    created_at: datetime
    last_used_at: datetime | None = None
    """To the minute or so: it is not written at every request."""
    expires_at: datetime | None = None
    """From then on it is refused; None: never."""
    revoked_at: datetime | None = None
    replaced_by: str | None = None
    """The key that rotation made in its place; until `expires_at` both are good."""

    def state(self, at: datetime) -> "KeyState":
        """Whether it opens anything at that moment."""
        if self.revoked_at is not None:
            return KeyState.REVOKED
        if self.expires_at is not None and self.expires_at <= at:
            return KeyState.EXPIRED
        return KeyState.ACTIVE


class KeyState(StrEnum):
    """Whether a key opens anything."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class ApiKeyQuery:
    """Which keys of a workspace to list, newest first."""

    cursor: str | None = None
    page_size: int = 30


@dataclass(frozen=True, slots=True)
class KeySecret:
    """A new key's secret: to be shown once, and never stored.

    Attributes:
        text: What the client sends.
        prefix: Its beginning, which is stored and shown.
        digest: What else is stored.
    """

    text: str
    prefix: str
    digest: str

    def __repr__(self) -> str:
        """Without the secret, in case that it gets into a log."""
        return f"KeySecret({self.prefix}…)"


def new_secret() -> KeySecret:
    """Make a secret from the operating system's randomness."""
    prefix = f"sdr_{_random(_PREFIX_LENGTH)}"
    text = f"{prefix}_{_random(_SECRET_LENGTH)}"
    return KeySecret(text, prefix, digest_of(text))


def digest_of(secret: str) -> str:
    """What is stored of a secret: its SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def prefix_of(secret: str) -> str | None:
    """The shown beginning of a secret; None if the text is not of the form that `new_secret` gives."""
    match = _FORM.fullmatch(secret)
    return match[1] if match else None


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
