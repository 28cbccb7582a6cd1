"""Times as they are said."""

from datetime import date, datetime

import pytest

from bot.tools.spoken_time import spoken_date, spoken_time


@pytest.mark.parametrize(
    ("clock", "spoken"),
    [
        ("00:05", "12:05 in the morning"),
        ("10:00", "10 in the morning"),
        ("12:00", "noon"),
        ("12:30", "12:30 in the afternoon"),
        ("17:45", "5:45 in the afternoon"),
        ("18:00", "6 in the evening"),
    ],
)
def test_times(clock: str, spoken: str) -> None:
    assert spoken_time(datetime.fromisoformat(f"2026-11-24T{clock}")) == spoken


def test_dates() -> None:
    today = date(2026, 11, 20)
    assert spoken_date(date(2026, 11, 24), today) == "Tuesday, 24 November"
    assert spoken_date(date(2027, 1, 1), today) == "Friday, 1 January 2027"
