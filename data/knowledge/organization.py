"""An organization folder, as the seeds have it: `config.json` describes an agent, `knowledge/` what it knows.

It is how the sample agent comes into an empty database, and how an operator keeps an agent in files.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.errors import InvalidInputError, NotFoundError
from data.agent_config import DEFAULT_MODEL, DEFAULT_VOICE, AgentConfig, AgentSettings
from data.knowledge.document_files import KNOWLEDGE_FOLDER, ORGANIZATION_FILE, FoundFiles, find_files

MAX_CONFIG_BYTES = 200_000


class OrganizationConfig(BaseModel):
    """`config.json`: an agent without its ids and times; unknown keys are refused, to catch typing errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    system_prompt: Annotated[str, Field(min_length=1)]
    first_message: str = ""
    voice_id: str = DEFAULT_VOICE
    model_name: str = DEFAULT_MODEL
    interrupt_enabled: bool = True
    silence_threshold_sec: Annotated[float, Field(ge=0.1, le=10)] = 0.8
    settings: AgentSettings = AgentSettings()

    def to_agent(self, *, agent_id: str, workspace_id: str, at: datetime) -> AgentConfig:
        """The agent, new at this time (aware, UTC)."""
        return AgentConfig(
            agent_id=agent_id,
            workspace_id=workspace_id,
            created_at=at,
            updated_at=at,
            **{name: getattr(self, name) for name in OrganizationConfig.model_fields},
        )


@dataclass(frozen=True, slots=True)
class Organization:
    """A folder: what it says of the agent, and its documents, yet to be read."""

    config: OrganizationConfig
    knowledge: FoundFiles


def is_organization(folder: Path) -> bool:
    """True for a folder with a `config.json`; blocking."""
    return (folder / ORGANIZATION_FILE).is_file()


def load_organization(folder: Path) -> Organization:
    """Read an organization folder; blocking. Without `knowledge/` the agent has no documents.

    Raises:
        NotFoundError: There is no `config.json`.
        InvalidInputError: It is wrong (the message names the keys), or there is no document in `knowledge/`.
    """
    file = folder / ORGANIZATION_FILE
    if not file.is_file():
        raise NotFoundError(f"There is no {ORGANIZATION_FILE} in {folder}.", code="organization_not_found")
    if file.stat().st_size > MAX_CONFIG_BYTES:
        raise InvalidInputError(f"{file} is too large for a configuration.", code="invalid_organization")
    try:
        config = OrganizationConfig.model_validate(json.loads(file.read_text(encoding="utf-8-sig")))
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors(include_input=False)
        )
        raise InvalidInputError(f"{file}: {problems}", code="invalid_organization") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{file} is no JSON: {error}", code="invalid_organization") from error
    folder_of_documents = folder / KNOWLEDGE_FOLDER
    knowledge = find_files(folder_of_documents) if folder_of_documents.is_dir() else FoundFiles()
    return Organization(config, knowledge)
