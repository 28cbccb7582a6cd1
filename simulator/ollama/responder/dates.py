"""Days and times of day in what a caller says."""

import re
from datetime import date, datetime, time, timedelta

from simulator.ollama.responder.words import NUMBERS, word_list

_MONTHS = word_list(
    """
    january february march april may june july august september october november december
    """
)
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTH_OF = {name[:length]: number + 1 for number, name in enumerate(_MONTHS) for length in (3, len(name))}
_MONTH_OF["sept"] = 9
_MONTH = r"(?P<month>" + "|".join(sorted(_MONTH_OF, key=len, reverse=True)) + r")\.?"
_ORDINAL_WORDS = word_list(
    """
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
    """
)
_ORDINALS = {word: number + 1 for number, word in enumerate(_ORDINAL_WORDS)}
_ORDINALS |= {f"twenty {word}": 20 + value for word, value in list(_ORDINALS.items())[:9]}
_ORDINALS |= {"thirtieth": 30, "thirty first": 31}
_SPOKEN_ORDINAL = "|".join(sorted(_ORDINALS, key=len, reverse=True)).replace(" ", r"[\s-]")
_DAY = rf"(?P<day>\d{{1,2}}|{_SPOKEN_ORDINAL})(?:st|nd|rd|th)?\b"
_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(NUMBERS)}|a|an)"

_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_US = re.compile(r"\b(\d{1,2})/(\d{1,2})(?:/(\d{2,4}))?\b")
_MONTH_DAY = re.compile(rf"\b{_MONTH}\s+(?:the\s+)?{_DAY}(?:,?\s+(?P<year>20\d\d))?", re.I)
_DAY_MONTH = re.compile(rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<year>20\d\d))?", re.I)
_THE_DAY = re.compile(rf"\bthe\s+(?P<day>\d{{1,2}}(?=st|nd|rd|th)|{_SPOKEN_ORDINAL})(?:st|nd|rd|th)?\b", re.I)
_AHEAD = re.compile(rf"\bin\s+{_COUNT}\s+(?P<unit>day|week)s?\b", re.I)
_WEEKDAY = re.compile(rf"\b(?P<day>{'|'.join(_DAYS)})s?\b", re.I)
_TODAY = re.compile(
    r"\b(?:today|current (?:local )?(?:date|time)(?: and time)?|date|now)\b(?:'s date)?\s*(?:is|:|=)?[^\n]{0,30}",
    re.I,
)

_HOUR_WORDS = {word: value for word, value in NUMBERS.items() if 1 <= value <= 12}
_HOUR = rf"(?P<hour>\d{{1,2}}|{'|'.join(_HOUR_WORDS)})"
_MINUTE_WORDS = r"fifteen|thirty|forty[\s-]five|ten|twenty|forty|fifty|oh five"
_HALF = r"(?P<half>a\.?\s?m\b\.?|p\.?\s?m\b\.?|(?:o'?clock\s+)?in the (?:morning|afternoon|evening)|at night)"
_CLOCK = re.compile(rf"\b(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)\s*{_HALF}?", re.I)
_PAST = re.compile(rf"\b(?P<part>half|quarter)\s+(?P<side>past|to|after|before)\s+{_HOUR}(?:\s*{_HALF})?", re.I)
_WITH_HALF = re.compile(rf"\b{_HOUR}(?:\s+(?P<minute>{_MINUTE_WORDS}))?\s*{_HALF}", re.I)
_OCLOCK = re.compile(rf"\b{_HOUR}\s*o'?\s?clock", re.I)
_SPOKEN = re.compile(
    rf"\b(?:at|around|about|by|for)\s+{_HOUR}(?:\s+(?P<minute>{_MINUTE_WORDS}))?\b(?!\s*(?:people|persons|guests|minutes|hours|days|weeks|of|years|year|percent|panels))",
    re.I,
)
_BARE = re.compile(rf"^\W*{_HOUR}(?:\s+(?P<minute>{_MINUTE_WORDS}))?\W*$", re.I)
_MINUTES = {"fifteen": 15, "thirty": 30, "ten": 10, "twenty": 20, "forty": 40, "fifty": 50, "oh five": 5}
_FIRST_HOUR = 7
_NOON = 12


def reference_day(system: str) -> date:
    """The day that a prompt calls today, or else the clock's."""
    for match in _TODAY.finditer(system):
        line = system[match.start() : match.start() + 120]
        found = _absolute(line, date(1900, 1, 1))
        if found is not None and found.year > 1900:
            return found
    return datetime.now().astimezone().date()


def find_date(text: str, today: date) -> date | None:
    """The day that is meant; the last one named wins ("not Monday, Tuesday").

    A weekday, with or without "next", is the first such day after today.
    """
    lowered = text.lower()
    if "day after tomorrow" in lowered:
        return today + timedelta(days=2)
    found = _absolute(text, today)
    if found is not None:
        return found
    if re.search(r"\btomorrow\b", lowered):
        return today + timedelta(days=1)
    ahead = _AHEAD.search(text)
    if ahead:
        count = _value(ahead["count"].lower())
        return today + timedelta(days=count * (7 if ahead["unit"].lower() == "week" else 1))
    weekdays = list(_WEEKDAY.finditer(text))
    if weekdays:
        wanted = _DAYS.index(weekdays[-1]["day"].lower())
        return today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)
    if re.search(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b", lowered):
        return today
    the_day = _THE_DAY.search(text)
    return _day_of_month(_ordinal(the_day["day"]), today) if the_day else None


def find_time(text: str, *, asked: bool = False) -> time | None:
    """The time of day that is meant. Without am or pm, one to six are in the afternoon.

    Args:
        text: What was said.
        asked: The caller was asked for a time, so that a bare number is one.
    """
    lowered = text.lower()
    for pattern in (_CLOCK, _PAST, _WITH_HALF, _OCLOCK, _SPOKEN, *((_BARE,) if asked else ())):
        match = pattern.search(text)
        if match:
            found = _time(match.groupdict(), lowered)
            if found is not None:
                return found
    if re.search(r"\b(?:noon|midday)\b", lowered):
        return time(_NOON)
    return time(0) if re.search(r"\bmidnight\b", lowered) else None


def _time(groups: dict[str, str | None], lowered: str) -> time | None:
    hour = _value((groups["hour"] or "").lower())
    minute = groups.get("minute") or "0"
    minutes = int(minute) if minute.isdigit() else _MINUTES.get(minute.lower(), 45)
    half = groups.get("half") or ""
    part, side = groups.get("part"), (groups.get("side") or "").lower()
    if part:
        minutes = 30 if part.lower() == "half" else 15
        if side in ("to", "before"):
            hour, minutes = hour - 1, 60 - minutes
    is_afternoon = half[:1].lower() == "p" or "afternoon" in half or "evening" in half or "night" in half
    is_morning = (half[:1].lower() == "a" and not half.startswith("at")) or "morning" in half
    if not half and hour < _FIRST_HOUR and not re.search(r"\b0\d:\d\d", lowered):
        is_afternoon = "morning" not in lowered
    if not half and re.search(r"\b(?:afternoon|evening|tonight)\b", lowered) and hour < _NOON:
        is_afternoon = True
    if is_afternoon and hour < _NOON:
        hour += _NOON
    if is_morning and hour == _NOON:
        hour = 0
    return time(hour, minutes) if 0 <= hour <= 23 and minutes < 60 else None


def _absolute(text: str, today: date) -> date | None:
    iso = _ISO.search(text)
    if iso:
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    named = list(_MONTH_DAY.finditer(text)) or list(_DAY_MONTH.finditer(text))
    if named:
        match = named[-1]
        month = _MONTH_OF[match["month"].lower()]
        year = int(match["year"]) if match["year"] else None
        return _in_future(year, month, _ordinal(match["day"]), today)
    american = _US.search(text)
    if american:
        year = int(american[3]) if american[3] else None
        return _in_future(year + 2000 if year and year < 100 else year, int(american[1]), int(american[2]), today)
    return None


def _in_future(year: int | None, month: int, day: int, today: date) -> date | None:
    if year is not None:
        return _date(year, month, day)
    this_year = _date(today.year, month, day)
    return this_year if this_year is None or this_year >= today else _date(today.year + 1, month, day)


def _day_of_month(day: int, today: date) -> date | None:
    if day >= today.day:
        return _date(today.year, today.month, day)
    following = today.replace(day=28) + timedelta(days=4)
    return _date(following.year, following.month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _ordinal(text: str) -> int:
    return int(text) if text.isdigit() else _ORDINALS[" ".join(re.split(r"[\s-]", text.lower()))]


def _value(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS.get(word, 1)
