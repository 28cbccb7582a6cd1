"""Booking: what is accepted, asked and stored."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import JsonValue

from bot.tools.book_appointment import BookAppointmentTool
from bot.tools.tool import ToolArgumentsError, ToolContext
from config.errors import InvalidInputError
from data.agent_config import AgentSettings
from tests.bot.calls import make_call, make_context
from tests.bot.tools.fakes import MemoryBook

_GOOD: dict[str, JsonValue] = {"name": " Dana Smith ", "date": "2026-11-24", "time": "10:00"}


def _context(zone: str | None = "America/New_York", now: datetime | None = None) -> ToolContext:
    config = make_call(AgentSettings(timezone=zone))
    return make_context(config=config, now=now) if now else make_context(config=config)


def _check(**arguments: JsonValue) -> dict[str, JsonValue]:
    return BookAppointmentTool(MemoryBook()).check({**_GOOD, **arguments}, _context())


async def test_books_and_says_so() -> None:
    book = MemoryBook()
    tool = BookAppointmentTool(book)
    checked = tool.check({**_GOOD, "topic": "Pricing", "invented": 1}, _context())
    result = await tool.run(checked, _context())
    request = book.requests[0]
    assert request.starts_at == datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("America/New_York"))
    assert (request.name, request.phone_number, request.topic) == ("Dana Smith", "+12025550123", "Pricing")
    assert result.content == {
        "status": "booked",
        "appointment_id": "appt_1",
        "message": "The appointment for Dana Smith is booked for Tuesday, 24 November at 10 in the morning.",
    }
    assert not result.ends_call


async def test_the_same_booking_has_the_same_key() -> None:
    book = MemoryBook()
    tool = BookAppointmentTool(book)
    for arguments in ({}, {"name": "dana smith", "notes": "x"}, {"time": "11:00"}):
        await tool.run(tool.check({**_GOOD, **arguments}, _context()), _context())
    keys = [request.idempotency_key for request in book.requests]
    assert keys[0] == keys[1] != keys[2]
    assert keys[0].startswith("conv_1:")


async def test_a_taken_slot_is_told() -> None:
    book = MemoryBook()
    book.taken = True
    with pytest.raises(InvalidInputError, match="taken"):
        await BookAppointmentTool(book).run(_check(), _context())


async def test_a_time_that_passed_while_the_caller_thought_is_refused() -> None:
    later = _context(now=datetime(2026, 11, 24, 15, 0, tzinfo=UTC))
    with pytest.raises(ToolArgumentsError, match="is past"):
        await BookAppointmentTool(MemoryBook()).run(_check(), later)


@pytest.mark.parametrize(
    ("given", "normalised"),
    [
        ("10:00", "10:00"),
        ("9:30", "09:30"),
        ("10am", "10:00"),
        ("2 PM", "14:00"),
        ("12:15 p.m.", "12:15"),
        ("14:00:00", "14:00"),
    ],
)
def test_times(given: str, normalised: str) -> None:
    assert _check(time=given)["time"] == normalised


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"date": "2026-02-30"}, "date: .*YYYY-MM-DD"),
        ({"date": "next Tuesday"}, "date: .*YYYY-MM-DD"),
        ({"date": "2026-11-19"}, "past; it is now Friday 2026-11-20 10:30"),
        ({"date": "2026-11-20", "time": "10:30"}, "is past"),
        ({"date": "2028-01-03"}, "a year ahead"),
        ({"time": "25:00"}, "time: .*HH:MM"),
        ({"time": "noonish"}, "time: .*HH:MM"),
        ({"time": "03:00"}, "morning or afternoon"),
        ({"time": "21:30"}, "morning or afternoon"),
        ({"name": ""}, "name: "),
        ({"name": None}, "name is missing"),
        ({"name": 5}, "name: "),
        ({"phone": "12"}, "telephone number"),
    ],
)
def test_what_cannot_be_booked_is_explained(arguments: dict[str, JsonValue], complaint: str) -> None:
    with pytest.raises(ToolArgumentsError, match=complaint):
        _check(**arguments)


def test_several_mistakes_are_all_named() -> None:
    with pytest.raises(ToolArgumentsError, match=r"name is missing.*date is missing.*time is missing"):
        BookAppointmentTool(MemoryBook()).check({}, _context())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", "+12025550123"),
        ("the caller's number", "+12025550123"),
        (None, "+12025550123"),
        ("+44 20 7946 0018", "+442079460018"),
        ("(202) 555-0177", "+12025550177"),
    ],
)
def test_phone_numbers(given: str | None, kept: str) -> None:
    assert _check(phone=given)["phone"] == kept


def test_the_question_names_what_will_be_booked() -> None:
    tool = BookAppointmentTool(MemoryBook())
    question = tool.confirmation_question(_check(time="14:30", date="2027-01-05"), _context())
    assert (
        question
        == "Shall I book an appointment for Dana Smith on Tuesday, 5 January 2027 at 2:30 in the afternoon?"
    )


def test_the_schema_is_what_a_model_needs() -> None:
    parameters = BookAppointmentTool(MemoryBook()).parameters
    assert parameters["required"] == ["name", "date", "time"]
    properties = parameters["properties"]
    assert isinstance(properties, dict)
    assert properties["date"] == {"type": "string", "description": "The day, as YYYY-MM-DD."}
