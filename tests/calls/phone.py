"""A caller for tests: what they say is understood, and what they hear is compared sample for sample."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from data.records import ConversationRecord
from processors.spoken_text import SpokenText
from simulator.twilio.caller import Caller, CallerOptions
from simulator.twilio.faults import NO_FAULTS, CallerFaults
from simulator.twilio.measures import CallMeasures
from simulator.twilio.speech import PreparedSpeech, prepare_speech
from simulator.twilio.status_callbacks import StatusCallback
from simulator.voice import synthesize
from tests.calls.house import CallHouse
from tests.calls.vendors import agent_audio, caller_audio

MARK_SECONDS = 0.06
"""From the last sample to the echo of the mark behind it."""
AUDIBLE_GAP_MS = 100.0
"""A shorter hole is the test machine's: callers, server and vendors share its loop."""
QUIET_SECONDS = 0.4
"""Silence after which the agent has finished; pauses between its sentences are shorter."""


class Phone:
    """One call to a house.

    Args:
        house: Whom to call.
        number: Which of its numbers.
        faults: What this caller does wrong.
    """

    def __init__(self, house: CallHouse, number: str, faults: CallerFaults = NO_FAULTS) -> None:
        self._house = house
        self.caller = Caller(
            house.vendors.twilio,
            CallerOptions(
                voice_url=f"{house.public_url}/voice/incoming",
                to_number=number,
                status_callback=StatusCallback(f"{house.public_url}/voice/status"),
                faults=faults,
                synthesizer=caller_audio,
            ),
        )

    @property
    def sid(self) -> str:
        """The call's sid."""
        return self.caller.record.sid

    @property
    def measures(self) -> CallMeasures:
        """The call's figures so far."""
        return self.caller.measures()

    async def say(self, text: str) -> None:
        """Say something that the recogniser knows; returns when it is said."""
        await self._house.vendors.teach(text)
        await self.caller.say(text)

    async def mumble(self, text: str) -> None:
        """Say something that nobody understands, no faster than people speak: the rest is said in a rush."""
        speech = await asyncio.to_thread(synthesize, text, voice="en-us", words_per_minute=170)
        await self.play(speech.pcm)

    async def play(self, pcm: bytes) -> None:
        """Make a sound: int16 at 8000 Hz."""
        await self.caller.say(sound(pcm))

    async def hears(self, text: str, timeout: float = 10.0) -> None:
        """Wait until the agent was heard saying this to its end."""
        complaint = f"the agent was not heard saying {text!r}"
        await self.caller.line.wait_until(lambda _: self.heard(text), timeout, complaint)
        await asyncio.sleep(MARK_SECONDS)

    async def listen(self, *, quiet: float = QUIET_SECONDS, timeout: float = 12.0) -> None:
        """Wait until the agent has spoken since the last words and has been quiet for a while."""
        await self.caller.wait_for_agent(silence_secs=quiet, timeout=timeout)

    async def agent_speaks(self, timeout: float = 8.0) -> None:
        """Wait until the agent is heard."""
        await self.caller.wait_for_agent_start(timeout=timeout)

    async def agent_talks(self, seconds: float, timeout: float = 8.0) -> None:
        """Wait until the agent has been heard for so long without a pause."""
        agent = self.caller.line.agent

        def talks(now: float) -> bool:
            return agent.speaking and agent.started_at is not None and now - agent.started_at >= seconds

        await self.caller.line.wait_until(talks, timeout, f"the agent did not speak for {seconds} s")

    async def ask(self, text: str, answer: str = "") -> None:
        """Say something and hear the answer out: this one, or whatever it is."""
        await self.say(text)
        if answer:
            await self.hears(answer)
        else:
            await self.listen()

    async def hung_up(self, timeout: float = 12.0) -> ConversationRecord:
        """Wait until the other side has ended the call; returns what is stored."""
        await self.caller.wait_ended(timeout)
        return await self.stored()

    async def hang_up(self) -> ConversationRecord:
        """Put the receiver down; returns what is stored."""
        self.caller.hang_up()
        await self.caller.wait_ended()
        return await self.stored()

    async def stored(self) -> ConversationRecord:
        """What is stored of the call once it is over."""
        return await self._house.conversation(self.sid)

    def heard_audio(self) -> bytes:
        """Everything that left the caller's loudspeaker, µ-law."""
        assert self.caller.line.recorder is not None
        return self.caller.line.recorder.agent_audio()

    def heard(self, text: str) -> bool:
        """Whether the agent was heard saying exactly this; holes in it are `measures.underruns`."""
        return holds_speech(_sounding(self.heard_audio()), text, lambda piece: _sounding(agent_audio(piece)))


def _sounding(mulaw: bytes) -> bytes:
    """Without its silence: on a busy machine ten calls on one loop have holes, and the words are still right."""
    return mulaw.replace(b"\xff", b"")


def holds_speech(heard: bytes, text: str, voice: Callable[[str], bytes]) -> bool:
    """Whether audio holds a text as the agent says it, whole and in order.

    Text goes to the voice in pieces, and pieces that wait together are said as one.
    """
    spoken = SpokenText()
    return _contains(heard, [*spoken.feed(text), *spoken.flush()], 0, voice)


def _contains(heard: bytes, pieces: list[str], start: int, voice: Callable[[str], bytes]) -> bool:
    if not pieces:
        return True
    for count in range(1, len(pieces) + 1):
        audio = voice(" ".join(pieces[:count]))
        at = heard.find(audio, start)
        if at >= 0 and _contains(heard, pieces[count:], at + len(audio), voice):
            return True
    return False


class Dial(Protocol):
    """Places a call to a number and waits until its stream is up (unless told not to)."""

    async def __call__(
        self, number: str, faults: CallerFaults = NO_FAULTS, *, at: CallHouse | None = None, connect: bool = True
    ) -> Phone:
        """Call; `at` names another house than the usual one."""


def sound(pcm: bytes, level_db: float = 0.0) -> PreparedSpeech:
    """A sound without words."""
    return prepare_speech("(a sound)", pcm, level_db=level_db)


def transcript(record: ConversationRecord) -> list[tuple[str, str]]:
    """Who said what, in order."""
    return [(turn.role.value, turn.message) for turn in record.turns]
