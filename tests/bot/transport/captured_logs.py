"""Log lines as a test sees them."""

from collections.abc import Iterator
from contextlib import contextmanager

from loguru import logger


@contextmanager
def captured_logs() -> Iterator[list[str]]:
    """The lines logged within the block, with what was bound to them."""
    lines: list[str] = []
    sink = logger.add(lambda message: lines.append(str(message)), format="{level} {message} {extra}")
    try:
        yield lines
    finally:
        logger.remove(sink)
