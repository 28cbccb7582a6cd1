"""The organization folder, and the sample that comes with the product."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.errors import InvalidInputError, NotFoundError
from data.agent_config import BuiltInTool
from data.knowledge.chunking import chunk_text
from data.knowledge.documents import load_documents
from data.knowledge.organization import is_organization, load_organization

SAMPLES = Path(__file__).parents[3] / "data" / "samples"


def test_the_sample_becomes_an_agent() -> None:
    organization = load_organization(SAMPLES)
    now = datetime.now(UTC)
    agent = organization.config.to_agent(agent_id="agent_1", workspace_id="ws_default", at=now)
    assert (agent.agent_id, agent.workspace_id, agent.created_at) == ("agent_1", "ws_default", now)
    assert agent.name == "Northwind Solar"
    assert "Maya" in agent.first_message
    assert set(agent.settings.built_in_tools) == {BuiltInTool.END_CALL, BuiltInTool.BOOK_APPOINTMENT}
    assert agent.settings.rag.enabled


def test_the_sample_documents_are_of_a_size_to_look_through() -> None:
    knowledge = load_organization(SAMPLES).knowledge
    assert not knowledge.skipped
    documents = load_documents(SAMPLES).documents
    chunks = [chunk for document in documents for chunk in chunk_text(document.name, document.text)]
    assert 3 <= len(knowledge.files) == len(documents) <= 5
    assert 25 <= len(chunks) <= 40


def test_every_placeholder_of_the_sample_prompt_has_a_value() -> None:
    config = load_organization(SAMPLES).config
    assert "{{customer_name}}" in config.system_prompt
    assert config.system_prompt.count("{{") == 1
    assert "customer_name" in config.settings.dynamic_variables


def test_a_folder_without_documents_is_an_agent_without_documents(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"name": "A", "system_prompt": "Be kind."}))
    assert is_organization(tmp_path)
    assert load_organization(tmp_path).knowledge.files == ()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("{", "no JSON"),
        ('{"name": "A"}', "system_prompt"),
        ('{"name": "A", "system_prompt": "B", "voise_id": "C"}', "voise_id"),
        ('{"name": "A", "system_prompt": "B", "settings": {"temperature": 9}}', "settings.temperature"),
    ],
)
def test_a_wrong_configuration_names_its_mistake(tmp_path: Path, content: str, named: str) -> None:
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(InvalidInputError, match=named):
        load_organization(tmp_path)


def test_a_folder_without_configuration_is_no_organization(tmp_path: Path) -> None:
    assert not is_organization(tmp_path)
    with pytest.raises(NotFoundError):
        load_organization(tmp_path)
