"""The person on the telephone: places or takes a call, speaks, listens, presses keys, hangs up.

async with TwilioState(options) as twilio:
    caller = Caller(twilio, CallerOptions(voice_url="https://agent.example.com/voice/incoming"))
    caller.place()
    await caller.wait_connected()
    await caller.wait_for_agent()
    await caller.say("What does it cost?")
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from simulator.twilio.call_record import CallEnder, CallRecord, Direction
from simulator.twilio.errors import CallOverError, WaitTimeoutError
from simulator.twilio.faults import NO_FAULTS, CallerFaults
from simulator.twilio.line import Line
from simulator.twilio.measures import CallMeasures
from simulator.twilio.options import DEFAULT_NUMBER
from simulator.twilio.phone_call import PhoneCall, TwimlUrl
from simulator.twilio.speech import PreparedSpeech, prepare_speech
from simulator.twilio.state import TwilioState
from simulator.twilio.status_callbacks import StatusCallback
from simulator.voice import synthesize

SpeechSynthesizer = Callable[[str, str], bytes]
"""Text and voice name to int16 mono samples at 8000 Hz; blocking, called in a thread."""

DTMF_SECS = 0.25
"""From one key press to the next."""


def espeak(text: str, voice: str) -> bytes:
    """Speak with the simulator's own voice."""
    return synthesize(text, voice=voice).pcm


@dataclass(frozen=True, slots=True)
class CallerOptions:
    """One caller.

    Attributes:
        voice_url: The server's public voice webhook.
        to_number: Whom to call.
        from_number: Who calls.
        status_callback: Where the call's states are reported; None for nowhere.
        voice: Voice name for text.
        record: Keep both sides' audio (16 kB a second); load generators need not.
        faults: What this caller does wrong.
        synthesizer: Makes speech of text.
    """

    voice_url: str
    to_number: str = DEFAULT_NUMBER
    from_number: str = "+14155550100"
    status_callback: StatusCallback | None = None
    voice: str = "en-us"
    record: bool = True
    faults: CallerFaults = field(default=NO_FAULTS)
    synthesizer: SpeechSynthesizer = espeak


class Caller:
    """One person in one call.

    Args:
        state: The account whose network the call runs over.
        options: Who calls whom, and how.
        call: The call to take part in, for a callee; None makes an inbound call to `place`.
    """

    def __init__(self, state: TwilioState, options: CallerOptions, call: PhoneCall | None = None) -> None:
        self._state = state
        self._options = options
        self._call = call or state.new_call(
            Direction.INBOUND,
            options.from_number,
            options.to_number,
            callback=options.status_callback,
            faults=options.faults,
            record=options.record,
        )

    @property
    def call(self) -> PhoneCall:
        """The call itself."""
        return self._call

    @property
    def record(self) -> CallRecord:
        """What Twilio knows of the call: sid, status, who ended it, what was said by `<Say>`, errors."""
        return self._call.record

    @property
    def line(self) -> Line:
        """The line, for its detector and recorder."""
        return self._call.line

    def place(self) -> None:
        """Dial; the call then runs by itself."""
        self._state.start(self._call, TwimlUrl(self._options.voice_url))

    async def wait_connected(self, timeout: float = 15.0) -> None:
        """Wait until the media stream has started.

        Raises:
            CallOverError: The call ended without one; the record's notifications say why.
            WaitTimeoutError: Not within `timeout` seconds.
        """
        streamed = asyncio.create_task(self._call.streamed.wait(), name="wait:streamed")
        ended = asyncio.create_task(self._call.ended.wait(), name="wait:ended")
        try:
            await asyncio.wait({streamed, ended}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            streamed.cancel()
            ended.cancel()
        if self._call.streamed.is_set():
            return
        if self._call.ended.is_set():
            raise CallOverError(f"the call ended without a media stream: {self.why_it_ended()}")
        raise WaitTimeoutError(f"no media stream within {timeout:.1f} s")

    async def prepare(self, text: str, *, voice: str | None = None, level_db: float = 0.0) -> PreparedSpeech:
        """Make speech of a text, in a thread, before it is needed."""
        return await asyncio.to_thread(self._prepare, text, voice or self._options.voice, level_db)

    async def say(self, speech: PreparedSpeech | str) -> None:
        """Say something; returns when the last frame was sent.

        Raises:
            CallOverError: The stream ended before or meanwhile.
        """
        await self.line.say(await self.prepare(speech) if isinstance(speech, str) else speech)

    async def wait_for_agent(self, *, silence_secs: float = 1.0, timeout: float = 20.0) -> None:
        """Wait until the agent has spoken and has been silent for so long; see `Line.wait_for_agent`."""
        await self.line.wait_for_agent(silence_secs, timeout)

    async def wait_for_agent_start(self, *, timeout: float = 10.0) -> None:
        """Wait until the agent is heard; see `Line.wait_for_agent_start`."""
        await self.line.wait_for_agent_start(timeout)

    async def press(self, digits: str) -> None:
        """Press keys, four a second.

        Raises:
            CallOverError: There is no stream.
        """
        for digit in digits:
            stream = self.line.stream
            if stream is None:
                raise CallOverError("there is no stream to press keys on")
            stream.send_dtmf(digit)
            await asyncio.sleep(DTMF_SECS)

    def send_raw(self, text: str) -> None:
        """Send a text over the stream as it is.

        Raises:
            CallOverError: There is no stream.
        """
        if self.line.stream is None:
            raise CallOverError("there is no stream to send on")
        self.line.stream.send_raw(text)

    def drop_socket(self) -> None:
        """Lose the stream's connection without `stop` or closing handshake."""
        if self.line.stream is not None:
            self.line.stream.drop()

    def hang_up(self) -> None:
        """Put the receiver down; a call that is over stays over."""
        if not self.record.status.is_final:
            self._call.hang_up(CallEnder.CALLER)

    async def wait_ended(self, timeout: float = 20.0) -> None:
        """Wait until the call is over and its callbacks are sent.

        Raises:
            WaitTimeoutError: It still runs after `timeout` seconds.
        """
        try:
            await asyncio.wait_for(self._call.ended.wait(), timeout)
        except TimeoutError as error:
            raise WaitTimeoutError(f"the call had not ended after {timeout:.1f} s") from error

    def why_it_ended(self) -> str:
        """Return who ended the call, with Twilio's errors."""
        notes = "; ".join(f"{note.code} {note.message}" for note in self.record.notifications)
        ender = self.record.ended_by.value if self.record.ended_by else "still running"
        return f"{ender} ({notes})" if notes else ender

    def measures(self) -> CallMeasures:
        """Return the call's figures so far."""
        return self.line.meter.measures()

    async def write_recording(self, path: Path) -> None:
        """Write the stereo WAV: the caller left, the agent right; nothing if recording is off."""
        if self.line.recorder is not None:
            await asyncio.to_thread(self.line.recorder.write_wav, path)

    def _prepare(self, text: str, voice: str, level_db: float) -> PreparedSpeech:
        pcm = self._options.synthesizer(text, voice)
        return prepare_speech(text, pcm, level_db=level_db, noise_dbfs=self._options.faults.noise_dbfs)
