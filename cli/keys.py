"""`keys`: list, create, revoke and rotate API keys, over REST or on the database itself.

Only words and options are here; what they do is in `cli/key_commands.py`, which is imported when one is used.
"""

from typing import Annotated

import typer

from cli.key_place import KeyPlace
from cli.start import start_conversation
from data.api_keys import Scope

DEFAULT_OVERLAP_HOURS = 24.0

keys = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")

Workspace = Annotated[
    str | None, typer.Option(metavar="ID", help="Whose keys; the server's own workspace otherwise.")
]
Server = Annotated[
    str | None,
    typer.Option(metavar="URL", help="A running server, to be used over REST; without it none may be running."),
]
Key = Annotated[
    str | None,
    typer.Option(help="Admin key for --server; otherwise the first of API_KEYS, or it is asked for."),
]
KeyId = Annotated[str, typer.Argument(metavar="KEY_ID", help="As `list` shows it.")]


@keys.callback()
def about() -> None:
    """Manage API keys: what clients send as [bold]xi-api-key[/bold].

      $ python run_bot.py keys list
      $ python run_bot.py keys create --name "CI" --scope read
      $ python run_bot.py keys rotate key_… --overlap-hours 1
      $ python run_bot.py keys revoke key_…

    While a server is running: the same with --server http://127.0.0.1:9001
    """


@keys.command("list")
def list_keys(workspace: Workspace = None, server: Server = None, key: Key = None) -> None:
    """Show the keys, ended ones included; their secrets cannot be shown."""
    settings = start_conversation()
    from cli.key_commands import run_list  # noqa: PLC0415

    run_list(settings, KeyPlace(workspace, server, key))


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Option(help="What it is for.")],
    scope: Annotated[
        list[Scope] | None,
        typer.Option(help="May be repeated: admin includes write, write read. Otherwise: read and write."),
    ] = None,
    expires_days: Annotated[
        float | None, typer.Option(min=0, max=36_500, help="How long it is good; otherwise for ever.")
    ] = None,
    workspace: Workspace = None,
    server: Server = None,
    key: Key = None,
) -> None:
    """Make a key. Its secret, and nothing else, goes to standard output, this once."""
    settings = start_conversation()
    from cli.key_commands import run_create  # noqa: PLC0415

    place = KeyPlace(workspace, server, key)
    run_create(
        settings, place, name=name, scopes=frozenset(scope or (Scope.READ, Scope.WRITE)), expires_days=expires_days
    )


@keys.command("revoke")
def revoke_key(key_id: KeyId, workspace: Workspace = None, server: Server = None, key: Key = None) -> None:
    """End a key at once and for good."""
    settings = start_conversation()
    from cli.key_commands import run_revoke  # noqa: PLC0415

    run_revoke(settings, KeyPlace(workspace, server, key), key_id)


@keys.command("rotate")
def rotate_key(
    key_id: KeyId,
    overlap_hours: Annotated[
        float, typer.Option(min=0, max=720, help="How long the old key is good beside the new one.")
    ] = DEFAULT_OVERLAP_HOURS,
    workspace: Workspace = None,
    server: Server = None,
    key: Key = None,
) -> None:
    """Make a key in another's place, as `create` does."""
    settings = start_conversation()
    from cli.key_commands import run_rotate  # noqa: PLC0415

    run_rotate(settings, KeyPlace(workspace, server, key), key_id, overlap_hours=overlap_hours)
