"""A sound server of its own with two virtual cables, where PulseAudio and PyAudio are installed."""

import asyncio
import importlib.util
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

RATE = 16000
MICROPHONE_CABLE, SPEAKER_CABLE = "caller", "agent"
_RAW = ("--raw", "--format=s16le", f"--rate={RATE}", "--channels=1", "--latency-msec=20")
_ALSA = """\
pcm.!default { type pulse }
ctl.!default { type pulse }
"""


def missing() -> str:
    """What is not installed; empty if all is there."""
    if importlib.util.find_spec("pyaudio") is None:
        return "PyAudio (the extra `local`) is not installed"
    absent = [name for name in ("pulseaudio", "pacat", "parec", "pactl") if shutil.which(name) is None]
    return f"not installed: {', '.join(absent)}" if absent else ""


@dataclass
class SoundServer:
    """Running; what is played into one cable is the microphone, what comes out of the other is the speaker.

    Attributes:
        environment: With which programs find this server, and only this one.
        heard: Everything that was played so far, 16-bit at 16 kHz.
    """

    environment: dict[str, str]
    heard: bytearray = field(default_factory=bytearray)

    async def say(self, pcm: bytes) -> None:
        """Play into the microphone; returns when it has been played."""
        process = await self._start("pacat", "--playback", f"--device={MICROPHONE_CABLE}", *_RAW)
        await process.communicate(pcm)

    async def listen(self) -> None:
        """Keep what the speaker plays, until cancelled."""
        process = await self._start("parec", f"--device={SPEAKER_CABLE}.monitor", *_RAW)
        assert process.stdout is not None
        try:
            while data := await process.stdout.read(4096):
                self.heard += data
        finally:
            process.kill()
            await process.wait()

    async def control(self, *words: str) -> bool:
        """Tell it something; False if it did not take it."""
        process = await self._start("pactl", *words)
        await process.communicate()
        return process.returncode == 0

    async def _start(self, *command: str) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            *command, env=self.environment, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )


@asynccontextmanager
async def open_sound_server(folder: Path, environment: dict[str, str]) -> AsyncIterator[SoundServer]:
    """Run PulseAudio with nothing but two cables, in a folder.

    Raises:
        TimeoutError: It does not start.
    """
    alsa = folder / "asound.conf"
    alsa.write_text(f"</usr/share/alsa/alsa.conf>\n{_ALSA}", encoding="utf-8")
    server = SoundServer(
        {
            **environment,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "PULSE_SERVER": f"unix:{folder / 'socket'}",
            "ALSA_CONFIG_PATH": str(alsa),
        }
    )
    null = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit=yes", "--use-pid-file=no"),
        *("-L", f"module-native-protocol-unix auth-anonymous=1 socket={folder / 'socket'}"),
        *("-L", f"module-null-sink sink_name={MICROPHONE_CABLE} format=s16le rate={RATE} channels=1"),
        *("-L", f"module-null-sink sink_name={SPEAKER_CABLE} format=s16le rate={RATE} channels=1"),
        env=server.environment,
        stdin=null,
        stdout=null,
        stderr=null,
    )
    listening: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(10):
            while not await server.control("set-default-sink", SPEAKER_CABLE):  # noqa: ASYNC110 - a process
                await asyncio.sleep(0.05)
        await server.control("set-default-source", f"{MICROPHONE_CABLE}.monitor")
        listening = asyncio.create_task(server.listen(), name="sound-server-listener")
        yield server
    finally:
        if listening is not None:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
        process.kill()
        await process.wait()
