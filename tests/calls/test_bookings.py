"""Bookings: only with a spoken yes, exactly once, and on record whatever the caller does meanwhile."""

import asyncio

import pytest

from api.appointment_book import DatabaseAppointmentBook
from bot.tools.appointment_book import AppointmentRequest, BookedAppointment
from data.agent_config import AgentSettings, BuiltInTool, BuiltInToolSettings, RagSettings
from tests.calls.house import CallHouse
from tests.calls.phone import Dial, transcript

pytestmark = pytest.mark.asyncio(loop_scope="package")

BOOKING = AgentSettings(
    rag=RagSettings(enabled=False), built_in_tools={BuiltInTool.BOOK_APPOINTMENT: BuiltInToolSettings()}
)
BOOKING_SECONDS = 0.9


def slow_down_bookings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the appointment book take its time."""
    book = DatabaseAppointmentBook.book

    async def slowly(self: DatabaseAppointmentBook, request: AppointmentRequest) -> BookedAppointment:
        await asyncio.sleep(BOOKING_SECONDS)
        return await book(self, request)

    monkeypatch.setattr(DatabaseAppointmentBook, "book", slowly)


async def test_a_booking_that_is_declined_is_not_made(house: CallHouse, dial: Dial) -> None:
    phone = await dial(await house.add_agent(settings=BOOKING))
    await phone.ask("Book me in for Friday at two pm. My name is Ben Hill.")
    await phone.ask("No, thank you.", "All right, not done.")
    record = await phone.hang_up()

    assert await house.appointments(record.conversation_id) == []
    asked, declined = (turn for turn in record.turns if turn.tool_calls)
    assert asked.message.startswith("Shall I book")
    assert [call.tool_name for call in (*asked.tool_calls, *declined.tool_calls)] == ["book_appointment"] * 2
    assert transcript(record)[-2:] == [("user", "No, thank you."), ("agent", "All right, not done.")]


async def test_a_booking_the_caller_talks_over_is_made_once_and_on_record(
    house: CallHouse, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_down_bookings(monkeypatch)
    phone = await dial(await house.add_agent(settings=BOOKING))
    await phone.ask("Book me in for Friday at three pm. My name is Ben Hill.")
    await house.vendors.teach("Are you still there?")
    await phone.say("Yes, please.")
    await asyncio.sleep(0.5)
    await phone.caller.say("Are you still there?")
    await phone.listen()
    record = await phone.hang_up()

    (appointment,) = await house.appointments(record.conversation_id)
    assert appointment.customer_name == "Ben Hill"
    asked, *booked = [call.result for turn in record.turns for call in turn.tool_calls]
    assert asked != booked[0]
    assert all(isinstance(result, dict) and result["status"] == "booked" for result in booked)
    assert "is booked for Friday" in record.turns[-1].message, "and the caller hears of it"
    assert phone.heard(record.turns[-1].message)


async def test_a_booking_under_way_when_the_caller_hangs_up_is_finished_and_on_record(
    house: CallHouse, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_down_bookings(monkeypatch)
    phone = await dial(await house.add_agent(settings=BOOKING))
    await phone.ask("Book me in for Friday at four pm. My name is Ben Hill.")
    await phone.say("Yes, please.")
    await asyncio.sleep(0.5)
    record = await phone.hang_up()

    (appointment,) = await house.appointments(record.conversation_id)
    assert appointment.customer_name == "Ben Hill"
    booked = [call for turn in record.turns for call in turn.tool_calls][1:]
    assert [call.tool_name for call in booked] == ["book_appointment"]
