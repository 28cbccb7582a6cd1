"""Agents in storage, on both databases."""

import pytest

from config.errors import InvalidInputError, NotFoundError, PreconditionFailedError
from data.agent_config import AgentSettings, KnowledgeReference, RagSettings
from data.database import Database
from data.pagination import SortDirection
from data.queries import AgentQuery, AgentSort
from data.repositories import AgentRepository, ConversationRepository, PhoneNumberRepository
from tests.data.values import NOW, OTHER, WS, add_other_workspace, agent, conversation, later, number


async def _names(database: Database, query: AgentQuery, workspace_id: str = WS) -> list[str]:
    async with database.read() as session:
        return [item.name for item in (await AgentRepository(session).list(workspace_id, query)).items]


async def test_an_agent_comes_back_as_it_was_stored(database: Database) -> None:
    settings = AgentSettings(
        temperature=0.7,
        rag=RagSettings(top_k=5),
        dynamic_variables={"name": "Bob", "n": 3, "x": 0.5, "ok": True},
        knowledge_base=(KnowledgeReference(id="doc_1", name="Prices"),),
        tags=("a", "b"),
        preserved={"platform_settings": {"widget": {"color": None}}},
    )
    stored = agent("Änne 😀", settings=settings)
    async with database.session() as session:
        await AgentRepository(session).add(stored)
    async with database.read() as session:
        assert await AgentRepository(session).get(WS, stored.agent_id) == stored
        assert await AgentRepository(session).count(WS) == 1


async def test_an_id_is_taken_once(database: Database) -> None:
    stored = agent()
    async with database.session() as session:
        await AgentRepository(session).add(stored)
    async with database.session() as session:
        with pytest.raises(InvalidInputError) as error:
            await AgentRepository(session).add(stored)
    assert error.value.code == "agent_exists"


async def test_replace_keeps_the_time_of_creation_and_changes_the_tags(database: Database) -> None:
    stored = agent(settings=AgentSettings(tags=("old",)))
    changed = stored.model_copy(
        update={
            "name": "Bea",
            "created_at": later(50),
            "updated_at": later(60),
            "settings": AgentSettings(tags=("new", "new")),
        }
    )
    async with database.session() as session:
        await AgentRepository(session).add(stored)
    async with database.session() as session:
        await AgentRepository(session).replace(changed, expected_updated_at=NOW)
    async with database.read() as session:
        found = await AgentRepository(session).get(WS, stored.agent_id)
    assert found == changed.model_copy(update={"created_at": NOW})
    assert await _names(database, AgentQuery(tags=("old",))) == []
    assert await _names(database, AgentQuery(tags=("new", "x"))) == ["Bea"]


async def test_a_stale_replace_is_refused(database: Database) -> None:
    stored = agent()
    async with database.session() as session:
        await AgentRepository(session).add(stored)
    with pytest.raises(PreconditionFailedError):
        async with database.session() as session:
            await AgentRepository(session).replace(stored, expected_updated_at=later(-1))


async def test_lists_search_sort_and_page(database: Database) -> None:
    async with database.session() as session:
        for index, name in enumerate(["bea", "Ann", "CÄSAR", "dora 50%", "Ann"]):
            await AgentRepository(session).add(agent(name, at=later(index)))
    assert await _names(database, AgentQuery()) == ["Ann", "dora 50%", "CÄSAR", "Ann", "bea"]
    by_name = AgentQuery(sort_by=AgentSort.NAME, direction=SortDirection.ASCENDING)
    assert await _names(database, by_name) == ["Ann", "Ann", "bea", "CÄSAR", "dora 50%"]
    assert await _names(database, AgentQuery(search="ANN")) == ["Ann", "Ann"]
    assert await _names(database, AgentQuery(search="50%")) == ["dora 50%"]
    assert await _names(database, AgentQuery(search="%")) == ["dora 50%"]
    assert await _names(database, AgentQuery(search="_")) == []
    async with database.read() as session:
        agents = AgentRepository(session)
        first = await agents.list(
            WS, AgentQuery(sort_by=AgentSort.NAME, direction=SortDirection.ASCENDING, page_size=3)
        )
        assert first.has_more
        rest = await agents.list(
            WS,
            AgentQuery(
                sort_by=AgentSort.NAME,
                direction=SortDirection.ASCENDING,
                page_size=3,
                cursor=first.next_cursor,
            ),
        )
        assert [item.name for item in (*first.items, *rest.items)] == ["Ann", "Ann", "bea", "CÄSAR", "dora 50%"]
        assert not rest.has_more
        with pytest.raises(InvalidInputError) as error:
            await agents.list(WS, AgentQuery(cursor=first.next_cursor))
        assert error.value.code == "invalid_cursor"
        for size in (0, 101):
            with pytest.raises(InvalidInputError) as error:
                await agents.list(WS, AgentQuery(page_size=size))
            assert error.value.code == "invalid_page_size"


async def test_search_ignores_case_beyond_ascii(database: Database) -> None:
    async with database.session() as session:
        await AgentRepository(session).add(agent("ÄRZTE"))
    assert await _names(database, AgentQuery(search="ärz")) == ["ÄRZTE"]


async def test_deleting_an_agent_keeps_conversations_and_detaches_numbers(database: Database) -> None:
    stored = agent()
    talk = conversation(agent_id=stored.agent_id)
    line = number("+15550000001", agent_id=stored.agent_id)
    async with database.session() as session:
        await AgentRepository(session).add(stored)
        await ConversationRepository(session).create(talk)
        await PhoneNumberRepository(session).add(line)
    async with database.session() as session:
        await AgentRepository(session).delete(WS, stored.agent_id)
    async with database.read() as session:
        kept = await ConversationRepository(session).get(WS, talk.conversation_id)
        assert (kept.agent_id, kept.agent_name) == (stored.agent_id, "Ann")
        route = await PhoneNumberRepository(session).find_route("+15550000001")
        assert route is not None
        assert route.agent_id is None


async def test_no_workspace_reaches_into_another(database: Database) -> None:
    await add_other_workspace(database)
    stored = agent(settings=AgentSettings(tags=("t",)))
    async with database.session() as session:
        await AgentRepository(session).add(stored)
    for query in (AgentQuery(), AgentQuery(tags=("t",)), AgentQuery(search="Ann")):
        assert await _names(database, query, OTHER) == []
    async with database.session() as session:
        agents = AgentRepository(session)
        assert await agents.count(OTHER) == 0
        foreign = stored.model_copy(update={"workspace_id": OTHER, "name": "stolen"})
        for attempt in (
            agents.get(OTHER, stored.agent_id),
            agents.delete(OTHER, stored.agent_id),
            agents.replace(foreign),
        ):
            with pytest.raises(NotFoundError) as error:
                await attempt
            assert error.value.code == "agent_not_found"
    assert await _names(database, AgentQuery()) == ["Ann"]


@pytest.mark.parametrize("agent_id", ["", "nope", "a\x00b", "\ud800", "😀" * 2000])
async def test_any_text_may_be_asked_for(database: Database, agent_id: str) -> None:
    async with database.read() as session:
        with pytest.raises(NotFoundError):
            await AgentRepository(session).get(WS, agent_id)
        assert (await AgentRepository(session).list(WS, AgentQuery(search=agent_id, tags=(agent_id,)))).items == ()
