"""Appointments in storage, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from config.errors import InvalidInputError, NotFoundError
from data.appointments import AppointmentQuery, AppointmentStatus
from data.database import Database
from data.repositories import AppointmentRepository
from tests.data.values import NOW, OTHER, WS, add_other_workspace, appointment, later


async def test_a_booking_is_stored_and_found(database: Database) -> None:
    async with database.session() as session:
        booked = await AppointmentRepository(session).book(WS, appointment("k1"))
    assert booked.status is AppointmentStatus.BOOKED
    async with database.read() as session:
        appointments = AppointmentRepository(session)
        assert await appointments.get(WS, booked.appointment_id) == booked
        assert (await appointments.list(WS, AppointmentQuery())).items == (booked,)


async def test_the_same_key_is_the_same_booking(database: Database) -> None:
    async with database.session() as session:
        appointments = AppointmentRepository(session)
        first = await appointments.book(WS, appointment("k1"))
        assert await appointments.book(WS, appointment("k1")) == first
        assert await appointments.book(WS, appointment("k1", start=600)) == first


@pytest.mark.parametrize(
    ("start", "minutes", "free"),
    [(0, 30, False), (-15, 30, False), (15, 5, False), (-60, 120, False), (30, 30, True), (-30, 30, True)],
)
async def test_a_time_is_given_once(database: Database, start: float, minutes: float, free: bool) -> None:
    async with database.session() as session:
        appointments = AppointmentRepository(session)
        await appointments.book(WS, appointment("k1"))
        if free:
            await appointments.book(WS, appointment("k2", start, minutes))
        else:
            with pytest.raises(InvalidInputError) as error:
                await appointments.book(WS, appointment("k2", start, minutes))
            assert error.value.code == "slot_taken"
        await appointments.book(WS, appointment("k3", start, minutes, agent_id="agent_2"))


async def test_many_who_want_one_time(database: Database) -> None:
    async def book(key: str) -> bool:
        async with database.session() as session:
            try:
                await AppointmentRepository(session).book(WS, appointment(key))
            except InvalidInputError:
                return False
            return True

    assert sorted(await asyncio.gather(*(book(f"k{index}") for index in range(6)))) == [False] * 5 + [True]


async def test_one_booking_sent_twice_at_once(database: Database) -> None:
    async def book() -> str:
        async with database.session() as session:
            return (await AppointmentRepository(session).book(WS, appointment("k"))).appointment_id

    assert len(set(await asyncio.gather(book(), book(), book()))) == 1


async def test_times_are_moments_whatever_their_zone(database: Database) -> None:
    zone = timezone(timedelta(hours=-5))
    local = replace(appointment("k1"), starts_at=NOW.astimezone(zone))
    async with database.session() as session:
        booked = await AppointmentRepository(session).book(WS, local)
    assert booked.starts_at.isoformat() == NOW.isoformat()


async def test_filters(database: Database) -> None:
    async with database.session() as session:
        appointments = AppointmentRepository(session)
        for index, agent_id in enumerate(["agent_1", "agent_2", "agent_1"]):
            await appointments.book(WS, appointment(f"k{index}", index * 60, agent_id=agent_id))

        async def keys(query: AppointmentQuery) -> list[str]:
            return [item.idempotency_key for item in (await appointments.list(WS, query)).items]

        assert await keys(AppointmentQuery()) == ["k0", "k1", "k2"]
        assert await keys(AppointmentQuery(agent_id="agent_1")) == ["k0", "k2"]
        assert await keys(AppointmentQuery(starts_after=later(3600), starts_before=later(7200))) == ["k1"]
        assert await keys(AppointmentQuery(status=AppointmentStatus.CANCELLED)) == []
        assert await keys(AppointmentQuery(conversation_id="conv_2")) == []
        first = await appointments.list(WS, AppointmentQuery(page_size=2))
        assert await keys(AppointmentQuery(page_size=2, cursor=first.next_cursor)) == ["k2"]


async def test_an_appointment_ends_after_it_begins(database: Database) -> None:
    async with database.session() as session:
        with pytest.raises(InvalidInputError) as error:
            await AppointmentRepository(session).book(WS, appointment("k", minutes=0))
    assert error.value.code == "invalid_time"


async def test_no_workspace_reaches_into_another(database: Database) -> None:
    await add_other_workspace(database)
    async with database.session() as session:
        appointments = AppointmentRepository(session)
        booked = await appointments.book(WS, appointment("k"))
        assert (await appointments.list(OTHER, AppointmentQuery())).items == ()
        with pytest.raises(NotFoundError):
            await appointments.get(OTHER, booked.appointment_id)
        other = await appointments.book(OTHER, appointment("k"))
        assert other.appointment_id != booked.appointment_id
        with pytest.raises(NotFoundError) as error:
            await appointments.book("ws_none", appointment("k"))
        assert error.value.code == "workspace_not_found"
