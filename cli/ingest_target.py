"""Where `ingest` puts documents: into the database itself, alone, or into a running server over REST."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from data.knowledge.document_files import FoundFile
from data.knowledge.organization import OrganizationConfig
from data.knowledge.progress import ProgressListener


@dataclass(frozen=True, slots=True)
class IngestSource:
    """What is to be ingested.

    Attributes:
        path: A file or folder.
        url: An address; exactly one of the two is set.
    """

    path: Path | None
    url: str | None

    @classmethod
    def parse(cls, text: str) -> "IngestSource":
        """What a person has typed."""
        is_url = text.lower().startswith(("http://", "https://"))
        return cls(None, text) if is_url else cls(Path(text), None)


@dataclass(frozen=True, slots=True)
class TakenDocument:
    """A document that was taken in.

    Attributes:
        name: Its title.
        chunk_count: How many chunks it has.
        state: `new`, `changed` or `unchanged`.
    """

    name: str
    chunk_count: int
    state: str


class IngestTarget(Protocol):
    """Takes documents in; each method raises `PhoneAgentError`s that a person may read."""

    async def agent(self, agent_id: str | None) -> str:
        """The id of a named agent, or of the oldest active one."""
        ...

    async def agent_of(self, organization: OrganizationConfig) -> tuple[str, bool]:
        """The id of the agent of an organization's folder, by its name, and whether it was made just now."""
        ...

    async def file(self, agent_id: str, file: FoundFile, on_progress: ProgressListener) -> TakenDocument:
        """Take a file in; the agent answers from it when this returns."""
        ...

    async def url(self, agent_id: str, url: str, on_progress: ProgressListener) -> TakenDocument:
        """Take a page in; the agent answers from it when this returns."""
        ...
