"""`python -m simulator {deepgram,ollama,twilio}`: run one simulator on its own.

Only the chosen simulator is imported; each brings `simulator.<name>.command` with `add_arguments(parser)` and
`build(arguments)`, which returns the ASGI application.
"""

import argparse
import asyncio
import contextlib
import importlib
import signal
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from loguru import logger
from starlette.types import ASGIApp

from config.errors import PhoneAgentError
from config.native_threads import keep_blas_to_one_thread
from simulator.hosting import serve_app

_SIMULATORS = {
    "deepgram": "speech to text and text to speech",
    "ollama": "the language model server",
    "twilio": "the telephone network: REST and callers",
}


class _Command(Protocol):
    """What `simulator.<name>.command` offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def build(self, namespace: argparse.Namespace, /) -> ASGIApp: ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulator that the command line names until it is interrupted.

    Args:
        arguments: Without the program's name; None takes the process's.

    Returns:
        0 after an interrupt, 1 if it could not start.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    outer = argparse.ArgumentParser(prog="python -m simulator", description=__doc__.partition("\n")[0])
    choices = outer.add_subparsers(dest="simulator", required=True, metavar="{" + ",".join(_SIMULATORS) + "}")
    for name, purpose in _SIMULATORS.items():
        parser = choices.add_parser(name, help=purpose)
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=int, default=0, help="port; 0 takes a free one (default: %(default)s)")
        if words[:1] == [name]:
            command = cast("_Command", importlib.import_module(f"simulator.{name}.command"))
            command.add_arguments(parser)
    namespace = outer.parse_args(words)
    keep_blas_to_one_thread()
    try:
        asyncio.run(_serve(namespace.simulator, command.build(namespace), namespace.host, namespace.port))
    except (PhoneAgentError, OSError) as error:
        logger.error("{}", error)
        return 1
    return 0


async def _serve(name: str, app: ASGIApp, host: str, port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no signal handlers on its loop; there Ctrl+C raises KeyboardInterrupt instead.
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serve_app(app, host=host, port=port) as url:
        logger.info("simulated {} at {}", name, url)
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
