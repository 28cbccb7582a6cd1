"""The agent's voice: which audio belongs to which words, nothing stale, and never mute without saying so."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection

from bot.media.format import TELEPHONE
from bot.media.utterance import Utterance
from bot.services import deepgram_socket, deepgram_speak
from bot.services.deepgram_speak import DeepgramSpeaker, SpeakOptions
from bot.services.phrase_cache import PhraseCache
from config.errors import VendorError
from simulator.deepgram.app import create_app
from simulator.deepgram.options import DeepgramOptions
from simulator.faults import FaultPlan, FaultRule, FaultRules
from simulator.hosting import serve_app
from tests.bot.services.raw_peer import serve_peer

FIRST = "Sure, I can help you with that."
SECOND = "The premium plan costs nineteen dollars a month."
THIRD = "It can be cancelled at any time."


@dataclass
class Stage:
    """A `SpeechOutput` that remembers, in order."""

    stale: set[int] = field(default_factory=set)
    utterances: list[Utterance] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    failures: list[VendorError] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self, generation: int, text: str) -> Utterance | None:
        if generation in self.stale:
            return None
        self.utterances.append(Utterance(generation, text))
        self._note("open")
        return self.utterances[-1]

    def append(self, utterance: Utterance, audio: bytes) -> None:
        assert not utterance.complete
        utterance.audio.extend(audio)
        self._note("audio")

    def complete(self, utterance: Utterance) -> None:
        utterance.complete = True
        self._note("complete")

    def finish(self, generation: int) -> None:
        self.finished.append(generation)
        self._note("finish")

    def fail(self, error: VendorError) -> None:
        self.failures.append(error)
        self._note("fail")

    def _note(self, what: str) -> None:
        self.log.append(what)
        self._changed.set()

    async def until(self, reached: Callable[[], bool], timeout: float = 10.0) -> None:
        async with asyncio.timeout(timeout):
            while not reached():
                self._changed.clear()
                await self._changed.wait()

    @property
    def texts(self) -> list[str]:
        return [utterance.text for utterance in self.utterances]


@asynccontextmanager
async def speaking(
    base_url: str, stage: Stage, *, key: str = "key", phrases: PhraseCache | None = None
) -> AsyncIterator[DeepgramSpeaker]:
    options = SpeakOptions(base_url.replace("http", "ws", 1), key, "aura-2-thalia-en", TELEPHONE)
    before = asyncio.all_tasks()
    speaker = DeepgramSpeaker(options, stage, phrases or PhraseCache(None), stage.fail)
    speaker.start()
    try:
        yield speaker
    finally:
        await speaker.close()
        await speaker.close()
        left = {task for task in asyncio.all_tasks() - before if task.get_name().startswith("deepgram-speak")}
        assert not left


def simulated(*rules: FaultRule, clear_seconds: float = 0.02, factor: float = 100.0) -> Starlette:
    return create_app(
        DeepgramOptions(
            tts_first_byte_seconds=0.02,
            tts_realtime_factor=factor,
            tts_clear_seconds=clear_seconds,
            faults=FaultRules(rules=rules),
        )
    )


@asynccontextmanager
async def simulator(app: Starlette | None = None) -> AsyncIterator[str]:
    async with serve_app(app or simulated()) as url:
        yield url


def say(speaker: DeepgramSpeaker, generation: int, *texts: str) -> None:
    for text in texts:
        speaker.speak(generation, text)
    speaker.finish(generation)


async def test_each_piece_gets_its_own_audio_in_order() -> None:
    stage = Stage()
    async with simulator() as url, speaking(url, stage) as speaker:
        speaker.speak(1, FIRST)
        await stage.until(lambda: len(stage.utterances) == 1)
        say(speaker, 1, SECOND)
        await stage.until(lambda: stage.finished == [1])
    assert stage.texts == [FIRST, SECOND]
    for utterance in stage.utterances:
        assert utterance.complete
        assert abs(len(utterance.audio) / 8000 - len(utterance.text) / 15) < 1.5
    assert stage.log[-1] == "finish"


async def test_what_is_said_before_the_connection_is_spoken() -> None:
    stage = Stage()
    async with simulator() as url, speaking(url, stage) as speaker:
        say(speaker, 1, FIRST)
        await stage.until(lambda: stage.finished == [1])
    assert stage.texts == [FIRST]
    assert stage.utterances[0].audio


async def test_pieces_that_wait_are_merged_into_one() -> None:
    stage = Stage()
    async with simulator() as url, speaking(url, stage) as speaker:
        say(speaker, 1, FIRST, SECOND, THIRD)
        await stage.until(lambda: stage.finished == [1])
    assert stage.texts == [FIRST, f"{SECOND} {THIRD}"]


async def test_two_replies_are_not_merged() -> None:
    stage = Stage()
    async with simulator() as url, speaking(url, stage) as speaker:
        say(speaker, 1, FIRST)
        say(speaker, 2, SECOND)
        await stage.until(lambda: stage.finished == [1, 2])
    assert stage.texts == [FIRST, SECOND]


async def test_a_text_longer_than_the_vendor_takes_is_divided_between_words() -> None:
    stage = Stage()
    long = " ".join(f"word{index}" for index in range(400))
    assert len(long) > 2000
    app = simulated(factor=10000.0)
    async with simulator(app) as url, speaking(url, stage) as speaker:
        say(speaker, 1, long)
        await stage.until(lambda: stage.finished == [1], 20)
    assert all(len(text) <= 2000 for text in stage.texts)
    assert " ".join(stage.texts) == long
    assert all(utterance.audio for utterance in stage.utterances)


async def test_a_reply_without_text_is_finished() -> None:
    stage = Stage()
    async with simulator() as url, speaking(url, stage) as speaker:
        say(speaker, 1)
        await stage.until(lambda: stage.finished == [1])
    assert stage.texts == []


async def test_stale_pieces_are_not_spoken_and_hold_nothing_up() -> None:
    stage = Stage(stale={1})
    async with simulator() as url, speaking(url, stage) as speaker:
        say(speaker, 1, FIRST)
        say(speaker, 2, SECOND)
        await stage.until(lambda: 2 in stage.finished)
    assert stage.texts == [SECOND]


@pytest.mark.parametrize("clear_seconds", [0.0, 0.3])
async def test_no_audio_from_before_a_clear_is_played_after_it(clear_seconds: float) -> None:
    stage = Stage()
    app = simulated(clear_seconds=clear_seconds, factor=8.0)
    async with simulator(app) as url, speaking(url, stage) as speaker:
        say(speaker, 1, SECOND)
        await stage.until(lambda: "audio" in stage.log)
        speaker.clear()
        heard = len(stage.utterances[0].audio)
        say(speaker, 2, FIRST)
        await stage.until(lambda: 2 in stage.finished)
        alone = Stage()
        async with speaking(url, alone) as fresh:
            say(fresh, 1, FIRST)
            await alone.until(lambda: alone.finished == [1])
    assert len(stage.utterances[0].audio) == heard
    assert stage.utterances[1].audio == alone.utterances[0].audio


async def test_a_cleared_reply_holds_no_place_in_playback() -> None:
    stage = Stage()
    async with simulator(simulated(factor=4.0)) as url, speaking(url, stage) as speaker:
        say(speaker, 1, SECOND, THIRD)
        await stage.until(lambda: "audio" in stage.log)
        speaker.clear()
        assert all(utterance.complete for utterance in stage.utterances)
        assert stage.finished == [1]
        assert SECOND.startswith(stage.utterances[0].text)
        assert len(stage.utterances[0].text) < len(SECOND)


async def test_a_clear_while_nothing_is_under_way_asks_nothing_of_the_vendor() -> None:
    stage, app = Stage(), simulated()
    async with simulator(app) as url, speaking(url, stage) as speaker:
        say(speaker, 1, FIRST)
        await stage.until(lambda: stage.finished == [1])
        speaker.clear()
        say(speaker, 2, SECOND)
        await stage.until(lambda: stage.finished == [1, 2])
    assert app.state.service.counters.clears == 0


class Scripted:
    """A speak peer that answers a Flush by `on_flush` and remembers what it was sent."""

    def __init__(self, on_flush: Callable[[ServerConnection, int, int], Awaitable[None]]) -> None:
        self._on_flush = on_flush
        self.connections: list[list[str]] = []

    async def __call__(self, socket: ServerConnection) -> None:
        self.connections.append([])
        kinds = self.connections[-1]
        async for message in socket:
            body = json.loads(message)
            kinds.append(body["type"])
            if body["type"] == "Flush":
                await self._on_flush(socket, len(self.connections), kinds.count("Flush"))


async def answer(socket: ServerConnection, audio: bytes = b"\x55" * 800) -> None:
    await socket.send(audio)
    await socket.send('{"type":"Flushed"}')


async def test_the_twenty_first_flush_of_a_minute_goes_over_a_new_connection() -> None:
    stage = Stage()

    async def on_flush(socket: ServerConnection, connection: int, flush: int) -> None:
        assert flush <= 20
        await answer(socket)

    peer = Scripted(on_flush)
    async with serve_peer(peer) as url, speaking(url, stage) as speaker:
        for generation in range(1, 26):
            say(speaker, generation, FIRST)
            await stage.until(lambda: stage.finished[-1:] == [generation])  # noqa: B023  (awaited here)
    assert [kinds.count("Flush") for kinds in peer.connections] == [20, 5]
    assert stage.failures == []


async def test_a_clear_that_is_never_answered_costs_a_connection_and_not_the_voice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deepgram_speak, "CLEARED_DEADLINE_SECONDS", 0.1)
    stage = Stage()

    async def on_flush(socket: ServerConnection, connection: int, flush: int) -> None:
        if connection == 1:
            await socket.send(b"\x55" * 800)
        else:
            await answer(socket)

    peer = Scripted(on_flush)
    async with serve_peer(peer) as url, speaking(url, stage) as speaker:
        say(speaker, 1, FIRST)
        await stage.until(lambda: "audio" in stage.log)
        speaker.clear()
        say(speaker, 2, SECOND)
        await stage.until(lambda: 2 in stage.finished)
    assert peer.connections[0][-1] == "Clear"
    assert stage.texts[-1] == SECOND


async def test_a_piece_under_way_when_the_connection_is_lost_is_said_on_from_there() -> None:
    stage = Stage()

    async def on_flush(socket: ServerConnection, connection: int, flush: int) -> None:
        if connection == 1:
            await socket.send(b"\x55" * 8000)  # one second: about fifteen characters of it
            await socket.close(1011)
        else:
            await answer(socket)

    async with serve_peer(Scripted(on_flush)) as url, speaking(url, stage) as speaker:
        say(speaker, 1, SECOND, THIRD)
        await stage.until(lambda: stage.finished == [1])
    assert stage.texts[0] == "The premium"
    assert " ".join(filter(None, stage.texts)) == f"{SECOND} {THIRD}"
    assert all(utterance.complete for utterance in stage.utterances)
    assert stage.finished == [1]


async def test_a_reply_is_not_finished_while_a_piece_of_it_waits_to_be_said_again() -> None:
    stage = Stage()

    async def on_flush(socket: ServerConnection, connection: int, flush: int) -> None:
        if connection == 1:
            if flush == 2:
                await socket.close(1011)
        else:
            await answer(socket)

    async with serve_peer(Scripted(on_flush)) as url, speaking(url, stage) as speaker:
        say(speaker, 1, FIRST, SECOND)
        await stage.until(lambda: stage.finished == [1])
    assert stage.log.count("finish") == 1
    assert stage.log[-1] == "finish"
    assert " ".join(filter(None, stage.texts)) == f"{FIRST} {SECOND}"


async def test_a_clear_in_the_middle_of_sending_does_not_take_the_next_reply_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage, app = Stage(), simulated()
    send = deepgram_socket.send_within_deadline
    interrupted: list[str] = []

    async def interrupting(socket: ClientConnection, message: str | bytes) -> None:
        await send(socket, message)
        if not interrupted:
            interrupted.append("now")
            speaker.clear()
            say(speaker, 2, SECOND)

    monkeypatch.setattr(deepgram_speak, "send_within_deadline", interrupting)
    async with simulator(app) as url, speaking(url, stage) as speaker:
        say(speaker, 1, FIRST)
        await stage.until(lambda: 2 in stage.finished, 3)
    assert app.state.service.counters.speak_connections == 1
    assert stage.utterances[-1].text == SECOND
    assert stage.utterances[-1].audio


async def test_a_stuck_vendor_is_left_for_a_new_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deepgram_speak, "AUDIO_DEADLINE_SECONDS", 0.1)
    stage = Stage()

    async def on_flush(socket: ServerConnection, connection: int, flush: int) -> None:
        if connection > 1:
            await answer(socket)

    async with serve_peer(Scripted(on_flush)) as url, speaking(url, stage) as speaker:
        say(speaker, 1, FIRST)
        await stage.until(lambda: stage.finished == [1])
    assert stage.texts == ["", FIRST]
    assert stage.failures == []


async def test_a_vendor_that_accepts_and_closes_is_a_failure_and_no_endless_loop() -> None:
    stage = Stage()

    async def peer(socket: ServerConnection) -> None:
        await socket.close(1011)

    async with serve_peer(peer) as url, speaking(url, stage) as speaker:
        say(speaker, 1, FIRST)
        await stage.until(lambda: bool(stage.failures))
    assert len(stage.failures) == 1


async def test_a_refused_key_is_reported_once() -> None:
    stage = Stage()
    async with simulator() as url, speaking(url, stage, key="bad-key"):
        await stage.until(lambda: bool(stage.failures))
    assert [error.permanent for error in stage.failures] == [True]


async def test_a_vendor_that_is_away_is_given_up_after_three_attempts() -> None:
    stage = Stage()
    app = simulated(FaultRule(service="speak", faults=FaultPlan(refuse_status=503)))
    async with simulator(app) as url, speaking(url, stage) as speaker:
        say(speaker, 1, FIRST)
        await stage.until(lambda: bool(stage.failures))
    assert app.state.service.counters.speak_connections == 3


async def test_after_an_idle_close_the_next_words_open_a_new_connection() -> None:
    stage = Stage()
    idle = FaultRule(service="speak", connections=frozenset({1}), faults=FaultPlan(close_after_seconds=0.3))
    app = simulated(idle)
    async with simulator(app) as url, speaking(url, stage) as speaker:
        say(speaker, 1, FIRST)
        await stage.until(lambda: stage.finished == [1])
        await asyncio.sleep(0.5)
        assert not speaker.connected.is_set()
        assert app.state.service.counters.speak_connections == 1, "nothing to say, no connection"
        say(speaker, 2, SECOND)
        await stage.until(lambda: stage.finished == [1, 2])
    assert stage.texts == [FIRST, SECOND]
    assert stage.utterances[1].audio


async def test_a_fixed_piece_is_spoken_once_and_then_known_even_without_a_connection() -> None:
    phrases, first, second = PhraseCache(None), Stage(), Stage()
    async with simulator() as url, speaking(url, first, phrases=phrases) as speaker:
        speaker.speak(1, FIRST, fixed=True)
        speaker.speak(1, SECOND, fixed=True)
        say(speaker, 1, THIRD)
        await first.until(lambda: first.finished == [1])
    assert first.texts == [FIRST, SECOND, THIRD], "none was merged with another"

    async with speaking("http://127.0.0.1:9", second, phrases=phrases) as speaker:
        speaker.speak(2, FIRST, fixed=True)
        speaker.speak(2, SECOND, fixed=True)
        speaker.finish(2)
        assert second.finished == [2]
    assert second.texts == [FIRST, SECOND]
    assert [u.audio for u in second.utterances] == [u.audio for u in first.utterances[:2]]
    assert phrases.get("aura-2-thalia-en", TELEPHONE, THIRD) is None, "what a model wrote is not kept"


async def test_a_known_piece_waits_for_those_before_it() -> None:
    phrases, stage = PhraseCache(None), Stage()
    phrases.put("aura-2-thalia-en", TELEPHONE, SECOND, b"known")
    async with simulator() as url, speaking(url, stage, phrases=phrases) as speaker:
        speaker.speak(1, FIRST)
        speaker.speak(1, SECOND, fixed=True)
        speaker.finish(1)
        assert stage.texts == []
        await stage.until(lambda: stage.finished == [1])
    assert stage.texts == [FIRST, SECOND]
    assert stage.utterances[1].audio == b"known"


async def test_a_fixed_piece_that_was_cut_off_is_not_kept() -> None:
    phrases, stage = PhraseCache(None), Stage()
    async with simulator(simulated(factor=2.0)) as url, speaking(url, stage, phrases=phrases) as speaker:
        speaker.speak(1, SECOND, fixed=True)
        await stage.until(lambda: "audio" in stage.log)
        speaker.clear()
        say(speaker, 2, FIRST)
        await stage.until(lambda: 2 in stage.finished)
    assert phrases.get("aura-2-thalia-en", TELEPHONE, SECOND) is None
