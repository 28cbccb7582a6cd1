"""Cells say what the reader of a sheet sees."""

import datetime

import pytest

from data.knowledge.extract.cell_text import CellValue, cell_text


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (39, "General", "39"),
        (0.1 + 0.2, "General", "0.3"),
        (9850.5, "#,##0.00", "9850.50"),
        (0.19, "0%", "19%"),
        (0.1925, "0.0#%", "19.25%"),
        (39, '"$"#,##0.00', "$39.00"),
        (39.5, r"#,##0.00\ [$€-407]", "39.50 €"),
        (39, '_-* #,##0.00\\ "€"_-;-* #,##0.00\\ "€"_-', "39.00 €"),
        (1200, "[$CHF] #,##0", "CHF 1200"),
        (-5, "$#,##0_);[Red]($#,##0)", "-$5"),
        (2.5, '0.0 "kg"', "2.5 kg"),
        (1234, "00000", "01234"),
        (0.5, ".00", "0.50"),
        (12.6, "0", "13"),
    ],
)
def test_numbers_have_their_currency_unit_and_digits(value: float, code: str, expected: str) -> None:
    assert cell_text(value, code) == expected


@pytest.mark.parametrize(
    "code", ["0.0E+00", "# ?/?", "0.0,", "#,##0,", "(###) ###-####", "", "@", ";;;", "0" * 300, "[$-409]General"]
)
def test_formats_that_are_more_than_a_number_leave_it_as_it_is(code: str) -> None:
    assert cell_text(1250.25, code) == "1250.25"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        ("one_x000D_\ntwo", "one\ntwo"),
        (True, "yes"),
        (datetime.datetime(2026, 1, 12), "2026-01-12"),  # noqa: DTZ001
        (datetime.datetime(2026, 1, 12, 9, 30), "2026-01-12 09:30"),  # noqa: DTZ001
        (datetime.date(2026, 1, 12), "2026-01-12"),
        (datetime.time(9, 30), "09:30"),
        (datetime.time(9, 30, 5), "09:30:05"),
        (datetime.timedelta(hours=26, minutes=5), "26:05"),
        (-datetime.timedelta(minutes=5), "-0:05"),
    ],
)
def test_other_values_are_texts(value: CellValue, expected: str) -> None:
    assert cell_text(value, None) == expected
