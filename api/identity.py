"""On whose behalf a request is made."""

from dataclasses import dataclass

from data.api_keys import ApiKey, Scope
from data.audit import SETTINGS_ACTOR
from data.workspaces import DEFAULT_WORKSPACE_ID


@dataclass(frozen=True, slots=True)
class Identity:
    """Who uses the API.

    Attributes:
        workspace_id: All that is seen and changed is in it.
        actor: For the audit log: the key's id, or `settings`.
        scopes: What it may do.
        bucket: By what its requests are counted: one key, one count.
    """

    workspace_id: str
    actor: str
    scopes: frozenset[Scope]
    bucket: str


def identity_of(key: ApiKey) -> Identity:
    """Who uses a key of the database."""
    return Identity(key.workspace_id, key.key_id, key.scopes, key.key_id)


def settings_identity(position: int) -> Identity:
    """Who uses one of `API_KEYS`: the owner of the server."""
    return Identity(DEFAULT_WORKSPACE_ID, SETTINGS_ACTOR, frozenset(Scope), f"{SETTINGS_ACTOR}:{position}")
