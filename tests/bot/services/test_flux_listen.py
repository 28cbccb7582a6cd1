"""Flux for one call: turn events in order, nothing lost with a connection, and an end to every turn."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection

from bot.media.format import TELEPHONE
from bot.services import flux_listen
from bot.services.flux_listen import FluxHooks, FluxListener
from bot.services.flux_options import FLUX_PATIENCE, FluxOptions
from bot.services.listen_result import ListenResult
from config.errors import VendorError
from data.agent_config import TurnEagerness
from simulator.audio import samples_to_ulaw
from simulator.deepgram.app import create_app
from simulator.deepgram.options import DeepgramOptions
from simulator.faults import FaultPlan, FaultRule, FaultRules
from simulator.hosting import serve_app
from simulator.voice import synthesize
from tests.bot.services.raw_peer import serve_peer, turn_info

SENTENCE = "Hello, I would like to know how much the premium plan costs."
SILENCE = b"\xff"


class Hearing:
    """What a listener reports, in order: words, `likely …`, `resumed`, `END …`."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.results: list[ListenResult] = []
        self.failures: list[VendorError] = []
        self._changed = asyncio.Event()

    @property
    def hooks(self) -> FluxHooks:
        return FluxHooks(self._on_result, self._on_likely_end, self._on_failure)

    def _on_result(self, result: ListenResult, settles: bool) -> None:
        assert settles is result.is_final
        self.results.append(result)
        self._tell(f"END {result.text}" if settles else result.text)

    def _on_likely_end(self, text: str | None) -> None:
        self._tell("resumed" if text is None else f"likely {text}")

    def _on_failure(self, error: VendorError) -> None:
        self.failures.append(error)
        self._tell("failed")

    def _tell(self, what: str) -> None:
        self.told.append(what)
        self._changed.set()

    async def until(self, what: str) -> None:
        async with asyncio.timeout(8):
            while what not in self.told:
                self._changed.clear()
                await self._changed.wait()


def options(url: str, key: str = "key") -> FluxOptions:
    patience = FLUX_PATIENCE[TurnEagerness.NORMAL]
    return FluxOptions(
        url.replace("http", "ws", 1), key, "flux-general-en", "en", TELEPHONE, patience, 0.8, early=True
    )


@asynccontextmanager
async def listening(url: str, hearing: Hearing, *, key: str = "key") -> AsyncIterator[FluxListener]:
    before = asyncio.all_tasks()
    listener = FluxListener(options(url, key), hearing.hooks)
    listener.start()
    try:
        yield listener
    finally:
        await listener.close()
        await listener.close()
        left = {t for t in asyncio.all_tasks() - before if t.get_name().startswith("deepgram-listen")}
        assert not left


@asynccontextmanager
async def simulator(*rules: FaultRule) -> AsyncIterator[str]:
    made = DeepgramOptions(phrases=(SENTENCE,), stt_interim_seconds=0.02, faults=FaultRules(rules=rules))
    async with serve_app(create_app(made)) as url:
        yield url


async def sentence() -> bytes:
    utterance = await asyncio.to_thread(synthesize, SENTENCE)
    return SILENCE * 1600 + samples_to_ulaw(utterance.samples) + SILENCE * 800


async def speak_to(listener: FluxListener, audio: bytes, *, pace: float = 0.0) -> None:
    for at in range(0, len(audio), 640):
        listener.send_audio(audio[at : at + 640])
        await asyncio.sleep(pace)


async def test_a_turn_from_its_first_word_to_its_end() -> None:
    hearing = Hearing()
    async with simulator() as url, listening(url, hearing) as listener:
        await speak_to(listener, await sentence() + SILENCE * 4000)
        await hearing.until(f"END {SENTENCE}")
    words, likely, end = hearing.told[:-2], hearing.told[-2], hearing.told[-1]
    assert len(words) >= 2
    assert all(SENTENCE.startswith(text) for text in words)
    assert (likely, end) == (f"likely {SENTENCE}", f"END {SENTENCE}")
    spoken = len(await sentence()) / 8000 - 0.1
    assert abs(hearing.results[-1].end_seconds - spoken) < 0.1
    assert hearing.results[-1].confidence > 0.5


async def test_a_line_that_falls_silent_has_its_turn_ended_all_the_same() -> None:
    hearing = Hearing()
    async with simulator() as url, listening(url, hearing) as listener:
        await speak_to(listener, await sentence())
        await hearing.until(f"END {SENTENCE}")
        await speak_to(listener, await sentence())
        await asyncio.sleep(0)
        hearing.told.clear()
        await hearing.until(f"END {SENTENCE}")
    first, second = (result.end_seconds for result in hearing.results if result.is_final)
    assert second - first == pytest.approx(len(await sentence()) / 8000, abs=0.1), "seconds of the call's audio"


async def test_a_connection_lost_in_a_turn_loses_no_word() -> None:
    hearing = Hearing()
    rule = FaultRule(service="listen", connections=frozenset({1}), faults=FaultPlan(close_after_seconds=0.5))
    async with simulator(rule) as url, listening(url, hearing) as listener:
        await listener.connected.wait()
        audio = await sentence() + SILENCE * 4000
        await speak_to(listener, audio[: len(audio) // 2])
        while listener.reconnections == 0:  # noqa: ASYNC110 - the product has no event for it
            await asyncio.sleep(0.01)
        await speak_to(listener, audio[len(audio) // 2 :])
        await hearing.until(f"END {SENTENCE}")
    spoken = len(await sentence()) / 8000 - 0.1
    assert abs(hearing.results[-1].end_seconds - spoken) < 0.1


async def test_repeated_words_are_told_once_and_stay_where_they_were() -> None:
    hearing = Hearing()

    async def peer(socket: ServerConnection) -> None:
        await socket.send(turn_info("StartOfTurn", "yes", 0.5))
        await socket.send(turn_info("Update", "Yes.", 0.75))
        await socket.send(turn_info("EagerEndOfTurn", "Yes.", 1.0))
        await socket.send(turn_info("TurnResumed", "Yes, please", 1.5))
        await socket.send(turn_info("EndOfTurn", "Yes, please.", 2.0))
        await socket.wait_closed()

    async with serve_peer(peer) as url, listening(url, hearing):
        await hearing.until("END Yes, please.")
    assert hearing.told == ["yes", "likely Yes.", "resumed", "Yes, please", "END Yes, please."]
    assert [result.end_seconds for result in hearing.results] == [0.5, 1.5, 1.5]


async def test_a_turn_is_ended_by_order() -> None:
    hearing = Hearing()

    async def peer(socket: ServerConnection) -> None:
        await socket.send(turn_info("StartOfTurn", "I would like", 0.5))
        async for message in socket:
            if message == '{"type":"ForceEndTurn"}':
                await socket.send(turn_info("EndOfTurn", "I would like", 1.0))

    async with serve_peer(peer) as url, listening(url, hearing) as listener:
        listener.end_turn()
        await hearing.until("I would like")
        listener.end_turn()
        listener.end_turn()
        await hearing.until("END I would like")
        assert listener.reconnections == 0
    assert hearing.told == ["I would like", "END I would like"]


async def test_a_turn_that_flux_does_not_end_when_told_is_ended_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flux_listen, "FORCED_END_SECONDS", 0.1)
    hearing = Hearing()
    heard: list[int] = []
    again = asyncio.Event()

    async def peer(socket: ServerConnection) -> None:
        heard.append(0)
        if len(heard) == 2:
            again.set()
        else:
            await socket.send(turn_info("StartOfTurn", "I would like", 0.05))
        async for message in socket:
            heard[-1] += len(message) if isinstance(message, bytes) else 0

    async with serve_peer(peer) as url, listening(url, hearing) as listener:
        listener.send_audio(bytes(800))
        await hearing.until("I would like")
        listener.end_turn()
        await hearing.until("END I would like")
        async with asyncio.timeout(5):
            await again.wait()
    assert hearing.told == ["I would like", "END I would like"]
    assert heard[1] % 4000 == 0, "what was ended is not heard again; silence comes 4000 bytes at a time"


async def test_a_peer_that_says_nothing_after_a_pause_is_left_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flux_listen, "SILENT_PEER_SECONDS", 0.05)
    connections = 0

    async def peer(socket: ServerConnection) -> None:
        nonlocal connections
        connections += 1
        async for _ in socket:
            pass

    async with serve_peer(peer) as url, listening(url, Hearing()) as listener:
        for _ in range(40):
            listener.send_audio(bytes(160))
            listener.finalize()
            await asyncio.sleep(0.01)
    assert connections == 2


async def test_a_refused_key_is_reported_once() -> None:
    hearing = Hearing()
    async with simulator() as url, listening(url, hearing, key="bad-key"):
        await hearing.until("failed")
    assert [error.permanent for error in hearing.failures] == [True]


async def test_errors_in_a_row_are_reported_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.services.kept_connection.RETRY_DELAYS_SECONDS", (0.0,))
    hearing = Hearing()
    connections = 0

    async def peer(socket: ServerConnection) -> None:
        nonlocal connections
        connections += 1
        await socket.send(json.dumps({"type": "Error", "code": "UNSUPPORTED", "description": "no"}))
        await socket.close(1008)

    async with serve_peer(peer) as url, listening(url, hearing):
        await hearing.until("failed")
    assert connections >= flux_listen.MOST_ERRORS
    assert [error.permanent for error in hearing.failures] == [True]
    assert "UNSUPPORTED" in hearing.failures[0].message
