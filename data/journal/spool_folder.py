"""The folder of all spools: who has which, and whose process is dead.

    <SPOOL_PATH>/<database>/<process>/00000001.spool
                                      lock

A process holds the lock of its folder while it lives, and the operating system lets go of it however it dies. So
whoever gets the lock of a folder is the only one to have it. Databases have folders of their own, because turns
must never be replayed into another one.
"""

import hashlib
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout
from loguru import logger

from data.crypto import Cipher
from data.journal.spool import SEGMENT_PATTERN, SPOOL_BYTES, Spool

_LOCK = "lock"
_QUARANTINE = "quarantine"
_ATTEMPTS = 3
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


class SpoolFolder:
    """Opens spools. Blocking.

    Args:
        root: `SPOOL_PATH`; nothing is made there before there is something to keep.
        database: What tells this database from another one, such as its address without a password.
        cipher: Seals what is kept.
        most_bytes: For each process.
    """

    def __init__(self, root: Path, database: str, cipher: Cipher, *, most_bytes: int = SPOOL_BYTES) -> None:
        self._root = root.absolute()
        self._folder = self._root / hashlib.sha256(database.encode()).hexdigest()[:16]
        self._cipher = cipher
        self._most_bytes = most_bytes

    def create(self, owner: str) -> Spool:
        """A new, empty spool for a process.

        Raises:
            OSError: The folder cannot be made.
        """
        for _ in range(_ATTEMPTS):
            folder = self._folder / f"{_UNSAFE.sub('_', owner)}-{secrets.token_hex(4)}"
            folder.mkdir(parents=True, mode=0o700)
            # Between the two lines another process may take it for a dead one's, and remove it.
            lock = _try_lock(folder)
            if lock is not None:
                return self._open(folder, lock)
        raise OSError("no folder of its own could be made for the spool")

    def abandoned(self) -> Iterator[Spool]:
        """The spools of processes that are dead, each locked for us; whoever else asks does not get them."""
        for folder in self._folders(self._folder):
            lock = _try_lock(folder)
            if lock is not None:
                yield self._open(folder, lock)

    def foreign(self) -> tuple[Path, ...]:
        """Folders of other databases in which something waits: left there when `DATABASE_URL` was changed."""
        others = (folder for folder in self._folders(self._root) if folder != self._folder)
        return tuple(folder for folder in others if next(folder.glob(f"*/{SEGMENT_PATTERN}"), None) is not None)

    def _open(self, folder: Path, lock: BaseFileLock) -> Spool:
        quarantine = self._folder / _QUARANTINE
        return Spool(folder, lock, quarantine, self._cipher, most_bytes=self._most_bytes)

    @staticmethod
    def _folders(parent: Path) -> list[Path]:
        if not parent.is_dir():
            return []
        return sorted(path for path in parent.iterdir() if path.is_dir() and path.name != _QUARANTINE)


def _try_lock(folder: Path) -> BaseFileLock | None:
    # Any thread may close what another one opened.
    lock = FileLock(folder / _LOCK, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    except OSError as error:
        logger.bind(error=type(error).__name__).debug("A spool folder has just gone")
        return None
    return lock
