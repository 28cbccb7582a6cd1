"""Versions of stored things for `ETag` and `If-Match` (RFC 9110, §8.8.3 and §13.1.1), from `updated_at`."""

from datetime import UTC, datetime, timedelta

from config.errors import PreconditionFailedError


def etag(updated_at: datetime) -> str:
    """The entity tag of what was last changed then, quotes included."""
    return f'"{(updated_at.astimezone(UTC) - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1):x}"'


def require_match(if_match: str | None, updated_at: datetime) -> None:
    """Refuse a write that is meant for another version.

    Args:
        if_match: The header as it was sent; None and `*` match every version.
        updated_at: Of the stored version.

    Raises:
        PreconditionFailedError: 412.
    """
    if if_match is None:
        return
    wanted = {tag.strip().removeprefix("W/") for tag in if_match.split(",")}
    if "*" not in wanted and etag(updated_at) not in wanted:
        raise PreconditionFailedError(
            "It was changed since you read it. Read it again and repeat.", param="If-Match"
        )


def next_update(updated_at: datetime) -> datetime:
    """The moment of a change made now: later than the one before, whatever the clock says."""
    return max(datetime.now(UTC), updated_at + timedelta(microseconds=1))
