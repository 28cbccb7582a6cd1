"""The call of a second process, which must notice nothing while others are killed."""

import asyncio
import time
from collections.abc import Mapping

import httpx

from bench.chatting_caller import ChattingCaller
from bench.kill_report import Bystander
from bench.site import Site, SiteServer
from bench.small_talk import exchange
from bench.statistics import Spread
from bench.stored_talk import compare, read_talk
from simulator.twilio.errors import CallOverError, WaitTimeoutError
from simulator.twilio.speech import PreparedSpeech

CALL_SECONDS = 150.0
"""Longer than two leases."""
_LOOK_SECONDS = 5.0
_STORED_SECONDS = 20.0
_COMPLETED = "completed"


class BystanderCalls:
    """Makes one call after the other until told to stop.

    Args:
        site: The telephone network.
        server: Which is not killed.
        speeches: Everything that is said, by text.

    Attributes:
        faults: What went wrong, in words.
    """

    def __init__(self, site: Site, server: SiteServer, speeches: Mapping[str, PreparedSpeech]) -> None:
        self._site = site
        self._server = server
        self._speeches = speeches
        self._stopping = False
        self._calls: list[ChattingCaller] = []
        self._began = time.perf_counter()
        self._looks = 0
        self._touched = 0
        self._turns = 0
        self._lost = 0
        self.faults: list[str] = []

    async def run(self) -> Bystander:
        """Call until `stop`; returns what came of it."""
        self._began = time.perf_counter()
        while not self._stopping:
            await self._call()
        turns = [turn for call in self._calls for turn in call.turns]
        return Bystander(
            calls=len(self._calls),
            minutes=round((time.perf_counter() - self._began) / 60, 1),
            questions=sum(call.asked for call in self._calls),
            unanswered=sum(call.unanswered for call in self._calls),
            turns=self._turns,
            lost=self._lost,
            looks=self._looks,
            touched=self._touched,
            voice_to_voice=Spread.of(turn.voice_to_voice_ms for turn in turns),
            lateness_p99_ms=round(max((call.lateness_p99_ms for call in self._calls), default=0.0), 1),
        )

    def stop(self) -> None:
        """End the call after the exchange that is under way, and make no other."""
        self._stopping = True

    async def _call(self) -> None:
        call = ChattingCaller(self._site.caller(self._server, "+14155559999"), exchange, self._speeches)
        self._calls.append(call)
        until = time.perf_counter() + CALL_SECONDS
        try:
            await call.connect()
        except (CallOverError, WaitTimeoutError) as error:
            self._touch(error.message)
            await asyncio.sleep(1)
            return
        looking = asyncio.create_task(self._look(call), name="look")
        try:
            await call.chat(lambda: not self._stopping and time.perf_counter() < until)
            finished = call.finished()
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        await call.hang_up()
        stored = await read_talk(self._server.url, call.call_sid, over_within=_STORED_SECONDS)
        self._turns += len(finished)
        comparison = compare(finished, stored.turns())
        self._lost += len(comparison.lost)
        self.faults += [f"bystander: {fault}" for fault in comparison.faults[:1]]
        if stored.status != _COMPLETED:
            self._touch(f"it ended as {stored.status}: {stored.metadata.termination_reason}")

    async def _look(self, call: ChattingCaller) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self._looks += 1
            try:
                stored = await read_talk(self._server.url, call.call_sid)
            except httpx.HTTPError as error:
                self._touch(f"REST did not answer for it: {type(error).__name__}")
                continue
            if stored.status != "in-progress":
                self._touch(f"it was {stored.status} while it ran")

    def _touch(self, what: str) -> None:
        self._touched += 1
        self.faults.append(f"bystander: {what}")
