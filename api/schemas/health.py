"""Bodies of the health routes."""

from typing import Literal

from pydantic import Field

from api.schemas.common import ResponseBody

HealthWord = Literal["healthy", "degraded", "unhealthy"]


class CheckBody(ResponseBody):
    """One thing that calls depend on."""

    status: HealthWord
    reason: str | None = Field(default=None, description="Why it is not healthy, or what else to know.")
    count: int | None = Field(default=None, description="For `active_calls`: how many run.")


class HealthBody(ResponseBody):
    """The server as a whole: as well as its worst part."""

    status: HealthWord
    checks: dict[str, CheckBody]


class Alive(ResponseBody):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Readiness(ResponseBody):
    """Whether this process takes new calls now."""

    ready: bool
    reason: str | None = None
