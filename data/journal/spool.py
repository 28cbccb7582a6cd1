"""One process's finished turns on the disk, in order, until the database takes them.

Files of about a megabyte: one is deleted once all of it is stored. What was stored of the first one is not
noted, because storing it again changes nothing.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import BaseFileLock
from loguru import logger
from pydantic import ValidationError

from config.errors import CapacityError, InvalidInputError
from data.crypto import Cipher
from data.journal.entries import JournalEntry, from_json, to_json
from data.journal.lines import append_lines, read_lines

SEGMENT_BYTES = 1024 * 1024
SPOOL_BYTES = 256 * 1024 * 1024
"""Most that one process keeps on the disk: more than 100,000 turns with everything known about them."""
QUARANTINE_BYTES = 16 * 1024 * 1024
SEGMENT_PATTERN = "*.spool"
_QUARANTINE = "refused.quarantine"


class SpoolFullError(CapacityError):
    """As much is on the disk as may be."""


@dataclass(slots=True)
class _Segment:
    path: Path
    size: int
    lines: int


class Spool:
    """A folder of waiting entries that this process holds the lock of. Blocking, and for one thread at a time.

    Args:
        folder: Exists.
        lock: Held; released by `close`.
        quarantine: Folder for what the database refuses.
        cipher: Seals every line.
        most_bytes: What may lie there.
    """

    def __init__(
        self, folder: Path, lock: BaseFileLock, quarantine: Path, cipher: Cipher, *, most_bytes: int = SPOOL_BYTES
    ) -> None:
        self._folder = folder
        self._lock = lock
        self._quarantine = quarantine
        self._cipher = cipher
        self._most_bytes = most_bytes
        self._segments = deque(_existing(folder))
        self._next_number = max((int(segment.path.stem) for segment in self._segments), default=0) + 1
        self._head: deque[JournalEntry] = deque()
        self._head_is_read = False
        self.unreadable = 0
        """Lines that could not be read again and were set aside."""

    @property
    def is_empty(self) -> bool:
        """True if nothing waits here."""
        return not self._segments

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return sum(segment.size for segment in self._segments)

    @property
    def depth(self) -> int:
        """Entries that wait."""
        lines = sum(segment.lines for segment in self._segments)
        return lines - (self._segments[0].lines - len(self._head) if self._head_is_read else 0)

    def append(self, entries: Sequence[JournalEntry]) -> None:
        """Put entries behind those that wait; they survive this process from here on.

        Raises:
            SpoolFullError: There is no room for them; nothing was written.
            OSError: The disk refused; nothing was written.
        """
        lines = [self._cipher.seal(to_json(entry)) for entry in entries]
        if self.size + sum(map(len, lines)) > self._most_bytes:
            raise SpoolFullError(f"The spool has reached {self._most_bytes} bytes.")
        tail = self._tail()
        try:
            tail.size += append_lines(tail.path, lines)
        except OSError:
            if not tail.size:
                self._segments.pop().path.unlink(missing_ok=True)
            raise
        tail.lines += len(lines)

    def read(self, most: int) -> tuple[JournalEntry, ...]:
        """The first entries that wait, all from one file; empty if nothing does."""
        while self._segments and not self._head:
            if self._head_is_read:
                self._drop_segment()
            else:
                self._head = deque(self._load(self._segments[0].path))
                # From here on what comes goes into another file.
                self._head_is_read = True
        return tuple(self._head)[:most]

    def remove(self, count: int) -> None:
        """The first `count` entries are stored; they lie in one file (were appended, or read, together)."""
        self.read(count)
        for _ in range(count):
            self._head.popleft()
        if self._head_is_read and not self._head:
            self._drop_segment()

    def refuse(self, entry: JournalEntry) -> bool:
        """Keep an entry that the database will never take, for a person to look at; False if it was not kept."""
        return self._set_aside([self._cipher.seal(to_json(entry))])

    def close(self) -> None:
        """Let go of the folder; it is removed if nothing waits in it."""
        is_empty = self.is_empty
        if is_empty:
            Path(self._lock.lock_file).unlink(missing_ok=True)
        self._lock.release()
        if is_empty:
            try:
                self._folder.rmdir()
            except OSError as error:
                logger.bind(error=type(error).__name__).debug("A spool folder stays")

    def _tail(self) -> _Segment:
        is_sealed = len(self._segments) == 1 and self._head_is_read
        if not self._segments or is_sealed or self._segments[-1].size >= SEGMENT_BYTES:
            self._segments.append(_Segment(self._folder / f"{self._next_number:08d}.spool", 0, 0))
            self._next_number += 1
        return self._segments[-1]

    def _drop_segment(self) -> None:
        self._segments.popleft().path.unlink(missing_ok=True)
        self._head_is_read = False

    def _load(self, path: Path) -> list[JournalEntry]:
        try:
            lines = read_lines(path)
        except OSError as error:
            # What cannot be read must not block what can; the file stays where a person may find it.
            self.unreadable += 1
            path.replace(path.with_suffix(".unreadable"))
            logger.bind(error=type(error).__name__, file=path.name).error(
                "A file of finished turns cannot be read"
            )
            return []
        entries: list[JournalEntry] = []
        unreadable: list[bytes] = []
        for line in lines:
            try:
                entries.append(from_json(self._open(line or b"")))
            except (InvalidInputError, ValidationError):
                unreadable.append(line or b"")
        if unreadable:
            self.unreadable += len(unreadable)
            self._set_aside([self._cipher.seal(line) if _is_plain(line) else line for line in unreadable if line])
            logger.bind(lines=len(unreadable)).error(
                "Finished turns on the disk cannot be read (damaged, or ENCRYPTION_KEY lacks their key); "
                "they were set aside in {}",
                self._quarantine,
            )
        return entries

    def _open(self, line: bytes) -> bytes:
        # Written before there was a key; a sealed line is base64 and never begins like that.
        return line if _is_plain(line) else self._cipher.open(line)

    def _set_aside(self, lines: Sequence[bytes]) -> bool:
        path = self._quarantine / _QUARANTINE
        try:
            self._quarantine.mkdir(parents=True, exist_ok=True, mode=0o700)
            if path.exists() and path.stat().st_size > QUARANTINE_BYTES:
                return False
            append_lines(path, lines)
        except OSError as error:
            logger.bind(error=type(error).__name__).error("What storage refused could not be set aside")
            return False
        return True


def _is_plain(line: bytes) -> bool:
    return line.startswith(b"{")


def _existing(folder: Path) -> Iterable[_Segment]:
    paths = sorted(path for path in folder.glob(SEGMENT_PATTERN) if path.stem.isdigit())
    return [_Segment(path, path.stat().st_size, path.read_bytes().count(b"\n")) for path in paths]
