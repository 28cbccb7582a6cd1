"""Values of spreadsheet cells as the texts that a reader of the sheet sees: with currency, unit and per cent.

Number formats are those of ECMA-376 part 1, 18.8.31. What is more than a number with something before and after it
(fractions, exponents, scaling) is left out of account: the number stands there as it is.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

CellValue = (
    str | bool | int | float | datetime.datetime | datetime.date | datetime.time | datetime.timedelta | None
)
"""What openpyxl gives for a cell."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"'
    r"|\\(?P<escaped>.)"
    r"|\[\$(?P<currency>[^\]-]*)[^\]]*\]"
    r"|\[[^\]]*\]"  # a colour, a condition
    r"|[_*]."  # room as wide as a character, and what fills a column
    r"|(?P<digits>[#0?][#0?,]*(?:\.[#0?]*)?|\.[#0?]+)"
    r"|(?P<plain>.)",
    re.DOTALL,
)
_PLAIN_FORMATS = frozenset({"", "general", "@"})
_MAX_FORMAT_CHARS = 255
"""As Excel allows."""
_CARRIAGE_RETURN = "_x000D_"
"""How OOXML writes one inside a text (ECMA-376 part 1, 22.9.2.19)."""


@dataclass(frozen=True, slots=True)
class _NumberFormat:
    """What stands around a number, and how many digits it has at least and at most."""

    before: str
    after: str
    least_whole: int
    least_decimals: int
    most_decimals: int
    is_share: bool

    def shown(self, number: float) -> str:
        """A number in this format; thousands are not set apart."""
        scaled = abs(number) * (100 if self.is_share else 1)
        whole, _, decimals = f"{scaled:.{self.most_decimals}f}".partition(".")
        least = decimals[: self.least_decimals]
        decimals = least + decimals[self.least_decimals :].rstrip("0")
        digits = whole.zfill(self.least_whole) + (f".{decimals}" if decimals else "")
        return f"{'-' if number < 0 else ''}{self.before}{digits}{self.after}"


def cell_text(value: CellValue, number_format: str | None) -> str:
    """A cell's value as its reader sees it; errors of formulas are not for this.

    Args:
        value: The value.
        number_format: The format's code, such as `0.00%`; for numbers only.
    """
    match value:
        case None:
            return ""
        case str():
            return value.replace(_CARRIAGE_RETURN, "")
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return _number(value, number_format or "")
        case datetime.timedelta():
            return _duration(value)
        case datetime.time():
            return _clock(value)
        case datetime.datetime():
            date = value.date().isoformat()
            return date if value.time() == datetime.time() else f"{date} {_clock(value.time())}"
        case datetime.date():
            return value.isoformat()


def _number(value: float, code: str) -> str:
    parsed = _parsed(code.partition(";")[0])
    if parsed is None:
        # As many digits as Excel keeps: 0.1 + 0.2 is 0.3 to whoever looks at it.
        return str(value) if isinstance(value, int) else f"{value:.15g}"
    return parsed.shown(value)


def _parsed(code: str) -> _NumberFormat | None:
    """A format that is one number with something around it; None for any other."""
    if code.lower() in _PLAIN_FORMATS or len(code) > _MAX_FORMAT_CHARS:
        return None
    digits: str | None = None
    before, after = "", ""
    is_share = False
    for kind, text in _tokens(code):
        if kind == "digits":
            if digits is not None:
                return None
            digits = text
            continue
        if kind == "plain":
            if text.isalpha() or text in "/,":
                return None
            is_share = is_share or text == "%"
        before, after = (before + text, after) if digits is None else (before, after + text)
    whole, _, decimals = (digits or ",").partition(".")
    if whole.endswith(","):
        return None
    return _NumberFormat(
        before=before.lstrip(),
        after=after.rstrip(),
        least_whole=whole.count("0"),
        least_decimals=decimals.count("0"),
        most_decimals=len(decimals),
        is_share=is_share,
    )


def _tokens(code: str) -> Iterator[tuple[str, str]]:
    """The parts of a format that are seen, with their kind."""
    for match in _TOKEN.finditer(code):
        if match.lastgroup is not None:
            yield match.lastgroup, match[match.lastgroup]


def _duration(value: datetime.timedelta) -> str:
    minutes = round(value.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else ''}{hours}:{rest:02}"


def _clock(value: datetime.time) -> str:
    return value.isoformat("seconds" if value.second else "minutes")
