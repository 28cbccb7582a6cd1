"""Writes `.env.example` from the settings' own descriptions, so that the two cannot drift apart.

`python -m config.env_example > .env.example` writes it anew; a test compares the two.
"""

import sys
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from config.setting_groups import GROUPS

_HEADING = """\
# Every setting of the server with its default. Copy this file to `.env` and change what you need: take the
# leading `#` away from a line to set it. An empty value counts as not set; the environment wins over `.env`.
"""


def render_env_example() -> str:
    """The text of `.env.example`."""
    return "\n".join([_HEADING, *(_group(group) for group in GROUPS)])


def _group(group: type[BaseModel]) -> str:
    title = (group.__doc__ or group.__name__).strip()
    lines = [f"# ---- {title}"]
    for name, field in group.model_fields.items():
        lines += [f"# {field.description}", f"#{name.upper()}={_default(field)}", ""]
    return "\n".join(lines)


def _default(field: FieldInfo) -> str:
    value: object = field.default
    match value:
        case None | ():
            return ""
        case bool():
            return str(value).lower()
        case StrEnum():
            return value.value
        case Path():
            return f"./{value.as_posix()}"
        case _:
            return str(value)


if __name__ == "__main__":
    sys.stdout.write(render_env_example())
