"""`python -m bench VERB`: measure a server from outside.

Measuring verbs start simulated vendors and a server with documents, place simulated calls over real sockets,
print tables, and write JSON and a plot.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol

from loguru import logger

from bench.commands import (
    agent,
    answers,
    barge_in,
    capacity,
    kill,
    latency,
    memory,
    noise,
    pauses,
    report,
    retrieval,
    soak,
    stall,
    stock,
)
from bench.intents import command as intents
from config.errors import PhoneAgentError


class _Verb(Protocol):
    """What every verb's module offers."""

    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser, /) -> None: ...

    def run(self, namespace: argparse.Namespace, /) -> int: ...


_VERBS: Mapping[str, _Verb] = {
    "latency": latency,
    "stock": stock,
    "memory": memory,
    "kill": kill,
    "stall": stall,
    "barge-in": barge_in,
    "noise": noise,
    "pauses": pauses,
    "capacity": capacity,
    "soak": soak,
    "answers": answers,
    "intents": intents,
    "retrieval": retrieval,
    "report": report,
    "agent": agent,
}


def main(argv: Sequence[str]) -> int:
    """Run the verb that the arguments name.

    Args:
        argv: Without the program's name.

    Returns:
        0; 1 if calls went wrong; 2 if it could not be done.
    """
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.partition("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, module in _VERBS.items():
        module.add_arguments(verbs.add_parser(name, help=module.HELP, description=module.HELP))
    namespace = parser.parse_args(argv)
    # Progress owns the screen; what servers log is in their own files.
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    try:
        return _VERBS[namespace.verb].run(namespace)
    except PhoneAgentError as error:
        sys.stderr.write(f"{error.message}\n")
        return 2
    except KeyboardInterrupt:
        return 130
