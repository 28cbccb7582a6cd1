"""`run_bot.py talk` as a person starts it, on a real sound system whose two devices are virtual cables.

Skipped, visibly, where PulseAudio or PyAudio is not installed; `tests/calls/test_microphone.py` needs neither.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from cli.environment import child_environment
from simulator.voice import synthesize
from tests.calls.house import CallHouse
from tests.calls.phone import holds_speech
from tests.calls.sound_server import RATE, SoundServer, missing, open_sound_server
from tests.calls.vendors import CALLER_WORDS_PER_MINUTE, agent_audio

pytestmark = [
    pytest.mark.asyncio(loop_scope="package"),
    pytest.mark.skipif(bool(missing()), reason=f"no virtual sound device: {missing()}"),
]

ROOT = Path(__file__).resolve().parents[2]
GREETING = "Hi, this is Maya from Northwind Solar. How can I help you today?"
QUESTION = "How long is the warranty on the inverter?"
QUIET_BYTES = RATE * 2 // 2


@pytest_asyncio.fixture(loop_scope="package")
async def sound(house: CallHouse, tmp_path: Path) -> AsyncIterator[SoundServer]:
    settings = {
        "DATABASE_URL": house.settings.database_url,
        "CHROMA_PATH": str(tmp_path / "chroma"),
        "DEEPGRAM_BASE_URL": house.vendors.deepgram_url,
        "DEEPGRAM_API_KEY": "a-deepgram-key",
        "OLLAMA_HOST": house.vendors.ollama_url,
    }
    async with open_sound_server(tmp_path, child_environment(settings)) as sound:
        yield sound


async def run_bot(sound: SoundServer, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "run_bot.py"), *arguments),
        env=sound.environment,
        cwd=sound.environment["HOME"],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def until(reached: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not reached():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.05)


async def test_a_question_is_asked_and_answered(house: CallHouse, sound: SoundServer) -> None:
    await house.vendors.teach(QUESTION)
    spoken = await asyncio.to_thread(
        partial(synthesize, QUESTION, sample_rate=RATE, words_per_minute=CALLER_WORDS_PER_MINUTE)
    )
    voice = partial(agent_audio, encoding="linear16", sample_rate=RATE)
    program = await run_bot(sound, "talk")
    try:
        await until(lambda: holds_speech(bytes(sound.heard), GREETING, voice), 60)
        asked = len(sound.heard)
        await sound.say(spoken.pcm)
        await until(lambda: bool(sound.heard[asked:].strip(b"\x00")), 10)
        await until(lambda: not sound.heard[-QUIET_BYTES:].strip(b"\x00"), 10)
        program.send_signal(signal.SIGINT)
        async with asyncio.timeout(15):
            shown, errors = await program.communicate()
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    assert (program.returncode, errors.decode()) == (0, "")
    screen = shown.decode()
    assert f"You: {QUESTION}" in screen
    assert "12 years" in screen
    assert "Call ended by remote party." in screen
    listed = await house.get("/v1/convai/conversations?page_size=1")
    assert isinstance(listed["conversations"], list)
    assert listed["conversations"][0]["conversation_initiation_source"] == "microphone"


async def test_the_devices_are_listed(sound: SoundServer) -> None:
    program = await run_bot(sound, "talk", "--list-devices")
    shown, errors = await program.communicate()
    assert (program.returncode, errors.decode()) == (0, "")
    assert "default" in shown.decode()
