"""The caller's audio that the recogniser may still have to hear (again).

Kept from the last moment known to be settled, so that a caller who speaks before the connection is up, or
while it is being made anew, loses no word. Positions are byte offsets since the start of the call.
"""


class AudioBacklog:
    """A bounded window on the call's audio.

    Args:
        limit_bytes: Most that is kept; older audio is given up.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._kept = bytearray()
        self._kept_from = 0
        self._unsent_from = 0

    @property
    def end(self) -> int:
        """Offset after the newest byte."""
        return self._kept_from + len(self._kept)

    @property
    def unsent(self) -> int:
        """Bytes not sent on the present connection."""
        return self.end - self._unsent_from

    @property
    def unsent_from(self) -> int:
        """Offset of the first byte not sent on the present connection."""
        return self._unsent_from

    def append(self, payload: bytes) -> None:
        """Take new audio."""
        self._kept += payload
        surplus = len(self._kept) - self._limit
        if surplus > 0:
            self._discard(surplus)

    def take(self, limit: int) -> bytes:
        """The next unsent bytes, at most `limit`."""
        start = self._unsent_from - self._kept_from
        payload = bytes(self._kept[start : start + limit])
        self._unsent_from += len(payload)
        return payload

    def settle(self, offset: int) -> None:
        """Audio before `offset` need never be sent again."""
        self._discard(min(offset, self._unsent_from) - self._kept_from)

    def rewind(self) -> int:
        """A new connection: everything kept is unsent again. Returns the offset it begins at."""
        self._unsent_from = self._kept_from
        return self._kept_from

    def _discard(self, byte_count: int) -> None:
        if byte_count <= 0:
            return
        del self._kept[:byte_count]
        self._kept_from += byte_count
        self._unsent_from = max(self._unsent_from, self._kept_from)
