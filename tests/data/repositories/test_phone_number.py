"""Telephone numbers in storage, on both databases."""

import asyncio

import pytest

from config.errors import InvalidInputError, NotFoundError
from data.database import Database
from data.phone_numbers import PhoneNumberQuery, PhoneRoute
from data.repositories import AgentRepository, PhoneNumberRepository
from tests.data.values import OTHER, WS, add_other_workspace, agent, later, number


async def test_a_number_leads_to_its_agent(database: Database) -> None:
    ann = agent()
    line = number("+15550000001", agent_id=ann.agent_id)
    silent = number("+15550000002")
    async with database.session() as session:
        await AgentRepository(session).add(ann)
        numbers = PhoneNumberRepository(session)
        await numbers.add(line)
        await numbers.add(silent)
        assert await numbers.get(WS, line.phone_number_id) == line
        assert await numbers.find_route("+15550000001") == PhoneRoute(WS, ann.agent_id, line.phone_number_id)
        assert await numbers.find_route("+15550000002") == PhoneRoute(WS, None, silent.phone_number_id)
        assert await numbers.find_route("+15550000003") is None
        assert {item.phone_number_id for item in (await numbers.list(WS, PhoneNumberQuery())).items} == {
            line.phone_number_id,
            silent.phone_number_id,
        }
        assert (await numbers.list(WS, PhoneNumberQuery(agent_id=ann.agent_id))).items == (line,)
        assert (await numbers.list(WS, PhoneNumberQuery(provider="sip"))).items == ()


async def test_assigning_and_deleting(database: Database) -> None:
    ann = agent()
    line = number("+15550000001")
    async with database.session() as session:
        await AgentRepository(session).add(ann)
        numbers = PhoneNumberRepository(session)
        await numbers.add(line)
        assigned = await numbers.assign(WS, line.phone_number_id, ann.agent_id, at=later(5))
        assert (assigned.agent_id, assigned.updated_at) == (ann.agent_id, later(5))
        assert (await numbers.assign(WS, line.phone_number_id, None, at=later(6))).agent_id is None
        await numbers.delete(WS, line.phone_number_id)
        assert await numbers.find_route("+15550000001") is None


async def test_a_number_is_on_the_server_once(database: Database) -> None:
    await add_other_workspace(database)

    async def add(workspace_id: str) -> str:
        async with database.session() as session:
            try:
                await PhoneNumberRepository(session).add(number("+15550000001", workspace_id=workspace_id))
            except InvalidInputError as error:
                # The refusal has not spoilt the transaction.
                await PhoneNumberRepository(session).add(number("+15550000002", workspace_id=workspace_id))
                return error.code
            return "added"

    assert sorted(await asyncio.gather(add(WS), add(OTHER))) == ["added", "phone_number_exists"]


async def test_no_workspace_reaches_into_another(database: Database) -> None:
    await add_other_workspace(database)
    foreign = agent(workspace_id=OTHER)
    line = number("+15550000001")
    async with database.session() as session:
        await AgentRepository(session).add(foreign)
        numbers = PhoneNumberRepository(session)
        await numbers.add(line)
        assert (await numbers.list(OTHER, PhoneNumberQuery())).items == ()
        for attempt in (
            numbers.get(OTHER, line.phone_number_id),
            numbers.delete(OTHER, line.phone_number_id),
            numbers.assign(OTHER, line.phone_number_id, foreign.agent_id, at=later(1)),
        ):
            with pytest.raises(NotFoundError) as error:
                await attempt
            assert error.value.code == "phone_number_not_found"
        for attempt in (
            numbers.assign(WS, line.phone_number_id, foreign.agent_id, at=later(1)),
            numbers.add(number("+15550000009", agent_id=foreign.agent_id)),
        ):
            with pytest.raises(NotFoundError) as error:
                await attempt
            assert error.value.code == "agent_not_found"
        assert (await numbers.get(WS, line.phone_number_id)).agent_id is None
