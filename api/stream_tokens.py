"""One-time tokens that tie a media stream to the webhook that announced it.

Twilio signs the WebSocket's upgrade, but a signature can be replayed and does not say which call it is for.
So the TwiML carries a random token as a `<Parameter>` (query strings of `<Stream>` are dropped), which is
good once, for one CallSid, for a minute. The call's configuration waits behind it, so that the stream's start
needs no database.

Everything is kept in the process that answered the webhook; with several call processes, what replaces this
class must be shared between them, which is why its methods are coroutines.
"""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.call_config import CallConfig

LIFETIME_SECONDS = 60.0
CAPACITY = 10_000
TOKENS_PER_CALL = 4
"""Twilio repeats a webhook that it thinks lost: any of its answers may be the one that it follows."""


class TokenRefusal(StrEnum):
    """Why a token is no good."""

    MISSING = "missing"
    UNKNOWN_CALL = "unknown_call"
    WRONG = "wrong"
    EXPIRED = "expired"
    REPLAYED = "replayed"


class StreamTokenError(Exception):
    """The token does not open this call's stream.

    Attributes:
        reason: Why.
    """

    def __init__(self, reason: TokenRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Ticket:
    digest: bytes
    expires_at: float
    config: CallConfig


@dataclass(slots=True)
class _Announcement:
    """One announced call: its tickets, oldest first, and whether its stream has come."""

    tickets: tuple[_Ticket, ...]
    used: bool = False


class StreamTokens:
    """Issues tokens and redeems each call's once."""

    def __init__(
        self,
        lifetime_seconds: float = LIFETIME_SECONDS,
        capacity: int = CAPACITY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Tokens are good for `lifetime_seconds`; those of at most `capacity` calls are kept, the newest."""
        self._lifetime_seconds = lifetime_seconds
        self._capacity = capacity
        self._clock = clock
        self._calls: OrderedDict[str, _Announcement] = OrderedDict()  # by CallSid, oldest announcement first

    async def issue(self, config: CallConfig) -> str:
        """A new token (43 URL-safe characters) for the stream of `config.call_sid`."""
        now = self._clock()
        self._forget_old(now)
        token = secrets.token_urlsafe(32)
        ticket = _Ticket(_digest(token), now + self._lifetime_seconds, config)
        announcement = self._calls.setdefault(config.call_sid, _Announcement(()))
        announcement.tickets = (*announcement.tickets, ticket)[-TOKENS_PER_CALL:]
        self._calls.move_to_end(config.call_sid)
        if len(self._calls) > self._capacity:
            self._calls.popitem(last=False)
        return token

    async def redeem(self, call_sid: str, token: str) -> CallConfig:
        """The configuration of the call that the token was issued for; the call's tokens are used up.

        A refused token uses nothing up, so a stranger cannot keep the call's own stream out.

        Raises:
            StreamTokenError: Missing, wrong, expired, used, or of another call.
        """
        if not token:
            raise StreamTokenError(TokenRefusal.MISSING)
        announcement = self._calls.get(call_sid)
        if announcement is None:
            raise StreamTokenError(TokenRefusal.UNKNOWN_CALL)
        digest = _digest(token)
        ticket = next((t for t in announcement.tickets if hmac.compare_digest(t.digest, digest)), None)
        if ticket is None:
            raise StreamTokenError(TokenRefusal.WRONG)
        if announcement.used:
            raise StreamTokenError(TokenRefusal.REPLAYED)
        if self._clock() >= ticket.expires_at:
            raise StreamTokenError(TokenRefusal.EXPIRED)
        announcement.used = True
        return ticket.config

    def _forget_old(self, now: float) -> None:
        # Kept for a second lifetime, so that a late or repeated token is refused for what it is.
        while self._calls:
            oldest = next(iter(self._calls.values()))
            if oldest.tickets[-1].expires_at + self._lifetime_seconds > now:
                return
            self._calls.popitem(last=False)


def _digest(token: str) -> bytes:
    # Tokens come from strangers: "replace" takes text that is no valid Unicode, too.
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
