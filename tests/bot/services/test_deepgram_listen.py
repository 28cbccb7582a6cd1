"""A caller must never go unheard: before the connection, across its loss, and behind a peer that is stuck."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection

from bot.media.format import TELEPHONE
from bot.services import deepgram_listen, deepgram_socket
from bot.services.deepgram_listen import DeepgramListener, ListenOptions
from bot.services.listen_result import ListenResult
from config.errors import VendorError
from simulator.audio import samples_to_ulaw
from simulator.deepgram.app import create_app
from simulator.deepgram.options import DeepgramOptions
from simulator.faults import FaultPlan, FaultRule, FaultRules
from simulator.hosting import serve_app
from simulator.voice import synthesize
from tests.bot.services.raw_peer import results, serve_peer

SENTENCE = "Hello, I would like to know how much the premium plan costs."
SILENCE = b"\xff"


class Hearing:
    """What a listener reports."""

    def __init__(self) -> None:
        self.results: list[ListenResult] = []
        self.settled: list[bool] = []
        self.failures: list[VendorError] = []
        self._changed = asyncio.Event()

    def on_result(self, result: ListenResult, settles: bool) -> None:
        self.results.append(result)
        self.settled.append(settles)
        self._changed.set()

    def on_failure(self, error: VendorError) -> None:
        self.failures.append(error)
        self._changed.set()

    @property
    def finals(self) -> str:
        return " ".join(result.text for result in self.results if result.is_final and result.text)

    async def until_settled(self, timeout: float = 8.0) -> None:
        async with asyncio.timeout(timeout):
            while not any(self.settled):
                await self._next()

    async def until_failed(self) -> None:
        async with asyncio.timeout(8):
            while not self.failures:
                await self._next()

    async def until_results(self, count: int) -> None:
        async with asyncio.timeout(8):
            while len(self.results) < count:
                await self._next()

    async def _next(self) -> None:
        self._changed.clear()
        await self._changed.wait()


@asynccontextmanager
async def listening(base_url: str, hearing: Hearing, *, key: str = "key") -> AsyncIterator[DeepgramListener]:
    options = ListenOptions(base_url.replace("http", "ws", 1), key, "nova-3", "en", TELEPHONE)
    before = asyncio.all_tasks()
    listener = DeepgramListener(options, hearing.on_result, hearing.on_failure)
    listener.start()
    try:
        yield listener
    finally:
        await listener.close()
        await listener.close()
        left = {t for t in asyncio.all_tasks() - before if t.get_name().startswith("deepgram-listen")}
        assert not left


@asynccontextmanager
async def simulator(*rules: FaultRule, **options: object) -> AsyncIterator[str]:
    faults = FaultRules(rules=rules)
    made = DeepgramOptions(phrases=(SENTENCE,), stt_final_seconds=0.05, stt_interim_seconds=0.02, faults=faults)
    async with serve_app(create_app(made)) as url:
        yield url


async def sentence() -> bytes:
    utterance = await asyncio.to_thread(synthesize, SENTENCE)
    return SILENCE * 1600 + samples_to_ulaw(utterance.samples) + SILENCE * 800


async def speak_to(listener: DeepgramListener, audio: bytes, *, pace: float = 0.0) -> None:
    for at in range(0, len(audio), 800):
        listener.send_audio(audio[at : at + 800])
        await asyncio.sleep(pace)


async def test_what_was_said_before_the_connection_is_heard() -> None:
    hearing = Hearing()
    async with simulator() as url, listening(url, hearing) as listener:
        await speak_to(listener, await sentence())
        listener.finalize()
        await hearing.until_settled()
    assert hearing.finals == SENTENCE
    assert hearing.results[-1].from_finalize
    assert abs(hearing.results[-1].end_seconds - len(await sentence()) / 8000) < 0.05


async def test_a_connection_lost_in_the_middle_loses_no_word() -> None:
    hearing = Hearing()
    rule = FaultRule(service="listen", connections=frozenset({1}), faults=FaultPlan(close_after_seconds=0.8))
    async with simulator(rule) as url, listening(url, hearing) as listener:
        await listener.connected.wait()
        audio = await sentence()
        await speak_to(listener, audio, pace=0.04)
        listener.finalize()
        await hearing.until_settled()
        assert listener.reconnections == 1
    assert hearing.finals == SENTENCE
    # Positions go on counting from the start of the call, whatever connection they come from.
    assert abs(hearing.results[-1].end_seconds - len(audio) / 8000) < 0.05


async def test_a_finalize_that_was_in_flight_when_the_connection_went_is_asked_again() -> None:
    hearing = Hearing()
    asked: list[int] = []

    async def peer(socket: ServerConnection) -> None:
        asked.append(0)
        heard = 0
        async for message in socket:
            if isinstance(message, bytes):
                heard += len(message)
            elif json.loads(message)["type"] == "Finalize":
                asked[-1] += 1
                if len(asked) == 1:
                    await socket.close(1011)
                    return
                assert heard == 1600
                await socket.send(results("yes", 0, heard / 8000, from_finalize=True))

    async with serve_peer(peer) as url, listening(url, hearing) as listener:
        listener.send_audio(bytes(1600))
        listener.finalize()
        await hearing.until_settled()
    assert asked == [1, 1]


async def test_a_refused_key_is_reported_once_and_not_tried_again() -> None:
    hearing = Hearing()
    async with simulator() as url, listening(url, hearing, key="bad-key") as listener:
        await hearing.until_failed()
        listener.send_audio(bytes(800))
        await asyncio.sleep(0.05)
    assert [(error.vendor, error.permanent) for error in hearing.failures] == [("deepgram", True)]
    assert "DEEPGRAM_API_KEY" in hearing.failures[0].message


async def test_an_address_that_is_none_is_a_failure_and_no_silence() -> None:
    hearing = Hearing()
    async with listening("gopher://nowhere", hearing):
        await hearing.until_failed()
    assert hearing.failures[0].permanent


async def test_a_vendor_that_is_away_for_a_moment_is_tried_again() -> None:
    hearing = Hearing()
    rule = FaultRule(service="listen", connections=frozenset({1, 2}), faults=FaultPlan(refuse_status=503))
    async with simulator(rule) as url, listening(url, hearing) as listener:
        await speak_to(listener, await sentence())
        listener.finalize()
        await hearing.until_settled()
    assert hearing.failures == []
    assert hearing.finals == SENTENCE


async def test_a_silent_line_is_kept_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deepgram_listen, "KEEP_ALIVE_SECONDS", 0.05)
    kinds: list[str] = []
    enough = asyncio.Event()

    async def peer(socket: ServerConnection) -> None:
        async for message in socket:
            kinds.append(json.loads(message)["type"])
            if kinds.count("KeepAlive") == 3:
                enough.set()

    async with serve_peer(peer) as url, listening(url, Hearing()):
        async with asyncio.timeout(5):
            await enough.wait()
    assert kinds[-1] == "CloseStream"


async def test_a_piece_goes_out_in_the_step_that_brings_it_and_after_what_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: asyncio.Queue[str | bytes] = asyncio.Queue()
    at_once: list[str | bytes] = []

    async def listen(socket: ServerConnection) -> None:
        async for message in socket:
            heard.put_nowait(message)

    def send(socket: ClientConnection, message: str | bytes) -> None:
        at_once.append(message)
        deepgram_socket.send_at_once(socket, message)

    monkeypatch.setattr(deepgram_listen, "send_at_once", send)
    async with serve_peer(listen) as url, listening(url, Hearing()) as listener, asyncio.timeout(8):
        listener.send_audio(b"1")
        assert at_once == []
        assert await heard.get() == b"1"
        listener.send_audio(b"2")
        assert at_once == [b"2"]
        assert await heard.get() == b"2"
        listener.finalize()
        listener.send_audio(b"3")
        assert at_once == [b"2"]
        assert [json.loads(await heard.get())["type"], await heard.get()] == ["Finalize", b"3"]


async def test_a_line_with_sound_needs_no_keeping_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = asyncio.get_running_loop().time
    monkeypatch.setattr(deepgram_listen, "KEEP_ALIVE_SECONDS", 0.05)
    kinds: list[str] = []

    async def listen(socket: ServerConnection) -> None:
        async for message in socket:
            kinds.append("audio" if isinstance(message, bytes) else json.loads(message)["type"])

    async with serve_peer(listen) as url, listening(url, Hearing()) as listener:
        await listener.connected.wait()
        silent, last, over = 0.0, clock(), clock() + 0.5
        while clock() < over:
            listener.send_audio(SILENCE)
            await asyncio.sleep(0)
            silent, last = max(silent, clock() - last), clock()
    assert kinds.count("audio") > 10
    # A machine that stands still for as long as that is silent indeed.
    assert silent >= 0.05 or "KeepAlive" not in kinds


async def test_of_two_finalizes_in_flight_only_the_last_answer_settles() -> None:
    hearing = Hearing()
    both = asyncio.Event()
    finalizes = 0

    async def peer(socket: ServerConnection) -> None:
        nonlocal finalizes
        async for message in socket:
            if message == '{"type":"Finalize"}':
                finalizes += 1
                if finalizes == 2:
                    await socket.send(results("hello", 0, 0.1, from_finalize=True))
                    await socket.send(results("and", 0.1, 0.2, from_finalize=True))
                    both.set()

    async with serve_peer(peer) as url, listening(url, hearing) as listener:
        for _ in range(2):
            listener.send_audio(bytes(800))
            listener.finalize()
        await hearing.until_results(2)
    assert hearing.settled == [False, True]


async def test_an_answer_settles_what_it_covers_though_an_earlier_finalize_had_none() -> None:
    hearing = Hearing()
    finalizes = 0

    async def peer(socket: ServerConnection) -> None:
        nonlocal finalizes
        async for message in socket:
            if message == '{"type":"Finalize"}':
                finalizes += 1
                if finalizes == 2:  # the first one had nothing to say to
                    await socket.send(results("yes please", 0, 0.2, from_finalize=True))

    async with serve_peer(peer) as url, listening(url, hearing) as listener:
        for _ in range(2):
            listener.send_audio(bytes(800))
            listener.finalize()
        await hearing.until_results(1)
    assert hearing.settled == [True]


async def test_a_final_that_covers_the_last_finalize_settles_though_it_is_not_marked_as_its_answer() -> None:
    hearing = Hearing()

    async def peer(socket: ServerConnection) -> None:
        async for message in socket:
            if message == '{"type":"Finalize"}':
                await socket.send(results("not yet all", 0, 0.02))
                await socket.send(results("yes please", 0.02, 0.1))

    async with serve_peer(peer) as url, listening(url, hearing) as listener:
        listener.send_audio(bytes(800))
        listener.finalize()
        await hearing.until_results(2)
    assert hearing.settled == [False, True]


async def test_a_peer_that_does_not_answer_is_left_for_a_new_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deepgram_listen, "SILENT_PEER_SECONDS", 0.3)
    hearing = Hearing()
    stuck = FaultPlan(stall_after_seconds=0.0, stall_seconds=60)
    rule = FaultRule(service="listen", connections=frozenset({1}), faults=stuck)
    async with simulator(rule) as url, listening(url, hearing) as listener:
        await speak_to(listener, await sentence())
        listener.finalize()
        while not hearing.finals:
            listener.send_audio(SILENCE * 160)  # the line goes on
            await asyncio.sleep(0.02)
            assert len(hearing.settled) < 1000
        await hearing.until_settled()
        assert listener.reconnections == 1
    assert hearing.finals == SENTENCE


async def test_a_peer_that_has_nothing_to_say_is_believed_after_one_new_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deepgram_listen, "SILENT_PEER_SECONDS", 0.05)
    connections = 0

    async def peer(socket: ServerConnection) -> None:
        nonlocal connections
        connections += 1
        async for _ in socket:
            pass

    async with serve_peer(peer) as url, listening(url, Hearing()) as listener:
        listener.send_audio(bytes(800))
        listener.finalize()
        for _ in range(40):
            listener.send_audio(bytes(160))
            await asyncio.sleep(0.01)
    assert connections == 2


async def test_a_peer_that_takes_no_audio_is_left_within_the_send_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deepgram_socket, "SEND_DEADLINE_SECONDS", 0.1)
    connections: list[int] = []
    served = asyncio.Event()

    async def peer(socket: ServerConnection) -> None:
        connections.append(0)
        if len(connections) == 1:
            socket.transport.pause_reading()
            await served.wait()
            return
        async for message in socket:
            connections[-1] += len(message)
            served.set()

    async with serve_peer(peer) as url, listening(url, Hearing()) as listener:
        await listener.connected.wait()
        async with asyncio.timeout(8):
            while not served.is_set():  # until the sockets between are full
                listener.send_audio(bytes(120_000))
                await asyncio.sleep(0.001)
    assert len(connections) >= 2


async def test_a_defect_while_hearing_is_reported_and_does_not_deafen_in_silence() -> None:
    failures: list[VendorError] = []
    failed = asyncio.Event()

    def on_result(result: ListenResult, settles: bool) -> None:
        raise ZeroDivisionError

    def on_failure(error: VendorError) -> None:
        failures.append(error)
        failed.set()

    async def peer(socket: ServerConnection) -> None:
        await socket.send(results("hello", 0, 0.1))
        await socket.wait_closed()

    async with serve_peer(peer) as url:
        listener = DeepgramListener(ListenOptions(url, "key", "nova-3", "en", TELEPHONE), on_result, on_failure)
        listener.start()
        async with asyncio.timeout(5):
            await failed.wait()
        await listener.close()
    assert len(failures) == 1


async def test_positions_count_from_the_start_of_the_call_and_what_is_settled_is_not_sent_again() -> None:
    hearing = Hearing()
    heard: list[int] = []

    async def peer(socket: ServerConnection) -> None:
        heard.append(0)
        async for message in socket:
            if not isinstance(message, bytes):
                continue
            heard[-1] += len(message)
            if len(heard) == 1 and heard[0] == 1600:
                await socket.send(results("hello", 0, 0.15))
                await socket.close(1011)
                return
            if len(heard) == 2 and heard[1] == 1200:
                await socket.send(results("there", 0, 0.1))

    async with serve_peer(peer) as url, listening(url, hearing) as listener:
        listener.send_audio(bytes(1600))
        await hearing.until_results(1)
        listener.send_audio(bytes(800))
        await hearing.until_results(2)
    assert [round(result.end_seconds, 3) for result in hearing.results] == [0.15, 0.25]
    assert heard == [1600, 1200]
