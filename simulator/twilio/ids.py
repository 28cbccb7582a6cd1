"""Twilio's identifiers: two letters and 32 hexadecimal digits."""

import secrets


def new_sid(prefix: str) -> str:
    """Return a fresh id: `CA…` for a call, `MZ…` for a stream, `PN…` for a number."""
    return prefix + secrets.token_hex(16)
