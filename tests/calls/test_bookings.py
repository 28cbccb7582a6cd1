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


class SlowBook:
    """The appointment book, which finishes when it is let to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = asyncio.Event()
        self.let_go = asyncio.Event()
        book = DatabaseAppointmentBook.book

        async def slowly(database: DatabaseAppointmentBook, request: AppointmentRequest) -> BookedAppointment:
            self.begun.set()
            await self.let_go.wait()
            return await book(database, request)

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
    book = SlowBook(monkeypatch)
    phone = await dial(await house.add_agent(settings=BOOKING))
    await phone.ask("Book me in for Friday at three pm. My name is Ben Hill.")
    await house.vendors.teach("Are you still there?")
    await phone.say("Yes, please.")
    await asyncio.wait_for(book.begun.wait(), 5)
    talking = asyncio.create_task(phone.caller.say("Are you still there?"))
    asyncio.get_running_loop().call_later(0.4, book.let_go.set)  # in the middle of what they say
    await talking
    await phone.listen()
    record = await phone.hang_up()

    (appointment,) = await house.appointments(record.conversation_id)
    assert appointment.customer_name == "Ben Hill"
    asked, *booked = [call.result for turn in record.turns for call in turn.tool_calls]
    assert asked != booked[0]
    assert all(isinstance(result, dict) and result["status"] == "booked" for result in booked)
    assert any(call.result in booked for call in record.turns[-1].tool_calls), "the next reply knows of it"
    assert phone.heard(record.turns[-1].message)


async def test_a_booking_under_way_when_the_caller_hangs_up_is_finished_and_on_record(
    house: CallHouse, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = SlowBook(monkeypatch)
    phone = await dial(await house.add_agent(settings=BOOKING))
    await phone.ask("Book me in for Friday at four pm. My name is Ben Hill.")
    await phone.say("Yes, please.")
    await asyncio.wait_for(book.begun.wait(), 5)
    phone.caller.hang_up()
    await phone.caller.wait_ended()
    book.let_go.set()
    record = await phone.stored()

    (appointment,) = await house.appointments(record.conversation_id)
    assert appointment.customer_name == "Ben Hill"
    booked = [call for turn in record.turns for call in turn.tool_calls][1:]
    assert [call.tool_name for call in booked] == ["book_appointment"]
