"""A server with made-up calls, as a process: `python -m tests.api.draining_server FOLDER PORT DRAIN_SECONDS`."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client.registry import Collector

from api import server
from api.health_checks import HealthCheck
from api.state import AppState
from bot.call_config import CallConfig
from bot.transport.ports import CallTransport
from config.settings import Settings
from data.database import Database
from data.repositories.agent import AgentRepository
from tests.api.twilio_server import FakeCalls, make_agent


@dataclass
class DrainingCalls(FakeCalls):
    """Serves streams, and drains as the real ones do: by waiting, then by closing what is left."""

    async def run(self, config: CallConfig, transport: CallTransport, stream_id: str) -> None:
        _say("call began")
        await super().run(config, transport, stream_id)
        _say("call ended")

    async def drain(self, seconds: float) -> None:
        self.accepting = False
        _say("draining")
        try:
            async with asyncio.timeout(seconds), self.changed:
                await self.changed.wait_for(lambda: not self.live)
        except TimeoutError:
            for transport in list(self.live.values()):
                await transport.close()
        _say("drained")


@dataclass(frozen=True)
class DrainingRuntime:
    """The call side."""

    calls: DrainingCalls = field(default_factory=DrainingCalls)

    def health_checks(self) -> Mapping[str, HealthCheck]:
        return {}

    def metrics(self) -> Sequence[Collector]:
        return ()


@asynccontextmanager
async def open_runtime(settings: Settings, database: Database) -> AsyncIterator[DrainingRuntime]:
    async with database.session() as session:
        await AgentRepository(session).add(make_agent())
    yield DrainingRuntime()
    _say("call side closed")


def main() -> None:
    folder, port, drain_seconds = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    settings = Settings.model_validate(
        {
            "host": "127.0.0.1",
            "port": port,
            "database_url": f"sqlite:///{folder / 'agents.db'}",
            "twilio_validate_signatures": False,
            "drain_seconds": drain_seconds,
        }
    )

    async def ready(_: AppState) -> None:
        _say("ready")

    server.run(settings, on_ready=ready, open_runtime=open_runtime)
    _say("stopped")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
