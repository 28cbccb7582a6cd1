"""`{{name}}` in prompts, first messages and tool descriptions.

Names and meanings are ElevenLabs' (https://elevenlabs.io/docs/agents-platform/customization/personalization/
dynamic-variables), except that a variable nobody supplied does not end the call: it is left out, with a
warning that names it, because a caller is worse served by a dead line than by a missing word.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loguru import logger

from bot.call_config import CallConfig
from data.agent_config import VariableValue
from data.records import Direction

SYSTEM_PREFIX = "system__"
"""Names that only the product may set."""
SECRET_PREFIX = "secret__"
"""Names whose values may travel in tool headers and never reach a model or a voice."""

_VARIABLE = re.compile(r"(?P<blanks>[ \t]*)\{\{\s*(?P<name>[A-Za-z0-9_]+)\s*\}\}")

_CLOSES_GAP = ("", *" \t\n,.;:!?)")


class DynamicVariables:
    """The variables of one call, fixed when they are made.

    Args:
        values: What each name stands for; names are case-sensitive.
    """

    def __init__(self, values: Mapping[str, VariableValue]) -> None:
        self._values = MappingProxyType(dict(values))

    @property
    def values(self) -> Mapping[str, VariableValue]:
        """All variables, the secret ones too."""
        return self._values

    @classmethod
    def for_call(
        cls, config: CallConfig, *, started_at: datetime, now: datetime | None = None
    ) -> "DynamicVariables":
        """Variables of a call: the agent's placeholders, over them the call's own, over them the system's.

        Args:
            config: The call.
            started_at: When it started, with a timezone.
            now: The moment that `system__time` and `system__call_duration_secs` tell; the start if absent.
        """
        values = dict(config.agent.settings.dynamic_variables)
        values.update(config.dynamic_variables)
        reserved = sorted(name for name in values if name.startswith(SYSTEM_PREFIX))
        for name in reserved:
            logger.bind(variable=name).warning("Dynamic variable ignored: names with system__ are reserved")
            del values[name]
        values.update(_system_values(config, started_at, now or started_at))
        return cls(values)

    def render(self, text: str) -> str:
        """Put the values into `text`, once: what a value contains is never rendered again."""
        return _VARIABLE.sub(self._replacement, text)

    def _replacement(self, match: re.Match[str]) -> str:
        name = match["name"]
        value = self._values.get(name)
        if name.startswith(SECRET_PREFIX):
            logger.bind(variable=name).warning("Dynamic variable left out: a secret is never put into text")
            value = None
        elif value is None:
            logger.bind(variable=name).warning("Dynamic variable has no value; left out")
        if value is None:
            # "Hello {{name}}, welcome" becomes "Hello, welcome": the blank before the gap goes with it.
            follows = match.string[match.end() : match.end() + 1]
            return "" if follows in _CLOSES_GAP else match["blanks"]
        return match["blanks"] + _spoken(value)


def call_timezone(config: CallConfig) -> ZoneInfo:
    """The agent's timezone, or UTC where it has none or names one that does not exist."""
    name = config.agent.settings.timezone or "UTC"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        logger.bind(timezone=name, agent_id=config.agent.agent_id).warning("Unknown timezone; using UTC")
        return ZoneInfo("UTC")


def _system_values(config: CallConfig, started_at: datetime, now: datetime) -> dict[str, VariableValue]:
    zone = call_timezone(config)
    local = now.astimezone(zone)
    inbound = config.direction is Direction.INBOUND
    caller, called = (
        (config.caller_number, config.agent_number) if inbound else (config.agent_number, config.caller_number)
    )
    return {
        "system__agent_id": config.agent.agent_id,
        "system__current_agent_id": config.agent.agent_id,
        "system__conversation_id": config.conversation_id,
        "system__call_sid": config.call_sid,
        "system__caller_id": caller,
        "system__called_number": called,
        "system__time_utc": now.astimezone(UTC).isoformat(),
        "system__time": f"{local:%A}, {local:%H:%M} {local.day} {local:%B %Y}",
        "system__timezone": zone.key,
        "system__call_duration_secs": max(0, int((now - started_at).total_seconds())),
    }


def _spoken(value: VariableValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
