"""Parts that several resources' bodies share."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from api.json_tree import require_storable


class RequestBody(BaseModel):
    """Base of bodies that clients send: refuses what could not be stored and shown again."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, body: object) -> object:
        require_storable(body)
        return body


class ResponseBody(BaseModel):
    """Base of bodies that the server sends."""

    model_config = ConfigDict(frozen=True)


class Nothing(ResponseBody):
    """An empty object: it is done, and there is nothing to say about it."""


class AccessInfo(ResponseBody):
    """Who may do what. The same for everything so far: whoever has a key owns the workspace."""

    is_creator: bool = True
    creator_name: str = "Workspace owner"
    creator_email: str = ""
    role: Literal["admin", "editor", "commenter", "viewer"] = "admin"
