"""Ids."""

import re
import time

from data.ids import new_id


def test_ids_have_their_shape() -> None:
    ids = {new_id("conv") for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"conv_[0-7][0-9a-hjkmnp-tv-z]{25}", item) for item in ids)


def test_later_ids_sort_after_earlier_ones() -> None:
    first = new_id("agent")
    start = time.time_ns() // 1_000_000
    while time.time_ns() // 1_000_000 <= start:
        pass
    assert new_id("agent") > first
