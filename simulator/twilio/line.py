"""The caller's telephone line: every 20 ms one frame is said and one is heard, on one clock.

A line outlives its media streams (a call may be redirected from one to another); recording, measures and
everything that waits for the agent belong to it.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from simulator.twilio.agent_speech import AgentSpeechChange, AgentSpeechDetector
from simulator.twilio.errors import CallOverError, WaitTimeoutError
from simulator.twilio.faults import NO_FAULTS, CallerFaults
from simulator.twilio.media_stream import MediaStream
from simulator.twilio.meter import CallMeter
from simulator.twilio.mulaw import FRAME_SECS, SAMPLE_RATE
from simulator.twilio.recorder import StereoRecorder
from simulator.twilio.speech import PreparedSpeech, background
from simulator.twilio.ticker import Ticker

SpeechListener = Callable[[AgentSpeechChange], None]


@dataclass(slots=True)
class _Saying:
    """An utterance on its way."""

    speech: PreparedSpeech
    done: asyncio.Future[None]
    next_frame: int = 0


class Line:
    """One end of a call, driven by the shared ticker while a stream is attached.

    Args:
        ticker: The process's clock.
        faults: Line noise, silence byte, and whether silence is sent at all.
        record: Keep both sides' audio.

    Attributes:
        agent: When the agent was heard.
        meter: The figures.
        recorder: Both sides' audio, or None.
    """

    def __init__(self, ticker: Ticker, faults: CallerFaults = NO_FAULTS, *, record: bool = True) -> None:
        self.agent = AgentSpeechDetector()
        self.meter = CallMeter()
        self.recorder = StereoRecorder() if record else None
        self._ticker = ticker
        self._faults = faults
        self._background = background(faults.noise_dbfs, faults.silence_byte)
        self._ticks = 0
        self._stream: MediaStream | None = None
        self._saying: _Saying | None = None
        self._waiters: list[tuple[Callable[[float], bool], asyncio.Future[None]]] = []
        self._listeners: list[SpeechListener] = []
        self._reference = 0.0
        self._last_words_ticks = 0
        self._over = False

    @property
    def stream(self) -> MediaStream | None:
        """The stream that the call is on, if any."""
        return self._stream

    @property
    def agent_is_playing(self) -> bool:
        """Whether agent audio is being played now."""
        return self._stream is not None and not self._stream.playout.is_idle

    @property
    def last_words_secs(self) -> float:
        """Second of the recording at which the caller's last words ended; 0 before the first."""
        return self._last_words_ticks * FRAME_SECS

    def add_speech_listener(self, listener: SpeechListener) -> None:
        """Tell this function whenever the agent starts or stops being heard."""
        self._listeners.append(listener)

    def attach(self, stream: MediaStream) -> None:
        """Put the line on a stream."""
        self._stream = stream
        self._ticker.subscribe(self._tick)

    def detach(self) -> None:
        """Take the line off its stream; what was being said is cut off."""
        self._ticker.unsubscribe(self._tick)
        self._stream = None
        if self._saying is not None and not self._saying.done.done():
            self._saying.done.set_exception(CallOverError("the stream ended in the middle of the utterance"))
            # Whether anybody still awaits it is the caller's business.
            self._saying.done.exception()
        self._saying = None

    def on_stream_started(self, at: float) -> None:
        """Count the greeting from here."""
        self.meter.stream_started(at)

    def on_agent_audio(self, at: float, size: int, playout_was_idle: bool) -> None:
        """Pass on to the figures."""
        self.meter.agent_audio(at, size, playout_was_idle=playout_was_idle)

    def on_clear(self, at: float) -> None:
        """Pass on to the figures."""
        self.meter.cleared(at)

    def end(self) -> None:
        """The call is over: everybody who waits learns it."""
        self._over = True
        for _, future in self._waiters:
            if not future.done():
                future.set_exception(CallOverError("the call ended"))
        self._waiters.clear()

    async def say(self, speech: PreparedSpeech) -> None:
        """Say one utterance from the next tick on; returns when its last frame was sent.

        Raises:
            CallOverError: The stream ended before or meanwhile.
        """
        if self._stream is None or self._over:
            raise CallOverError("there is no stream to speak on")
        if self._saying is not None:
            raise RuntimeError("the caller is speaking already")
        if not speech.frames:
            return
        saying = _Saying(speech, asyncio.get_running_loop().create_future())
        self.meter.turn_started(speech.text)
        self._saying = saying
        try:
            await saying.done
        finally:
            if self._saying is saying:
                self._saying = None

    async def wait_for_agent_start(self, timeout: float) -> None:
        """Wait until the agent is heard, counting from the caller's last words.

        Raises:
            WaitTimeoutError: Not within `timeout` seconds.
            CallOverError: The call ended first.
        """
        await self.wait_until(lambda _now: self._spoke_since_reference(), timeout, "the agent did not speak")

    async def wait_for_agent(self, silence_secs: float, timeout: float) -> None:
        """Wait until the agent has spoken since the caller's last words (or the last such wait) and is quiet.

        Args:
            silence_secs: How long nothing must have been heard, nor be waiting to be played.
            timeout: Seconds for all of it.

        Raises:
            WaitTimeoutError: It did not speak, or did not stop.
            CallOverError: The call ended first.
        """

        def finished(now: float) -> bool:
            last = self.agent.last_audible_at
            return (
                last is not None
                and self._spoke_since_reference()
                and now - last >= silence_secs
                and not self.agent_is_playing
            )

        await self.wait_until(finished, timeout, "the agent did not speak and fall silent")
        self._reference = time.perf_counter()

    async def wait_until(self, condition: Callable[[float], bool], timeout: float, complaint: str) -> None:
        """Wait until a condition, asked with the time after every tick, holds.

        Raises:
            WaitTimeoutError: It did not hold within `timeout` seconds; `complaint` begins the message.
            CallOverError: The call ended first.
        """
        if self._over:
            raise CallOverError("the call ended")
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (condition, future)
        self._waiters.append(entry)
        try:
            await asyncio.wait_for(future, timeout)
        except TimeoutError as error:
            raise WaitTimeoutError(f"{complaint} within {timeout:.1f} s") from error
        finally:
            if entry in self._waiters:
                self._waiters.remove(entry)

    def _spoke_since_reference(self) -> bool:
        last = self.agent.last_audible_at
        return last is not None and last > self._reference

    def _tick(self, due: float) -> None:
        stream = self._stream
        if stream is None or not stream.is_running:
            return
        said = self._say_frame(stream, due)
        heard = stream.play()
        self._hear_frame(stream, heard, due)
        if self.recorder is not None:
            self.recorder.add(said, heard)
        self._ticks += 1
        if self._waiters:
            self._ask_waiters(due)

    def _say_frame(self, stream: MediaStream, due: float) -> bytes:
        saying = self._saying
        if saying is None:
            index = self._ticks % len(self._background.frames)
            if not self._faults.no_media_in_silence:
                self.meter.lateness.add(stream.send_media(self._background.payloads[index]) - due)
            return self._background.frames[index]
        index = saying.next_frame
        speech = saying.speech
        saying.next_frame += 1
        is_playing = self.agent_is_playing
        sent_at = stream.send_media(speech.payloads[index])
        self.meter.lateness.add(sent_at - due)
        if index == speech.onset_frame:
            self.meter.caller_onset(sent_at, agent_is_playing=is_playing)
        if index == speech.last_speech_frame:
            self.meter.caller_last_speech(sent_at)
            self._reference = sent_at
            self._last_words_ticks = self._ticks + 1
        if saying.next_frame == len(speech.frames):
            self._saying = None
            if not saying.done.done():
                saying.done.set_result(None)
        return speech.frames[index]

    def _hear_frame(self, stream: MediaStream, heard: bytes, due: float) -> None:
        if heard and stream.playout.buffered_bytes == 0:
            self.meter.ran_dry(due + len(heard) / SAMPLE_RATE)
        if not heard and not self.agent.speaking:
            return
        change = self.agent.hear(heard, due)
        last = self.agent.last_audible_at
        if heard and last is not None and last > due:
            self.meter.agent_heard(last)
        if change is not None:
            for listener in self._listeners:
                listener(change)

    def _ask_waiters(self, now: float) -> None:
        for condition, future in tuple(self._waiters):
            if not future.done() and condition(now):
                future.set_result(None)
