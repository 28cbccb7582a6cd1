"""Dates, times, names and numbers out of speech."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.ollama.responder.contacts import find_email, find_name, find_number, find_phone
from simulator.ollama.responder.dates import find_date, find_time, reference_day

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow", date(2026, 11, 21)),
        ("the day after tomorrow", date(2026, 11, 22)),
        ("next Tuesday", date(2026, 11, 24)),
        ("this friday", date(2026, 11, 27)),
        ("not Monday, Wednesday", date(2026, 11, 25)),
        ("November 24th", date(2026, 11, 24)),
        ("the 24th of November", date(2026, 11, 24)),
        ("twenty-fourth of november", date(2026, 11, 24)),
        ("on the 24th", date(2026, 11, 24)),
        ("on the third", date(2026, 12, 3)),
        ("Jan 5", date(2027, 1, 5)),
        ("3 March 2027", date(2027, 3, 3)),
        ("2026-12-01", date(2026, 12, 1)),
        ("12/24", date(2026, 12, 24)),
        ("in two weeks", date(2026, 12, 4)),
        ("today", FRIDAY),
        ("hello there", None),
        ("February 31st", None),
    ],
)
def test_dates(text: str, expected: date | None) -> None:
    assert find_date(text, FRIDAY) == expected


@given(st.dates(min_value=FRIDAY, max_value=FRIDAY + timedelta(days=360)))
def test_every_coming_day_is_understood_however_it_is_written(day: date) -> None:
    for form in ("%Y-%m-%d", "%B %-d", "%-d %B", "%B %-d, %Y", "%m/%d/%Y"):
        assert find_date(f"maybe {day.strftime(form)} then", FRIDAY) == day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 am", time(10)),
        ("at ten", time(10)),
        ("ten thirty a.m.", time(10, 30)),
        ("half past two", time(14, 30)),
        ("quarter to three", time(14, 45)),
        ("14:30", time(14, 30)),
        ("2:15 pm", time(14, 15)),
        ("two o'clock", time(14)),
        ("12 am", time(0)),
        ("noon", time(12)),
        ("eight in the evening", time(20)),
        ("for four people", None),
        ("hello", None),
    ],
)
def test_times(text: str, expected: time | None) -> None:
    assert find_time(text) == expected


@given(st.times())
def test_every_clock_time_with_am_or_pm_is_understood(moment: time) -> None:
    expected = moment.replace(second=0, microsecond=0)
    assert find_time(f"let's say {moment:%I:%M %p}") == expected


def test_a_bare_number_is_a_time_only_when_asked() -> None:
    assert find_time("nine") is None
    assert find_time("nine", asked=True) == time(9)


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("my name is maria lopez and I'd like a visit", False, "Maria Lopez"),
        ("This is Dr. O'Neil speaking", False, "O'Neil"),
        ("book a table for Ann Bell", False, "Ann Bell"),
        ("for tomorrow", False, None),
        ("I'm looking for a dentist", False, None),
        ("uh, it's john carter, please", True, "John Carter"),
        ("Ann", True, "Ann"),
        ("how much is it?", True, None),
        ("tomorrow at ten", True, None),
    ],
)
def test_names(text: str, asked: bool, expected: str | None) -> None:
    assert find_name(text, asked=asked) == expected


def test_contacts_and_numbers() -> None:
    assert find_email("it's ann.bell@example.com.") == "ann.bell@example.com"
    assert find_email("ann dot bell at example dot com") == "ann.bell@example.com"
    assert find_phone("call me on +1 (503) 555-0123") == "+1 (503) 555-0123"
    assert find_phone("five five five oh one two three") == "5550123"
    assert find_phone("on 2026-11-24") is None
    assert find_number("a table for four people", near=("people",)) == 4
    assert find_number("four", asked=True) == 4
    assert find_number("a table") is None


@pytest.mark.parametrize(
    "line", ["Today is Friday, 20 November 2026.", "Today's date: 2026-11-20", "Current date: November 20, 2026"]
)
def test_today_is_what_the_prompt_says(line: str) -> None:
    assert reference_day(f"You are Robin.\n{line}\nBe kind.") == FRIDAY


@given(st.text(max_size=200))
def test_nothing_that_is_said_breaks_them(text: str) -> None:
    find_date(text, FRIDAY)
    find_time(text, asked=True)
    find_name(text, asked=True)
    find_phone(text)
    find_email(text)
