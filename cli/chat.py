"""`chat`: a conversation with an agent as text, through the pipeline of a telephone call.

It works alone, on the same database and documents as the server, which must not run meanwhile.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from rich.console import Console

from api.appointment_book import DatabaseAppointmentBook
from api.first_start import ensure_sample_agent
from api.knowledge_projection import open_projection
from bot.event_fanout import EventFanout
from bot.intents import IntentClassifier
from bot.journal import CallJournal
from bot.services.ollama_chat import OllamaChatModel
from bot.text_call import TextCall, TextServices
from cli.chat_screen import ChatScreen
from cli.data_lock import exclusive_data
from cli.lines import read_lines
from cli.local_conversation import announce, find_agent, has_native_tools
from config.errors import ConfigurationError
from config.settings import Settings
from data.agent_config import AgentConfig
from data.database import Database
from data.journal.opening import open_journal
from data.knowledge.factory import Knowledge, build_knowledge
from data.lease_keeper import LeaseKeeper
from data.owner import process_owner
from data.records import CallOutcome, Source

_WITHOUT_OLLAMA = "\n  - or do without both:  python run_bot.py chat --simulated"
_FAILED = 1
_INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


def run_chat(settings: Settings, *, agent_id: str | None, simulated: bool) -> int:
    """Chat on standard input and output; returns the exit code: 1 if the conversation failed.

    Args:
        settings: As the server has them.
        agent_id: Whom to talk to; None is the oldest active agent.
        simulated: Use the simulator's Ollama.

    Raises:
        PhoneAgentError: It cannot begin: no such agent, no model, or a server is running.
    """
    console = Console(highlight=False, soft_wrap=True)
    try:
        outcome = asyncio.run(_chat(settings, console, agent_id, simulated=simulated))
    except KeyboardInterrupt:
        console.print()
        return _INTERRUPTED
    return _FAILED if outcome.reason.is_failure else 0


async def _chat(settings: Settings, console: Console, agent_id: str | None, *, simulated: bool) -> CallOutcome:
    async with AsyncExitStack() as stack:
        stack.enter_context(exclusive_data(settings))
        database = Database(settings.database_url)
        stack.push_async_callback(database.close)
        await database.upgrade()
        agent = await find_agent(database, agent_id)
        model_name = settings.ollama_model if agent is None else agent.model_name
        if simulated:
            # The simulator is an extra, which a server does without.
            from cli.simulated_ollama import serve_simulated_ollama  # noqa: PLC0415

            url = await stack.enter_async_context(serve_simulated_ollama(model_name))
            settings = settings.model_copy(update={"ollama_host": url})
        model = OllamaChatModel.of(settings)
        stack.push_async_callback(model.close)
        # Asked before the seconds that loading takes: without a model there is nothing to load for.
        native_tools = await has_native_tools(model, settings, model_name, otherwise=_WITHOUT_OLLAMA)
        knowledge = build_knowledge(settings)
        stack.push_async_callback(knowledge.close)
        with console.status("Loading the embedding model …"):
            await knowledge.warm()
            if agent is None:
                await ensure_sample_agent(settings, database, knowledge)
                agent = await find_agent(database, None)
            if agent is not None:
                reembedding = await open_projection(settings, database, knowledge, agent)
                stack.push_async_callback(reembedding.close)
        if agent is None:
            raise ConfigurationError("There is no active agent to talk to: name one with --agent.")
        _introduce(console, settings, agent, simulated=simulated)
        outcome = await _converse(
            stack, settings, database, knowledge, model, agent, console, native_tools=native_tools
        )
        console.print(f"[dim]{outcome.reason.describe()} {outcome.duration_secs:.0f} s, stored.[/dim]")
        return outcome


def _introduce(console: Console, settings: Settings, agent: AgentConfig, *, simulated: bool) -> None:
    kind = "simulated" if simulated else f"at {settings.ollama_host}"
    console.print(f"[dim]{agent.name} ({agent.agent_id}), model {agent.model_name}, Ollama {kind}[/dim]")
    if sys.stdin.isatty():
        console.print("[dim]Type your words and press Enter; Ctrl-D hangs up.[/dim]")
    console.print()


async def _converse(
    stack: AsyncExitStack,
    settings: Settings,
    database: Database,
    knowledge: Knowledge,
    model: OllamaChatModel,
    agent: AgentConfig,
    console: Console,
    *,
    native_tools: bool,
) -> CallOutcome:
    owner = process_owner()
    keys = [key.get_secret_value() for key in settings.encryption_key]
    writing = await stack.enter_async_context(open_journal(database, settings.spool_path, keys, owner))
    config = await announce(database, agent, Source.TEXT)
    leases = LeaseKeeper(database, owner, lambda: (config.conversation_id,))
    leases.start()
    stack.push_async_callback(leases.close)
    screen = ChatScreen(console, agent.name, echo=not sys.stdin.isatty())
    call = TextCall(
        config,
        TextServices(
            model,
            knowledge.retriever,
            IntentClassifier(),
            DatabaseAppointmentBook(database),
            prompt_shelf=knowledge.shelf,
        ),
        EventFanout([CallJournal(writing.writer, owner), screen]),
        screen,
        native_tools=native_tools,
    )
    return await call.run(_typed_lines(screen))


async def _typed_lines(screen: ChatScreen) -> AsyncIterator[str]:
    async for line in read_lines(sys.stdin.fileno(), screen.prompt):
        if line.strip():
            screen.typed(line.strip())
        yield line
