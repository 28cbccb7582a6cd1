"""Files of lines that survive a crash of the machine: each line with a checksum, each write on the disk.

A line is eight hex digits of CRC-32, a space, the payload. A process that dies while it writes leaves at most one
torn line at the end, which is passed over.
"""

import os
import zlib
from collections.abc import Sequence
from pathlib import Path

_CHECKSUM_BYTES = 9


def append_lines(path: Path, payloads: Sequence[bytes]) -> int:
    """Append payloads and wait until they are on the disk; blocking.

    Args:
        path: Made if it is not there, for this user's eyes only.
        payloads: Without line breaks.

    Returns:
        How many bytes were added.

    Raises:
        OSError: They could not be written; the file is as it was.
    """
    data = b"".join(b"%08x %b\n" % (zlib.crc32(payload), payload) for payload in payloads)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        before = os.fstat(handle).st_size
        try:
            _write_all(handle, data)
            os.fsync(handle)
            if not before:
                _flush_folder(path.parent)
        except OSError:
            # Half a line in the middle of the file would take the next one with it.
            os.ftruncate(handle, before)
            raise
    finally:
        os.close(handle)
    return len(data)


def read_lines(path: Path) -> tuple[bytes | None, ...]:
    """The payloads of a file, in order; None for a line that is damaged. Blocking.

    Raises:
        OSError: The file cannot be read.
    """
    *lines, _torn = path.read_bytes().split(b"\n")
    return tuple(_payload(line) for line in lines)


def _payload(line: bytes) -> bytes | None:
    payload = line[_CHECKSUM_BYTES:]
    return payload if line[:_CHECKSUM_BYTES] == b"%08x " % zlib.crc32(payload) else None


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _flush_folder(folder: Path) -> None:
    """The name of a new file is on the disk only once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
