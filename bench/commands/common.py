"""What the measuring verbs share: which server, where results go, how the event loop is run."""

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TypeVar

import uvloop

from bench.environment import Environment, EnvironmentOptions, open_environment

DEFAULT_OUTPUT = Path("var/bench")
PUBLISHED = Path("docs/performance")

Result = TypeVar("Result")


def add_server_arguments(parser: argparse.ArgumentParser) -> None:
    """`--server`, `--server-pid`, `--output`, `--quick`."""
    parser.add_argument(
        "--server",
        metavar="URL",
        help="a running server with the settings of .env; default: start one",
    )
    parser.add_argument(
        "--server-pid", type=int, metavar="PID", help="its process, for CPU time and memory, on this machine"
    )
    add_output_arguments(parser)


def add_output_arguments(parser: argparse.ArgumentParser) -> None:
    """`--output`, `--quick`."""
    parser.add_argument(
        "--output",
        type=Path,
        default=DEFAULT_OUTPUT,
        metavar="DIR",
        help=f"where JSON and plot go (default: %(default)s; {PUBLISHED} to publish)",
    )
    parser.add_argument("--quick", action="store_true", help="a sample of everything in a minute; no figures")


def environment_options(namespace: argparse.Namespace, most_calls: int) -> EnvironmentOptions:
    """The server that the arguments name."""
    return EnvironmentOptions(most_calls=most_calls, server=namespace.server, server_pid=namespace.server_pid)


def add_counts(parser: argparse.ArgumentParser, defaults: object, **counted: str) -> None:
    """An option for each of some whole numbers above zero.

    Args:
        parser: Of the verb.
        defaults: Has an attribute for each.
        counted: What is counted, by the name of the attribute.
    """
    for name, help_text in counted.items():
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            type=positive,
            default=getattr(defaults, name),
            help=f"{help_text} (default: %(default)s)",
        )


async def in_environment(
    where: EnvironmentOptions, measure: Callable[[Environment], Coroutine[object, object, Result]]
) -> Result:
    """Measure the server that is meant, or one started for it."""
    async with open_environment(where) as environment:
        return await measure(environment)


def run_on_loop(main: Coroutine[object, object, Result]) -> Result:
    """Run a measurement on the quickest event loop there is: callers share its clock."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def positive(text: str) -> int:
    """A whole number above zero, for argparse."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def not_negative(text: str) -> int:
    """A whole number, zero included, for argparse."""
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return value


def numbers(text: str) -> tuple[int, ...]:
    """Whole numbers above zero with commas between, for argparse."""
    return tuple(positive(part) for part in text.split(","))
