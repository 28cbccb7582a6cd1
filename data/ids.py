"""Makes the ids of stored things: readable prefix, then 26 characters that sort by time of creation."""

import secrets
import time
from typing import Literal

IdPrefix = Literal["agent", "conv", "phnum", "doc", "chunk", "appt", "ws", "key", "audit"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26
_RANDOM_BITS = 80


def new_id(prefix: IdPrefix) -> str:
    """A new id such as `agent_01jb3kq8n5…`.

    The 26 characters are a ULID in lower case (github.com/ulid/spec): 48 bits of milliseconds since the
    epoch, then 80 random bits, in Crockford's base 32. Ids of different milliseconds sort by time.
    """
    number = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    digits = (_ALPHABET[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
    return f"{prefix}_{''.join(digits)}"
