"""Cursors."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import InvalidInputError
from data.pagination import Cursor, Page, require_page_size

MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001
    max_value=datetime(9000, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(st.text(), st.one_of(st.text(), MOMENTS), st.text())
def test_a_cursor_comes_back(order: str, value: str | datetime, item_id: str) -> None:
    cursor = Cursor(order, value, item_id)
    text = cursor.encode()
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    if len(text) <= 4096:
        assert Cursor.decode(text, order=order, timed=isinstance(cursor.value, datetime)) == cursor


@given(MOMENTS, st.text(), st.text())
def test_a_cursor_is_good_for_its_order_only(value: datetime, order: str, other: str) -> None:
    text = Cursor("a:" + order, value, "id").encode()
    with pytest.raises(InvalidInputError) as error:
        Cursor.decode(text, order="b:" + other, timed=False)
    assert (error.value.code, error.value.param) == ("invalid_cursor", "cursor")


@given(st.one_of(st.text(), st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode())))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        Cursor.decode(text, order="created_at:desc", timed=True)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        [],
        ["o"],
        ["o", True, "not a time", "id"],
        ["o", True, "2026-01-01T00:00:00", "id"],
        ["o", True, "0001-01-01T00:00:00+23:00", "id"],
        ["o", 1, "x", "id"],
        ["o", False, 5, "id"],
        ["o", False, "x", None],
        ["o", False, "x", "id", "more"],
        "[" * 1500,
    ],
)
def test_json_that_is_no_cursor_is_refused(fields: object) -> None:
    raw = fields if isinstance(fields, str) else json.dumps(fields)
    with pytest.raises(InvalidInputError):
        Cursor.decode(base64.urlsafe_b64encode(raw.encode()).decode(), order="o", timed=True)


def test_a_page_knows_whether_there_is_more() -> None:
    assert not Page(items=(1,)).has_more
    assert Page(items=(1,), next_cursor="x").has_more


@pytest.mark.parametrize("size", [-1, 0, 101, 10**12])
def test_a_page_has_1_to_100_items(size: int) -> None:
    with pytest.raises(InvalidInputError) as error:
        require_page_size(size)
    assert error.value.code == "invalid_page_size"


@pytest.mark.parametrize("timed", [True, False])
def test_a_crafted_cursor_with_a_value_of_the_other_kind_is_refused(timed: bool) -> None:
    value = "some text" if timed else datetime(2026, 1, 1, tzinfo=UTC)
    text = Cursor("started_at:desc", value, "conv_1").encode()
    with pytest.raises(InvalidInputError) as caught:
        Cursor.decode(text, order="started_at:desc", timed=timed)
    assert caught.value.code == "invalid_cursor"
