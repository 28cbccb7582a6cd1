"""A call by this machine's microphone and loudspeaker: a thin adapter between two devices and the media plane.

It uses what pipecat's `LocalAudioTransport` uses, PyAudio streams with 20 ms callbacks, but not that class: as a
pair of processors it would put every 20 ms of audio through the pipeline's queues, and what it has given to its
blocking write in a worker thread cannot be taken back when somebody interrupts. Here the device's own thread
hands recorded audio to the loop, where the media plane takes it at once, and pulls what is to be played out of a
buffer that `clear` empties. Marks are echoed when the device has played up to them, its latency included.

There is no echo cancellation: with an open loudspeaker the agent hears, and interrupts, itself.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping

from loguru import logger

from bot.media.format import Encoding, MediaFormat
from bot.transport.local_audio import (
    CONTINUE,
    SAMPLE_BYTES,
    AudioDevice,
    AudioHost,
    AudioStream,
    quiet_sound_system,
)
from bot.transport.ports import MediaReceiver, StreamEnd
from bot.transport.speaker_buffer import SpeakerBuffer
from config.errors import ConfigurationError

MICROPHONE = MediaFormat(Encoding.LINEAR16, 16000)
"""The wider of the two rates that the voice activity model takes; Deepgram hears and speaks it as it is."""
BLOCK_SECONDS = 0.02
MOST_SPEECH_WAITING_SECONDS = 5.0
MOST_BLOCKS_WAITING = 100
"""Two seconds of recording that a stalled loop may leave waiting; later blocks are given up."""
SILENT_DEVICE_SECONDS = 5.0
"""A microphone that delivers nothing, not even silence, for so long is gone: unplugged, or taken away."""
_CHECK_SECONDS = 1.0


class MicrophoneTransport:
    """One call on two devices; a `CallTransport`.

    Use: `await open()`, then give it to a call, which runs and closes it.

    Args:
        host: The sound system; ended by whoever made it.
        microphone: What to record from.
        speaker: What to play on.
    """

    def __init__(self, host: AudioHost, microphone: AudioDevice, speaker: AudioDevice) -> None:
        self._host = host
        self._microphone = microphone
        self._speaker = speaker
        self._loop = asyncio.get_running_loop()
        self._buffer = SpeakerBuffer(MICROPHONE.byte_count(MOST_SPEECH_WAITING_SECONDS))
        self._recorded: deque[bytes] = deque()
        self._recorded_at = 0.0
        self._streams: list[AudioStream] = []
        self._receiver: MediaReceiver | None = None
        self._timers: set[asyncio.TimerHandle] = set()
        self._end = StreamEnd.CLOSED_BY_US
        self._ending = asyncio.Event()
        self.input_latency = 0.0
        """Seconds from a sound to its arrival here, as the device says; known once it is open."""
        self.output_latency = 0.0
        """Seconds from here to the loudspeaker."""
        self.dropped_blocks = 0
        """Recorded blocks given up so far because the loop did not come to take them."""

    @property
    def media_format(self) -> MediaFormat:
        """16-bit samples at 16 kHz."""
        return MICROPHONE

    async def open(self) -> None:
        """Take both devices; nothing is recorded yet.

        Raises:
            ConfigurationError: One of them cannot be had, or not at 16 kHz.
        """
        try:
            await asyncio.to_thread(self._open)
        except BaseException:
            await self._close_streams()
            raise

    async def run(self, receiver: MediaReceiver) -> StreamEnd:
        """Record and play until `hang_up` or `close`, or until the microphone is gone; see `CallTransport`."""
        self._receiver = receiver
        self._recorded_at = self._loop.time()
        try:
            for stream in self._streams:
                await asyncio.to_thread(stream.start_stream)
            while not await self._ended_within(_CHECK_SECONDS):
                if self._loop.time() - self._recorded_at > SILENT_DEVICE_SECONDS:
                    logger.bind(device=self._microphone.name).error("The microphone delivers nothing any more")
                    return StreamEnd.CONNECTION_LOST
            return self._end
        except OSError as error:
            logger.bind(error=str(error)).error("A sound device stopped working")
            return StreamEnd.CONNECTION_LOST
        finally:
            await self.close()

    def hang_up(self) -> None:
        """The person at the microphone ends the call."""
        if not self._ending.is_set():
            self._end = StreamEnd.STOPPED
            self._ending.set()

    async def close(self) -> None:
        """Let go of the devices; see `CallTransport`."""
        self._ending.set()
        self._receiver = None
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._recorded.clear()
        await self._close_streams()

    # --- from the media plane -------------------------------------------------------------------------------

    def send_audio(self, payload: bytes) -> None:
        """Queue audio for the loudspeaker."""
        self._buffer.write(payload)

    def send_mark(self, name: str) -> None:
        """Queue a mark behind everything queued so far."""
        self._buffer.mark(name)

    def send_clear(self) -> None:
        """Drop what is queued; the device still plays the few milliseconds that it has taken already."""
        marks = self._buffer.clear()
        if marks:
            # As over a network: never from within the media plane's own call.
            self._loop.call_soon(self._played, marks)

    # --- on the devices' own threads ------------------------------------------------------------------------

    def _record(
        self, recorded: bytes | None, _samples: int, _times: Mapping[str, float], _flags: int
    ) -> tuple[bytes | None, int]:
        if recorded and len(self._recorded) < MOST_BLOCKS_WAITING:
            self._recorded.append(recorded)
            self._on_loop(self._hear)
        else:
            self.dropped_blocks += 1
        return None, CONTINUE

    def _play(
        self, _recorded: bytes | None, samples: int, _times: Mapping[str, float], _flags: int
    ) -> tuple[bytes | None, int]:
        payload, marks = self._buffer.pull(samples * SAMPLE_BYTES)
        if marks:
            self._on_loop(lambda: self._play_out(marks))
        return payload, CONTINUE

    def _on_loop(self, callback: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(callback)
        except RuntimeError:
            logger.debug("A sound device had something to say after the end")  # the loop is closed

    # --- on the loop ----------------------------------------------------------------------------------------

    def _hear(self) -> None:
        self._recorded_at = self._loop.time()
        if self._recorded and self._receiver is not None:
            self._receiver.receive_audio(self._recorded.popleft())

    def _play_out(self, marks: tuple[str, ...]) -> None:
        """The device has taken the audio before these marks; it is heard when its latency has passed."""
        if self._receiver is None:
            return

        def heard() -> None:
            self._timers.discard(timer)
            self._played(marks)

        timer = self._loop.call_later(self.output_latency, heard)
        self._timers.add(timer)

    def _played(self, marks: tuple[str, ...]) -> None:
        for name in marks:
            if self._receiver is not None:
                self._receiver.mark_played(name)

    async def _ended_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._ending.wait()
        except TimeoutError:
            return False

    # --- devices, in a worker thread ------------------------------------------------------------------------

    def _open(self) -> None:
        with quiet_sound_system():
            self._streams.append(self._open_microphone())
            self._streams.append(self._open_speaker())
        self.input_latency = self._streams[0].get_input_latency()
        self.output_latency = self._streams[1].get_output_latency()

    def _open_microphone(self) -> AudioStream:
        try:
            return self._host.open(
                rate=MICROPHONE.sample_rate,
                channels=1,
                format=self._host.get_format_from_width(SAMPLE_BYTES),
                input=True,
                input_device_index=self._microphone.index,
                frames_per_buffer=int(MICROPHONE.sample_rate * BLOCK_SECONDS),
                start=False,
                stream_callback=self._record,
            )
        except (OSError, ValueError) as error:
            raise _unusable("microphone", self._microphone, error) from None

    def _open_speaker(self) -> AudioStream:
        try:
            return self._host.open(
                rate=MICROPHONE.sample_rate,
                channels=1,
                format=self._host.get_format_from_width(SAMPLE_BYTES),
                output=True,
                output_device_index=self._speaker.index,
                frames_per_buffer=int(MICROPHONE.sample_rate * BLOCK_SECONDS),
                start=False,
                stream_callback=self._play,
            )
        except (OSError, ValueError) as error:
            raise _unusable("speaker", self._speaker, error) from None

    async def _close_streams(self) -> None:
        streams, self._streams = self._streams, []
        for stream in streams:
            try:
                # Waits for a callback that is under way, so not on the loop.
                await asyncio.to_thread(stream.close)
            except OSError as error:
                logger.bind(error=str(error)).debug("A sound device was gone before it could be closed")


def _unusable(what: str, device: AudioDevice, error: Exception) -> ConfigurationError:
    return ConfigurationError(
        f"The {what} {device.name!r} cannot be used at {MICROPHONE.sample_rate} Hz ({error}). Choose another one "
        "(--list-devices), best the sound server's own (`pulse`, `pipewire`, `default`), which takes any rate."
    )
