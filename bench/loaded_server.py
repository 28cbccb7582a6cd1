"""`python -m bench.loaded_server RATE SECONDS`: a server like that of `run_bot.py serve`, whose writer is fed too.

It is the only part of the bench that reaches into a server: a hundred turns a second are the talk of some five
hundred calls, which one machine cannot place. It feeds once it gets SIGUSR1, and writes what it saw to `feed.json`
in its folder.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api import server
from api.call_runtime import CallRuntime, open_call_runtime
from api.state import AppState
from bench.feeder import Feeder
from config.logging import configure_logging
from config.settings import Settings, load_settings
from data.database import Database

RESULT = Path("feed.json")


def main() -> None:
    """Serve until SIGTERM."""
    rate, seconds = int(sys.argv[1]), float(sys.argv[2])
    settings = load_settings()
    configure_logging(settings.log_level.value, None, secrets=settings.secret_values())

    @asynccontextmanager
    async def fed(settings: Settings, database: Database) -> AsyncIterator[CallRuntime]:
        async with open_call_runtime(settings, database) as runtime:
            feeder = Feeder(runtime.journal.writer, runtime.journal.figures, database)
            await feeder.announce()
            go = asyncio.Event()
            asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, go.set)
            feeding = asyncio.create_task(_feed(feeder, go, rate, seconds), name="feeder")
            yield runtime
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)

    async def on_ready(_: AppState) -> None:
        return

    server.run(settings, on_ready=on_ready, open_runtime=fed)


async def _feed(feeder: Feeder, go: asyncio.Event, rate: int, seconds: float) -> None:
    await go.wait()
    result = await feeder.feed(rate, seconds)
    await asyncio.to_thread(_write, result.model_dump_json())


def _write(text: str) -> None:
    new = RESULT.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    # Whoever waits for it sees all of it or nothing.
    new.replace(RESULT)


if __name__ == "__main__":
    main()
