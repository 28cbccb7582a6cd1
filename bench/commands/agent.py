"""`bench agent`: write the agent under test to a folder, for a server that is started by hand."""

import argparse
from pathlib import Path

from bench.screen import Screen
from bench.shop import write_organization
from config.errors import InvalidInputError

HELP = "write the agent under test to a folder, for DATA_FILE of a server started by hand"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("folder", type=Path, help="a new folder")


def run(namespace: argparse.Namespace) -> int:
    """Write the folder.

    Raises:
        InvalidInputError: It exists.
    """
    if namespace.folder.exists():
        raise InvalidInputError(f"{namespace.folder} exists; name a new folder.")
    write_organization(namespace.folder)
    Screen().say(f"Start a server on an empty database with DATA_FILE={namespace.folder.resolve()}")
    return 0
