"""What the verbs of `keys` do and print: secrets alone on standard output, words about them on standard error."""

import asyncio
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.table import Table

from api.key_service import NewKey
from api.schemas.workspace import ApiKeyCreated, ApiKeyShown
from cli.key_admin import open_key_admin
from cli.key_place import KeyPlace
from config.settings import Settings
from data.api_keys import KeyState, Scope

_FEWEST_COLUMNS = 150


def run_list(settings: Settings, place: KeyPlace) -> None:
    """Print a table of the keys.

    Raises:
        PhoneAgentError: They cannot be reached.
    """

    async def work() -> tuple[ApiKeyShown, ...]:
        async with open_key_admin(settings, place) as admin:
            return await admin.list()

    keys = asyncio.run(work())
    console = Console(highlight=False)
    if not console.is_terminal:
        # Into a file or a pipe: no width to fit to.
        console = Console(highlight=False, width=_FEWEST_COLUMNS)
    if keys:
        console.print(_table(keys))
    if settings.api_keys and place.server is None:
        _say(f"And {len(settings.api_keys)} of API_KEYS, which have every scope.")
    elif not keys:
        _say("There are no keys.")


def run_create(
    settings: Settings,
    place: KeyPlace,
    *,
    name: str,
    scopes: frozenset[Scope],
    expires_days: float | None,
) -> None:
    """Make a key and print its secret.

    Raises:
        PhoneAgentError: It was not made.
    """
    expires_at = None if expires_days is None else datetime.now(UTC) + timedelta(days=expires_days)

    async def work() -> ApiKeyCreated:
        async with open_key_admin(settings, place) as admin:
            return await admin.create(NewKey(name, scopes, expires_at))

    _show(asyncio.run(work()))


def run_revoke(settings: Settings, place: KeyPlace, key_id: str) -> None:
    """End a key.

    Raises:
        PhoneAgentError: It was not.
    """

    async def work() -> None:
        async with open_key_admin(settings, place) as admin:
            await admin.revoke(key_id)

    asyncio.run(work())
    _say(f"{key_id} is revoked.")


def run_rotate(settings: Settings, place: KeyPlace, key_id: str, *, overlap_hours: float) -> None:
    """Make a key in another's place and print its secret.

    Raises:
        PhoneAgentError: It was not made.
    """

    async def work() -> ApiKeyCreated:
        async with open_key_admin(settings, place) as admin:
            return await admin.rotate(key_id, timedelta(hours=overlap_hours))

    _show(asyncio.run(work()))
    _say(f"{key_id} is good for another {overlap_hours:g} h." if overlap_hours else f"{key_id} has ended.")


def _show(created: ApiKeyCreated) -> None:
    _say(f"{created.key_id} ({created.name}; {', '.join(created.scopes)}) is made. Its secret is shown this once:")
    Console(highlight=False, soft_wrap=True).print(created.api_key, markup=False)


def _say(text: str) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(text, markup=False)


def _table(keys: tuple[ApiKeyShown, ...]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("key id", "name", "prefix", "scopes", "state", "made", "last used", "ends"):
        table.add_column(title, no_wrap=title in ("key id", "prefix"))
    for key in keys:
        table.add_row(
            key.key_id,
            key.name,
            key.prefix,
            " ".join(key.scopes),
            key.state.value,
            _day(key.created_at),
            _day(key.last_used_at),
            _day(key.revoked_at if key.state is KeyState.REVOKED else key.expires_at),
            style="" if key.state is KeyState.ACTIVE else "dim",
        )
    return table


def _day(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
