"""Dates and times as a person would say them on the phone."""

from datetime import date, datetime

_NOON = 12
_EVENING = 18


def spoken_date(day: date, today: date) -> str:
    """`Tuesday, 24 November`, with the year where it is not `today`'s."""
    year = f" {day.year}" if day.year != today.year else ""
    return f"{day:%A}, {day.day} {day:%B}{year}"


def spoken_time(moment: datetime) -> str:
    """`10 in the morning`, `2:30 in the afternoon`, `noon`."""
    if (moment.hour, moment.minute) == (_NOON, 0):
        return "noon"
    if moment.hour < _NOON:
        part = "in the morning"
    else:
        part = "in the afternoon" if moment.hour < _EVENING else "in the evening"
    hour = (moment.hour - 1) % _NOON + 1
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{hour}{minutes} {part}"
