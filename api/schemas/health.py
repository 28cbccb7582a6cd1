"""Bodies of the health routes."""

from typing import Literal

from pydantic import Field

from api.schemas.common import ResponseBody

HealthWord = Literal["healthy", "degraded", "unhealthy"]


class CheckBody(ResponseBody):
    """One thing that calls depend on."""

    status: HealthWord = Field(description="`degraded`: calls are answered, but worse than they should be.")
    reason: str | None = Field(default=None, description="Why it is not healthy, or what else to know.")
    count: int | None = Field(default=None, description="For `active_calls`: how many run.")


class HealthBody(ResponseBody):
    """The server as a whole: as well as its worst part."""

    status: HealthWord = Field(description="`unhealthy`, with 503: calls cannot be answered and stored.")
    checks: dict[str, CheckBody] = Field(description="By name: database, vendors, vector store, calls.")


class Alive(ResponseBody):
    """The process answers."""

    status: Literal["alive"] = Field(default="alive", description="Always this; no answer is the other case.")


class Readiness(ResponseBody):
    """Whether this process takes new calls now."""

    ready: bool = Field(description="False, with 503: send new calls to another process.")
    reason: str | None = Field(default=None, description="Why it is not.")
