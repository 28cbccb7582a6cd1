"""`ingest`: documents for an agent, from a file, a folder, an organization's folder or an address."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from rich.console import Console

from cli.ingest_local import open_local_ingest
from cli.ingest_screen import IngestScreen
from cli.ingest_server import SEND_SECONDS, ServerIngest
from cli.ingest_target import IngestSource, IngestTarget, TakenDocument
from cli.key_admin import some_key
from config.errors import InvalidInputError
from config.settings import Settings
from data.knowledge.document_files import FoundFile, FoundFiles, find_files
from data.knowledge.organization import is_organization, load_organization

_FAILED = 1
_INTERRUPTED = 130


def run_ingest(
    settings: Settings, source: str, *, agent_id: str | None, server: str | None, key: str | None
) -> int:
    """Ingest, and say what became of each document.

    What was taken in before a Ctrl-C or a crash stays; the same command goes on where it was.

    Args:
        settings: As the server has them.
        source: A path or an address.
        agent_id: Whose documents; None is the folder's own agent, or the oldest active one.
        server: URL of a running server; None works on the data itself.
        key: For the server.

    Returns:
        The exit code: 1 if any document could not be used.

    Raises:
        PhoneAgentError: It cannot begin.
    """
    console = Console(highlight=False, soft_wrap=True)

    async def work() -> int:
        async with _target(settings, console, server, key) as target:
            return await ingest_into(target, console, IngestSource.parse(source), agent_id)

    try:
        return asyncio.run(work())
    except KeyboardInterrupt:
        console.print("Interrupted; the same command goes on where it was.")
        return _INTERRUPTED


async def ingest_into(target: IngestTarget, console: Console, source: IngestSource, agent_id: str | None) -> int:
    """Ingest into a place that is open; see `run_ingest`."""
    found = FoundFiles() if source.path is None else await asyncio.to_thread(find_files, source.path)
    screen = IngestScreen(console)
    agent = await _agent(target, source, agent_id, screen)
    for skipped in found.skipped:
        screen.say(f"  left out   {skipped} (no format that can be read)")
    return await _take(target, screen, agent, found.files, source.url)


@asynccontextmanager
async def _target(
    settings: Settings, console: Console, server: str | None, key: str | None
) -> AsyncIterator[IngestTarget]:
    async with AsyncExitStack() as stack:
        if server is None:
            yield await open_local_ingest(stack, settings, console)
        else:
            headers = {"xi-api-key": key or some_key(settings)}
            client = httpx.AsyncClient(base_url=server, headers=headers, timeout=SEND_SECONDS, trust_env=False)
            yield ServerIngest(await stack.enter_async_context(client))


async def _agent(target: IngestTarget, source: IngestSource, agent_id: str | None, screen: IngestScreen) -> str:
    if agent_id is None and source.path is not None and await asyncio.to_thread(is_organization, source.path):
        organization = await asyncio.to_thread(load_organization, source.path)
        found, made = await target.agent_of(organization.config)
        screen.say(f"{'Made' if made else 'Found'} the agent {organization.config.name} ({found}).")
        return found
    return await target.agent(agent_id)


async def _take(
    target: IngestTarget, screen: IngestScreen, agent_id: str, files: tuple[FoundFile, ...], url: str | None
) -> int:
    failed = chunks = 0
    began = time.monotonic()
    sources: list[FoundFile | str] = [*files, *([url] if url else [])]
    with screen.running(len(sources)):
        for source in sources:
            name = source if isinstance(source, str) else source.filename
            listener = screen.document(name)
            try:
                if isinstance(source, str):
                    taken = await target.url(agent_id, source, listener)
                else:
                    taken = await target.file(agent_id, source, listener)
            except InvalidInputError as error:
                failed += 1
                screen.done(f"  refused    {name}: {error.message}", failed=True)
            else:
                chunks += taken.chunk_count
                screen.done(_line(name, taken))
    seconds = time.monotonic() - began
    rate = f", {chunks} chunks, {chunks / seconds:.0f} a second" if chunks else ""
    screen.say(f"{len(sources) - failed} of {len(sources)} documents for {agent_id} in {seconds:.1f} s{rate}.")
    return _FAILED if failed else 0


def _line(name: str, taken: TakenDocument) -> str:
    count = f", {taken.chunk_count} chunks" if taken.chunk_count else ""
    return f"  {taken.state:<10} {name} ({taken.name}{count})"
