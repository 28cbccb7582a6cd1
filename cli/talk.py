"""`talk`: a telephone call without a telephone, by this machine's microphone and loudspeaker.

The call runs in this process, on the call side that a server has, and writes into the same database: beside a
running server as well as without one, for databases are made to be shared. What cannot be shared, the embedded
vector store, is taken if nobody has it, and otherwise filled anew for this one agent in a temporary folder. So no
key is needed, and the conversation is there over REST at once.
"""

import asyncio
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from api.call_runtime import open_call_runtime
from bot.services.ollama_chat import OllamaChatModel
from bot.transport.local_audio import AudioDevice, AudioHost, Way, choose_device, list_devices, load_audio
from bot.transport.microphone import MICROPHONE, MicrophoneTransport
from cli.data_lock import own_or_copied_data
from cli.local_conversation import announce, find_agent, has_native_tools
from cli.talk_screen import TalkScreen
from config.errors import ConfigurationError
from config.settings import Settings
from data.agent_config import AgentConfig
from data.database import Database
from data.records import CallOutcome, Source

_FAILED = 1
_INTERRUPTED = 130
"""Exit code after a second Ctrl-C, as shells have it."""
_NO_TELEPHONE = {
    "twilio_account_sid": None,
    "twilio_auth_token": None,
    "twilio_phone_number": None,
    "max_concurrent_calls": 1,
    "drain_seconds": 0,
}
"""No number is routed and nothing is hung up at Twilio for a call that never went there."""


@dataclass(frozen=True, slots=True)
class TalkOptions:
    """What was asked for.

    Attributes:
        agent_id: Whom to talk to; None is the oldest active agent.
        input_device: Number or part of the name of a microphone; None is the system's own.
        output_device: The same of a loudspeaker.
    """

    agent_id: str | None = None
    input_device: str | None = None
    output_device: str | None = None


def show_devices(load: Callable[[], AudioHost] = load_audio) -> int:
    """Print the sound devices; returns the exit code.

    Raises:
        ConfigurationError: There is no sound system.
    """
    host = load()
    try:
        devices = list_devices(host)
    finally:
        host.terminate()
    Console().print(_device_table(devices) if devices else "This machine has no sound device.")
    return 0


def run_talk(settings: Settings, options: TalkOptions, load: Callable[[], AudioHost] = load_audio) -> int:
    """Talk until somebody hangs up; returns the exit code: 1 if the call failed.

    Args:
        settings: As the server has them.
        options: What was asked for.
        load: Finds the sound system.

    Raises:
        PhoneAgentError: It cannot begin: no sound device, no such agent, no model, no key for Deepgram.
    """
    console = Console(highlight=False)
    host = load()
    try:
        outcome = asyncio.run(talk(settings, options, console, host, _hang_up_on_interrupt))
    except KeyboardInterrupt:
        console.print()
        return _INTERRUPTED
    finally:
        host.terminate()
    return _FAILED if outcome.reason.is_failure else 0


async def talk(
    settings: Settings,
    options: TalkOptions,
    console: Console,
    host: AudioHost,
    begun: Callable[[MicrophoneTransport], None] = lambda _transport: None,
) -> CallOutcome:
    """One call; nothing of it is left when this returns.

    Args:
        settings: As the server has them.
        options: What was asked for.
        console: Where the conversation is shown.
        host: The sound system.
        begun: Told of the transport just before the call begins.

    Raises:
        PhoneAgentError: It cannot begin.
    """
    devices = await asyncio.to_thread(list_devices, host)
    microphone = choose_device(devices, Way.INPUT, options.input_device)
    speaker = choose_device(devices, Way.OUTPUT, options.output_device)
    if settings.deepgram_api_key is None:
        raise ConfigurationError("DEEPGRAM_API_KEY is not set: the agent could neither hear nor speak.")
    async with AsyncExitStack() as stack:
        mine = stack.enter_context(own_or_copied_data(settings)).model_copy(update=_NO_TELEPHONE)
        database = Database(mine.database_url)
        stack.push_async_callback(database.close)
        await database.upgrade()
        agent = await find_agent(database, options.agent_id)
        await _require_model(mine, agent)
        transport = MicrophoneTransport(host, microphone, speaker)
        await transport.open()
        stack.push_async_callback(transport.close)
        with console.status("Loading models …"):
            runtime = await stack.enter_async_context(
                open_call_runtime(mine, database, media_format=MICROPHONE, only_agent=agent)
            )
        agent = agent or await find_agent(database, None)
        if agent is None:
            raise ConfigurationError("There is no active agent to talk to: name one with --agent.")
        screen = stack.enter_context(TalkScreen(console, agent.name))
        _introduce(console, agent, microphone, speaker, transport)
        runtime.events.add(screen)
        config = await announce(database, agent, Source.MICROPHONE)
        begun(transport)
        await runtime.calls.run(config, transport, "")
        return screen.ended(config.conversation_id)


async def _require_model(settings: Settings, agent: AgentConfig | None) -> None:
    """Say what is missing before the seconds that loading takes."""
    model = OllamaChatModel.of(settings)
    try:
        await has_native_tools(model, settings, agent.model_name if agent else settings.ollama_model)
    finally:
        await model.close()


def _introduce(
    console: Console,
    agent: AgentConfig,
    microphone: AudioDevice,
    speaker: AudioDevice,
    transport: MicrophoneTransport,
) -> None:
    latency = transport.input_latency + transport.output_latency
    for line in (
        f"{agent.name} ({agent.agent_id}), model {agent.model_name}, voice {agent.voice_id}",
        f"Microphone: {microphone.name}. Speaker: {speaker.name}. They add {latency * 1000:.0f} ms.",
        "Use headphones: nothing here keeps the agent from hearing, and interrupting, itself.",
        "Just talk. Ctrl-C hangs up.",
    ):
        console.print(line, style="dim", markup=False)
    console.print()


def _hang_up_on_interrupt(transport: MicrophoneTransport) -> None:
    """Let Ctrl-C end the call in good order, and a second one end the program."""
    loop = asyncio.get_running_loop()

    def interrupted() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        transport.hang_up()

    try:
        loop.add_signal_handler(signal.SIGINT, interrupted)
    except NotImplementedError:  # Windows: Ctrl-C cancels, which ends the call too, as shut down
        return


def _device_table(devices: tuple[AudioDevice, ...]) -> Table:
    table = Table("number", "name", "microphone", "speaker")
    for device in devices:
        cells = [
            ("default" if device.is_default(way) else "yes") if device.serves(way) else ""
            for way in (Way.INPUT, Way.OUTPUT)
        ]
        table.add_row(str(device.index), device.name, *cells)
    return table
