"""Tools and a book for tests."""

import asyncio

from pydantic import JsonValue

from bot.tools.appointment_book import AppointmentRequest, BookedAppointment
from bot.tools.tool import Arguments, ToolArgumentsError, ToolContext, ToolResult
from config.errors import InvalidInputError


class MemoryBook:
    """An `AppointmentBook` in memory; `gate` holds bookings up until it is set."""

    def __init__(self) -> None:
        self.requests: list[AppointmentRequest] = []
        self.taken = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def book(self, request: AppointmentRequest) -> BookedAppointment:
        await self.gate.wait()
        if self.taken:
            raise InvalidInputError("That time is taken; offer another.", code="slot_taken")
        self.requests.append(request)
        return BookedAppointment("appt_1", request.starts_at)


class FakeTool:
    """A tool whose run waits for `release`."""

    description = "Does a thing."
    parameters: dict[str, JsonValue] = {"type": "object", "properties": {}}  # noqa: RUF012

    def __init__(self, name: str = "look_up", *, is_write: bool = False, confirm: bool = False) -> None:
        self.name = name
        self.is_write = is_write
        self.requires_confirmation = confirm
        self.runs: list[dict[str, JsonValue]] = []
        self.started = asyncio.Event()
        self.release = asyncio.Event()
        self.release.set()
        self.was_cancelled = False
        self.error: Exception | None = None

    def check(self, arguments: Arguments, context: ToolContext) -> dict[str, JsonValue]:
        if "bad" in arguments:
            raise ToolArgumentsError("bad is not allowed")
        return dict(arguments)

    def confirmation_question(self, arguments: Arguments, context: ToolContext) -> str:
        return f"Shall I do {arguments.get('what', 'it')}?"

    async def run(self, arguments: Arguments, context: ToolContext) -> ToolResult:
        self.runs.append(dict(arguments))
        self.started.set()
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        if self.error is not None:
            raise self.error
        return ToolResult({"status": "done", "run": len(self.runs)})
