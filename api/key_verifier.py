"""Finds out whose key a request carries.

Keys of the database are remembered for a few seconds, so that a request costs no query. Whoever changes keys in
this process says so (`forget`), and it counts at once; other processes notice when their memory runs out.
"""

import hmac
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import SecretStr

from api.errors import CredentialsError
from api.identity import Identity, identity_of, settings_identity
from api.key_use import KeyUseWriter
from data.api_keys import ApiKey, KeyState, digest_of, prefix_of
from data.database import Database
from data.repositories.api_key import ApiKeyRepository

REMEMBERED_SECONDS = 5.0
_MOST_REMEMBERED = 1024
_REFUSALS = {
    KeyState.REVOKED: "This API key was revoked.",
    KeyState.EXPIRED: "This API key has expired. Use the one that replaced it, or make another.",
}


@dataclass(frozen=True, slots=True)
class _Remembered:
    key: ApiKey
    until: float


def _refusal(message: str) -> CredentialsError:
    return CredentialsError(message, legacy_status="invalid_api_key")


class KeyVerifier:
    """Knows the keys of the settings and of the database.

    Args:
        settings_keys: `API_KEYS`: every scope, default workspace.
        database: Has the others.
        uses: Told of each use of a key of the database.
        clock: Seconds, never going back.
    """

    def __init__(
        self,
        settings_keys: Sequence[SecretStr],
        database: Database,
        uses: KeyUseWriter,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings_keys = tuple(key.get_secret_value().encode() for key in settings_keys)
        self._database = database
        self._uses = uses
        self._clock = clock
        self._proven: dict[str, Identity] = {}
        self._remembered: OrderedDict[str, _Remembered] = OrderedDict()
        self._changes = 0

    def is_safe_to_try(self, secret: str) -> bool:
        """True if trying this key tells a guesser nothing: it was good before, or is too long to be guessed.

        What people wrote into `API_KEYS` may be guessable, so that a new one of those is not.
        """
        return prefix_of(secret) is not None or digest_of(secret) in self._proven

    async def verify(self, secret: str) -> Identity:
        """Whose key this is.

        Raises:
            CredentialsError: Nobody's, or it was revoked or has expired.
            sqlalchemy.exc.SQLAlchemyError: The database is away.
        """
        digest = digest_of(secret)
        owner = self._proven.get(digest) or self._from_settings(secret, digest)
        if owner is not None:
            return owner
        key = self._recall(digest) or await self._look_up(secret, digest)
        if key is None:
            raise _refusal("Invalid API key")
        state = key.state(datetime.now(UTC))
        if state is not KeyState.ACTIVE:
            raise _refusal(_REFUSALS[state])
        self._uses.note(key.key_id)
        return identity_of(key)

    def forget(self) -> None:
        """Keys were changed: ask the database from now on."""
        self._changes += 1
        self._remembered.clear()

    def _from_settings(self, secret: str, digest: str) -> Identity | None:
        """Compares with each, in the same time whichever it is and however much of one is right."""
        # Starlette reads headers as latin-1, which gives back the bytes that were sent.
        given = secret.encode("latin-1", "replace")
        found = None
        for position, candidate in enumerate(self._settings_keys):
            if hmac.compare_digest(given, candidate):
                found = position
        if found is None:
            return None
        self._proven[digest] = settings_identity(found)
        return self._proven[digest]

    def _recall(self, digest: str) -> ApiKey | None:
        known = self._remembered.get(digest)
        return known.key if known is not None and known.until > self._clock() else None

    async def _look_up(self, secret: str, digest: str) -> ApiKey | None:
        if prefix_of(secret) is None:
            return None
        changes = self._changes
        async with self._database.read() as session:
            key = await ApiKeyRepository(session).find(secret)
        # What was read while keys were being changed may be old already.
        if key is not None and changes == self._changes:
            self._remembered[digest] = _Remembered(key, self._clock() + REMEMBERED_SECONDS)
            self._remembered.move_to_end(digest)
            if len(self._remembered) > _MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        return key
