"""Which tools an agent has."""

import pytest

from bot.tools.registry import ToolRegistry, built_in_tools
from data.agent_config import AgentSettings, BuiltInTool, BuiltInToolSettings
from tests.bot.tools.fakes import FakeTool, MemoryBook


def test_the_default_agent_can_hang_up() -> None:
    assert built_in_tools(AgentSettings(), MemoryBook()).names == ("end_call",)


def test_tools_come_in_one_order_with_the_agents_descriptions() -> None:
    settings = AgentSettings(
        built_in_tools={
            BuiltInTool.BOOK_APPOINTMENT: BuiltInToolSettings(description="Books for {{x}}."),
            BuiltInTool.END_CALL: BuiltInToolSettings(),
        }
    )
    registry = built_in_tools(settings, MemoryBook(), lambda text: text.replace("{{x}}", "Brightline"))
    assert registry.names == ("end_call", "book_appointment")
    hang_up, book = registry.schemas()
    assert hang_up.description.startswith("Ends the phone call.")
    assert book.description == "Books for Brightline."


def test_an_agent_may_have_none() -> None:
    registry = built_in_tools(AgentSettings(built_in_tools={}), MemoryBook())
    assert registry.schemas() == ()
    assert registry.find("end_call") is None


async def test_names_are_unique() -> None:
    with pytest.raises(ValueError, match="look_up"):
        ToolRegistry([FakeTool(), FakeTool()])
