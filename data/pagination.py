"""Pages of long lists, by keyset.

A cursor names the last item seen, so that rows that are added or removed between two pages neither repeat nor
hide others.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from config.errors import InvalidInputError

DEFAULT_PAGE_SIZE = 30
MAX_PAGE_SIZE = 100
_MAX_CURSOR_LENGTH = 4096

T = TypeVar("T")
SortValue = str | datetime


class SortDirection(StrEnum):
    """Which end of a list comes first."""

    ASCENDING = "asc"
    DESCENDING = "desc"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list."""

    items: tuple[T, ...]
    next_cursor: str | None = None
    """Opaque; asks for what follows. None on the last page."""

    @property
    def has_more(self) -> bool:
        """True when another page follows."""
        return self.next_cursor is not None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the last item's sort value and id, under one named order."""

    order: str
    """Name of the order, such as `created_at:desc`; a cursor is good for no other."""
    value: SortValue
    item_id: str

    def encode(self) -> str:
        """The cursor as text for a URL."""
        timed = isinstance(self.value, datetime)
        value = self.value.astimezone(UTC).isoformat() if isinstance(self.value, datetime) else self.value
        text = json.dumps([self.order, timed, value, self.item_id], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str, *, order: str, timed: bool) -> "Cursor":
        """Read a cursor back.

        Args:
            text: What `encode` gave.
            order: The order of the list that is being read.
            timed: True for an order by a moment, False for one by a text.

        Raises:
            InvalidInputError: `invalid_cursor`: it is no cursor, or one of another order.
        """
        fields = _fields(text)
        match fields:
            case [str(found), bool(is_time), str(value), str(item_id)] if found == order and is_time is timed:
                return cls(order, _time(value) if timed else value, item_id)
            case _:
                raise _invalid()


def require_page_size(page_size: int) -> None:
    """Refuse a page size outside 1 to 100.

    Raises:
        InvalidInputError: `invalid_page_size`.
    """
    if not 1 <= page_size <= MAX_PAGE_SIZE:
        raise InvalidInputError(
            f"page_size must be between 1 and {MAX_PAGE_SIZE}.", param="page_size", code="invalid_page_size"
        )


def _fields(text: str) -> object:
    if len(text) > _MAX_CURSOR_LENGTH:
        raise _invalid()
    try:
        raw = base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        fields: object = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        raise _invalid() from None
    return fields


def _time(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise _invalid() from None
    if moment.tzinfo is None:
        raise _invalid()
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise _invalid() from None


def _invalid() -> InvalidInputError:
    return InvalidInputError(
        "This cursor is not one of this list; start again without it.", param="cursor", code="invalid_cursor"
    )
