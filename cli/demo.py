"""`demo`: one simulated phone call against a real server, shown live, and checked.

The server is a child process, started as anybody would start it; the caller, and the vendors that are simulated,
are in this one. Between them is nothing but HTTP and WebSockets on loopback, with real audio.
"""

import asyncio
import secrets
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from cli.demo_checks import Check, DemoEvidence, demo_passed, judge
from cli.demo_latency import latency_rows
from cli.demo_live import LiveConversation
from cli.demo_recording import inspect_recording
from cli.demo_report import DemoReport, demo_console
from cli.demo_rest import DemoRest, RestTranscriber
from cli.demo_script import DEMO_SCENARIO, read_script
from cli.demo_server import free_port, server_process
from cli.demo_transcript import Conversation
from cli.demo_vendors import DemoVendor, SpeechAndModel, load_model, open_vendors, vendor_delays, written_replies
from cli.vendors import VendorLine, VendorState
from config.errors import ConfigurationError
from config.settings import Settings
from simulator.hosting import serve_app
from simulator.twilio.app import create_app as create_twilio
from simulator.twilio.caller import Caller
from simulator.twilio.hooks import RecogniserRegistration
from simulator.twilio.options import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, TwilioOptions
from simulator.twilio.results import ScenarioResult
from simulator.twilio.routes import PublicRoute
from simulator.twilio.runner import ScenarioRunner
from simulator.twilio.scenario import Scenario, load_scenario
from simulator.twilio.scenario_caller import scenario_options
from simulator.twilio.state import TwilioState
from simulator.twilio.status_callbacks import StatusCallback

PUBLIC_URL = "https://agent.example.com"
"""Where the simulated Twilio believes the server to be; signatures are made and checked for it."""
CALL_SECONDS = 300.0
"""Longest that the whole scenario may take; each of its steps has a shorter deadline."""
STORED_SECONDS = 30.0
_SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"
_RECORDING = "call.wav"
_FAILED = 1
_INTERRUPTED = 130


def run_demo(settings: Settings) -> int:
    """Run the demo on standard output; returns the exit code: 0, or 1 if a check failed.

    Args:
        settings: The user's own, for real vendors.

    Raises:
        PhoneAgentError: It could not start.
    """
    report = DemoReport(demo_console())
    try:
        return asyncio.run(_run(settings, report))
    except (KeyboardInterrupt, asyncio.CancelledError):
        report.step("Interrupted; everything that was started has been stopped.")
        return _INTERRUPTED


async def _run(settings: Settings, report: DemoReport) -> int:
    began = time.monotonic()
    folder = _fresh_folder(settings.var_dir / "demo")
    scenario = load_scenario(DEMO_SCENARIO)
    with _terminated_in_order():
        async with AsyncExitStack() as stack:
            vendors = await stack.enter_async_context(open_vendors(settings))
            port = free_port()
            route = PublicRoute(PUBLIC_URL, f"http://127.0.0.1:{port}")
            options = TwilioOptions(routes=(route,), numbers=(scenario.to_number,))
            twilio = await stack.enter_async_context(TwilioState(options))
            twilio_url = await stack.enter_async_context(serve_app(create_twilio(twilio)))
            key = f"demo-{secrets.token_hex(16)}"
            rest = await stack.enter_async_context(DemoRest(route.connect_url, key))
            _introduce(report, settings, vendors, twilio_url, folder)
            if vendors.ollama.real:
                report.step(f"Loading {settings.ollama_model} …")
                await load_model(settings)
            report.heading("The server")
            report.step("starting: python run_bot.py serve")
            server = _server_settings(settings, vendors, scenario, folder, port, twilio_url, key)
            await stack.enter_async_context(server_process(server, folder, rest))
            report.step(f"ready at {route.connect_url}, with the sample agent and its documents")
            caller, result = await _call(report, rest, twilio, scenario, vendors)
            checks = await _report_call(report, rest, vendors, scenario, caller, result, folder)
    passed = demo_passed(checks)
    report.conclusion(passed, time.monotonic() - began)
    return 0 if passed else _FAILED


def _fresh_folder(parent: Path) -> Path:
    folder = (parent / f"{datetime.now().astimezone():%Y%m%d-%H%M%S}").absolute()
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise ConfigurationError(f"{folder} exists: another demo has just begun; try again.") from None
    return folder


@contextmanager
def _terminated_in_order() -> Iterator[None]:
    """SIGTERM ends the demo as Ctrl-C does: with its server."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


def _introduce(
    report: DemoReport, settings: Settings, vendors: SpeechAndModel, twilio_url: str, folder: Path
) -> None:
    twilio = DemoVendor("Twilio", twilio_url, False, "always, in the demo: no number is needed")
    lines = [vendor.line for vendor in (twilio, vendors.deepgram, vendors.ollama)]
    report.vendors(
        (
            *lines,
            VendorLine("Documents", VendorState.REAL, f"embedded Chroma, {settings.embed_model}"),
            VendorLine("Database", VendorState.REAL, f"SQLite, in {folder}"),
        )
    )


def _server_settings(
    settings: Settings,
    vendors: SpeechAndModel,
    scenario: Scenario,
    folder: Path,
    port: int,
    twilio_url: str,
    key: str,
) -> Mapping[str, str]:
    """The server's whole configuration; signatures are on, everything it writes is in the folder."""
    return {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": PUBLIC_URL,
        "API_KEYS": key,
        "TWILIO_ACCOUNT_SID": DEFAULT_ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": DEFAULT_AUTH_TOKEN,
        "TWILIO_PHONE_NUMBER": scenario.to_number,
        "TWILIO_BASE_URL": twilio_url,
        "TWILIO_VALIDATE_SIGNATURES": "true",
        "DEEPGRAM_API_KEY": vendors.deepgram_key,
        "DEEPGRAM_BASE_URL": vendors.deepgram.url,
        "DEEPGRAM_VOICE": settings.deepgram_voice,
        "DEEPGRAM_STT_MODEL": settings.deepgram_stt_model,
        "OLLAMA_HOST": vendors.ollama.url,
        "OLLAMA_MODEL": settings.ollama_model,
        "LLM_TIMEOUT_SEC": str(settings.llm_timeout_sec),
        "EMBED_MODEL": settings.embed_model,
        "DATA_FILE": str(_SAMPLES),
        "DATABASE_URL": f"sqlite:///{folder / 'agents.db'}",
        "CHROMA_PATH": str(folder / "chroma"),
        "LOG_FILE": str(folder / "server.log"),
        "LOG_LEVEL": "INFO",
        "DRAIN_SECONDS": "5",
    }


async def _call(
    report: DemoReport, rest: DemoRest, twilio: TwilioState, scenario: Scenario, vendors: SpeechAndModel
) -> tuple[Caller, ScenarioResult]:
    """Place the call and show it; returns when it is over."""
    report.heading("The call")
    callback = StatusCallback(f"{PUBLIC_URL}/voice/status")
    caller = Caller(twilio, scenario_options(scenario, f"{PUBLIC_URL}/voice/incoming", status_callback=callback))
    live = LiveConversation(report, rest)
    runner = ScenarioRunner(
        caller,
        scenario,
        on_progress=live.on_progress,
        on_utterance=None if vendors.deepgram.real else RecogniserRegistration(vendors.deepgram.url),
        transcriber=RestTranscriber(rest),
    )
    following = asyncio.create_task(live.follow(), name="live-conversation")
    try:
        async with asyncio.timeout(CALL_SECONDS):
            result = await runner.run()
    except TimeoutError:
        raise ConfigurationError(f"The call was not over after {CALL_SECONDS:.0f} s.") from None
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    await rest.finished_conversation(result.call_sid, STORED_SECONDS)
    await live.catch_up()
    report.call_ended(result.duration_secs, f"ended by {caller.why_it_ended()}")
    return caller, result


async def _report_call(
    report: DemoReport,
    rest: DemoRest,
    vendors: SpeechAndModel,
    scenario: Scenario,
    caller: Caller,
    result: ScenarioResult,
    folder: Path,
) -> tuple[Check, ...]:
    """Read everything back, print and judge it."""
    conversation = await rest.finished_conversation(result.call_sid, STORED_SECONDS)
    if conversation is None:
        conversation = Conversation(conversation_id="none", agent_id="none", status="not stored")
    path = folder / _RECORDING
    await caller.write_recording(path)
    recording = await asyncio.to_thread(inspect_recording, path)
    report.transcript(conversation)
    report.appointments(conversation)
    if conversation.transcript:
        delays = vendor_delays() if vendors.predictable else None
        rows = latency_rows(conversation, await rest.latency(result.call_sid), delays)
        report.latency(rows, result.measures, with_overhead=delays is not None)
    checks = judge(
        DemoEvidence(
            read_script(scenario),
            result,
            conversation,
            recording,
            predictable=vendors.predictable,
            written_replies=() if vendors.ollama.real else await written_replies(vendors.ollama.url),
        )
    )
    report.checks(checks)
    report.files(folder, recording.path if recording else None)
    return checks
