"""How far a document has come: embedded first, then published."""

from collections.abc import Callable

ProgressListener = Callable[[int, int], None]
"""Told how much of how much is done."""


def halves(
    listener: ProgressListener | None, total: int | None
) -> tuple[ProgressListener | None, ProgressListener | None]:
    """Listeners for the two halves of the work: embedding, then publishing."""
    if listener is None:
        return None, None
    told = listener
    return (
        lambda done, count: told(done, 2 * (total or count)),
        lambda done, count: told((total or count) + done, 2 * (total or count)),
    )
