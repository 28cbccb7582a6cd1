"""What routes ask for by type: the app's state, ids out of paths, the client's idea of what it changes."""

import re
from typing import Annotated

from fastapi import Depends, Header, Path, Query
from pydantic import AfterValidator

from api.auth import CurrentIdentity, CurrentTrail
from api.json_tree import require_storable
from api.state import AppState, current_state
from config.errors import NotFoundError

State = Annotated[AppState, Depends(current_state)]
"""The app's state."""

Me = CurrentIdentity
"""The authenticated client."""

Trail = CurrentTrail
"""Where the authenticated client's changes are noted."""

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")


def storable_text(text: str) -> str:
    """The text, if a database takes it.

    Raises:
        ValueError: It has a NUL character or an unpaired surrogate.
    """
    require_storable(text)
    return text


QueryText = Annotated[str, Query(max_length=500), AfterValidator(storable_text)]
"""A text in a query, such as a search."""

CursorText = Annotated[
    str | None, Query(description="`next_cursor` of the page before; leave it out for the first page.")
]
"""Where a page of a list begins."""

PageSize = Annotated[int, Query(ge=1, le=100, description="Items on a page.")]
"""How much a page of a list holds."""


async def agent_id_in_path(agent_id: Annotated[str, Path(description="`agent_…`")]) -> str:
    """The id, if it can be one at all.

    Raises:
        NotFoundError: `agent_not_found`.
    """
    return _plausible(agent_id, "agent_not_found", "There is no such agent in this workspace.")


async def conversation_id_in_path(
    conversation_id: Annotated[str, Path(description="`conv_…`, or Twilio's CallSid `CA…`.")],
) -> str:
    """The id, if it can be one at all.

    Raises:
        NotFoundError: `conversation_not_found`.
    """
    return plausible_conversation_id(conversation_id)


async def key_id_in_path(key_id: Annotated[str, Path(description="`key_…`")]) -> str:
    """The id, if it can be one at all.

    Raises:
        NotFoundError: `api_key_not_found`.
    """
    return _plausible(key_id, "api_key_not_found", "There is no such API key in this workspace.")


async def document_id_in_path(document_id: Annotated[str, Path(description="`doc_…`")]) -> str:
    """The id, if it can be one at all.

    Raises:
        NotFoundError: `document_not_found`.
    """
    return _plausible(document_id, "document_not_found", "There is no such document in this workspace.")


async def chunk_id_in_path(chunk_id: Annotated[str, Path(description="`chunk_…`")]) -> str:
    """The id, if it can be one at all.

    Raises:
        NotFoundError: `chunk_not_found`.
    """
    return _plausible(chunk_id, "chunk_not_found", "There is no such chunk in this document.")


def plausible_conversation_id(text: str) -> str:
    """A conversation's id or a CallSid, if the text can be one at all.

    Raises:
        NotFoundError: `conversation_not_found`.
    """
    return _plausible(text, "conversation_not_found", "There is no such conversation in this workspace.")


def _plausible(text: str, code: str, message: str) -> str:
    # What no id can be never reaches the database: PostgreSQL refuses a NUL with an error of its own.
    if not _ID.fullmatch(text):
        raise NotFoundError(message, code=code)
    return text


AgentId = Annotated[str, Depends(agent_id_in_path)]
"""An agent's id, from the path."""

ConversationId = Annotated[str, Depends(conversation_id_in_path)]
"""A conversation's id or CallSid, from the path."""

KeyId = Annotated[str, Depends(key_id_in_path)]
"""An API key's id, from the path."""

DocumentId = Annotated[str, Depends(document_id_in_path)]
"""A document's id, from the path."""

ChunkId = Annotated[str, Depends(chunk_id_in_path)]
"""A chunk's id, from the path."""

IfMatch = Annotated[
    str | None,
    Header(description="The `ETag` that was read: a write answers 412 if the agent has changed since."),
]
"""The version that a write is meant for."""
