"""Reads one page of a list by keyset, the same way for every table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar, cast

from sqlalchemy import ColumnElement, Select, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from data.models import Base
from data.models.types import UtcDateTime
from data.pagination import Cursor, Page, SortDirection, SortValue, require_page_size

R = TypeVar("R", bound=Base)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Keyset(Generic[R]):
    """An order of a table's rows: by a value, then by the id, which makes it total."""

    row: type[R]
    name: str
    """What the order is called in cursors."""
    value: ColumnElement[str] | ColumnElement[datetime] | InstrumentedAttribute[datetime]
    item_id: InstrumentedAttribute[str]
    direction: SortDirection

    async def page(
        self,
        session: AsyncSession,
        conditions: Sequence[ColumnElement[bool]],
        *,
        cursor: str | None,
        page_size: int,
        to_value: Callable[[R], T],
    ) -> Page[T]:
        """Read one page.

        Args:
            session: Where to read.
            conditions: What the rows have to satisfy.
            cursor: Where the last page ended; None begins at the start.
            page_size: 1 to 100.
            to_value: Makes an item of a row.

        Raises:
            InvalidInputError: `invalid_cursor` or `invalid_page_size`.
        """
        require_page_size(page_size)
        statement = self._ordered(select(self.row, self.value.label("sort_value")).where(*conditions))
        if cursor is not None:
            timed = isinstance(self.value.type, UtcDateTime)
            statement = statement.where(self._after(Cursor.decode(cursor, order=self._order, timed=timed)))
        rows = (await session.execute(statement.limit(page_size + 1))).all()
        items = tuple(to_value(row) for row, _ in rows[:page_size])
        if len(rows) <= page_size:
            return Page(items)
        last, value = rows[page_size - 1]
        item_id: str = getattr(last, self.item_id.key)
        return Page(items, Cursor(self._order, cast(SortValue, value), item_id).encode())

    @property
    def _order(self) -> str:
        return f"{self.name}:{self.direction}"

    def _ordered(self, statement: Select[R, object]) -> Select[R, object]:
        if self.direction is SortDirection.ASCENDING:
            return statement.order_by(self.value.asc(), self.item_id.asc())
        return statement.order_by(self.value.desc(), self.item_id.desc())

    def _after(self, cursor: Cursor) -> ColumnElement[bool]:
        here = tuple_(self.value, self.item_id)
        there = tuple_(literal(cursor.value, self.value.type), literal(cursor.item_id, self.item_id.type))
        return here > there if self.direction is SortDirection.ASCENDING else here < there
