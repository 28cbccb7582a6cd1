"""`book_appointment`: puts a meeting into the book, after the caller has said yes to exactly that meeting."""

import hashlib
import re
from datetime import date, datetime, time, timedelta

import phonenumbers
from pydantic import Field, JsonValue, field_validator

from bot.call_config import CallConfig
from bot.dynamic_variables import call_timezone
from bot.tools.appointment_book import AppointmentBook, AppointmentRequest
from bot.tools.arguments import ToolArguments, arguments_schema, parse_arguments
from bot.tools.spoken_time import spoken_date, spoken_time
from bot.tools.tool import Arguments, ToolArgumentsError, ToolContext, ToolResult
from data.agent_config import BuiltInTool

DESCRIPTION = (
    "Books an appointment. Use it once the caller has given a name, a day and a time. "
    "The caller is asked to confirm before it is booked."
)
EARLIEST = time(7)
LATEST = time(21)
"""Appointments start from 07:00 to 21:00 of the agent's timezone; outside, am and pm were mixed up."""
LONGEST_AHEAD = timedelta(days=366)

_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::00)?\s*([ap])?\.?m?\.?", re.IGNORECASE)
_AFTERNOON = 12


class BookAppointmentArguments(ToolArguments):
    """Arguments of `book_appointment`."""

    name: str = Field(min_length=1, max_length=120, description="The caller's full name.")
    date: str = Field(description="The day, as YYYY-MM-DD.")
    time: str = Field(description="When it starts, 24-hour, as HH:MM.")
    topic: str = Field("", max_length=200, description="What it is about, in a few words.")
    notes: str = Field("", max_length=1000, description="Anything else worth knowing.")
    phone: str = Field("", max_length=40, description="Only if the caller wants to be called on another number.")

    @field_validator("date")
    @classmethod
    def _real_date(cls, value: str) -> str:
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise ValueError(f"{value[:40]!r} is no date; use YYYY-MM-DD") from None

    @field_validator("time")
    @classmethod
    def _real_time(cls, value: str) -> str:
        match = _TIME.fullmatch(value)
        hour, minute, half = (int(match[1]), int(match[2] or 0), match[3]) if match else (-1, 0, None)
        if half is not None and 1 <= hour <= _AFTERNOON:
            hour = hour % _AFTERNOON + (_AFTERNOON if half.lower() == "p" else 0)
        try:
            return f"{time(hour, minute):%H:%M}"
        except ValueError:
            raise ValueError(f"{value[:40]!r} is no time of day; use HH:MM, 24-hour") from None


class BookAppointmentTool:
    """See the module; a `Tool`.

    Args:
        book: Where the appointment is kept.
        description: Replaces the built-in description for the model; empty keeps it.
    """

    name = BuiltInTool.BOOK_APPOINTMENT.value
    is_write = True
    requires_confirmation = True

    def __init__(self, book: AppointmentBook, description: str = "") -> None:
        self._book = book
        self.description = description or DESCRIPTION
        self.parameters = arguments_schema(BookAppointmentArguments)

    def check(self, arguments: Arguments, context: ToolContext) -> dict[str, JsonValue]:
        """See `Tool.check`: a real moment, in the future, at a sane hour, and a number that can be called."""
        wanted = parse_arguments(BookAppointmentArguments, arguments)
        starts_at = _starts_at(wanted, context.config)
        if starts_at <= context.now:
            today = context.now.astimezone(starts_at.tzinfo)
            raise ToolArgumentsError(
                f"{wanted.date} {wanted.time} is past; it is now {today:%A} {today:%Y-%m-%d} {today:%H:%M}."
            )
        if starts_at > context.now + LONGEST_AHEAD:
            raise ToolArgumentsError(f"{wanted.date} is more than a year ahead; ask the caller for the day again.")
        if not EARLIEST <= starts_at.time() <= LATEST:
            raise ToolArgumentsError(
                f"{wanted.time} is outside of {EARLIEST:%H:%M} to {LATEST:%H:%M}; "
                "ask the caller whether they mean morning or afternoon."
            )
        phone = _callable_number(wanted.phone, context.config)
        return wanted.model_copy(update={"phone": phone}).model_dump(mode="json")

    def confirmation_question(self, arguments: Arguments, context: ToolContext) -> str:
        """The booking in one sentence, as the caller is to agree to it."""
        wanted = BookAppointmentArguments.model_validate(arguments)
        starts_at = _starts_at(wanted, context.config)
        day = spoken_date(starts_at.date(), context.now.astimezone(starts_at.tzinfo).date())
        return f"Shall I book an appointment for {wanted.name} on {day} at {spoken_time(starts_at)}?"

    async def run(self, arguments: Arguments, context: ToolContext) -> ToolResult:
        """Book it.

        Raises:
            InvalidInputError: The slot is taken, or has passed while the caller was thinking.
        """
        wanted = BookAppointmentArguments.model_validate(self.check(arguments, context))
        starts_at = _starts_at(wanted, context.config)
        booked = await self._book.book(
            AppointmentRequest(
                workspace_id=context.config.agent.workspace_id,
                conversation_id=context.config.conversation_id,
                agent_id=context.config.agent.agent_id,
                name=wanted.name,
                starts_at=starts_at,
                phone_number=wanted.phone,
                topic=wanted.topic,
                notes=wanted.notes,
                idempotency_key=_idempotency_key(context.config, wanted),
            )
        )
        local = booked.starts_at.astimezone(starts_at.tzinfo)
        day = spoken_date(local.date(), context.now.astimezone(starts_at.tzinfo).date())
        when = f"{day} at {spoken_time(local)}"
        return ToolResult(
            {
                "status": "booked",
                "appointment_id": booked.appointment_id,
                "message": f"The appointment for {wanted.name} is booked for {when}.",
            }
        )


def _starts_at(wanted: BookAppointmentArguments, config: CallConfig) -> datetime:
    return datetime.combine(
        date.fromisoformat(wanted.date), time.fromisoformat(wanted.time), tzinfo=call_timezone(config)
    )


def _callable_number(given: str, config: CallConfig) -> str:
    """`given` as E.164, or the caller's own number where nothing that has digits was given."""
    if not any(character.isdigit() for character in given):
        return config.caller_number
    try:
        number = phonenumbers.parse(given, _region(config))
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ToolArgumentsError("phone is not a telephone number; leave it out to use the caller's own.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _region(config: CallConfig) -> str | None:
    """The country whose way of dialling the caller will use: theirs, or else the agent's."""
    for known in (config.caller_number, config.agent_number):
        try:
            region = phonenumbers.region_code_for_number(phonenumbers.parse(known))
        except phonenumbers.NumberParseException:
            continue
        if region:
            return region
    return None


def _idempotency_key(config: CallConfig, wanted: BookAppointmentArguments) -> str:
    what = "\x1f".join((wanted.name.casefold(), wanted.date, wanted.time))
    return f"{config.conversation_id}:{hashlib.sha256(what.encode()).hexdigest()[:32]}"
