"""Lines from standard input without blocking the event loop, whatever is behind it."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable

_BLOCK = 4096


async def read_lines(descriptor: int, before: Callable[[], None]) -> AsyncIterator[str]:
    """Lines until the end of the input, without their line ends; undecodable bytes are replaced.

    A thread in `input()` could not be stopped by Ctrl-C, and a transport would make the terminal non-blocking for
    everybody who writes to it; so the descriptor is watched, and read when there is something.

    Args:
        descriptor: A terminal, pipe, socket or file.
        before: Called before each wait for a line.
    """
    buffer = b""
    while True:
        before()
        while b"\n" not in buffer:
            await _readable(descriptor)
            block = os.read(descriptor, _BLOCK)
            if not block:
                if buffer:
                    yield _text(buffer)
                return
            buffer += block
        line, _, buffer = buffer.partition(b"\n")
        yield _text(line)


def _text(line: bytes) -> str:
    return line.decode(errors="replace").rstrip("\r")


async def _readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(descriptor, ready.set)
    except PermissionError:  # a regular file is always readable, and cannot be watched (epoll_ctl(2), EPERM)
        return
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)
