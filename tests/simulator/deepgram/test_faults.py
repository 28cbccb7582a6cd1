"""Faults on purpose: per connection, while it runs."""

import asyncio
import json

import httpx
import pytest
import websockets

from simulator.audio import samples_to_ulaw
from simulator.faults import NO_FAULT, FaultPlan, FaultRule, FaultRules, FaultSchedule, Jitter
from tests.simulator.deepgram.clients import audio_until, closed, final_text, listen, send_audio, speak, until
from tests.simulator.deepgram.streams import line


async def _set(url: str, *rules: dict[str, object]) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.post("/simulator/faults", json={"rules": rules})
        assert answer.status_code == 200, answer.text
        assert (await client.get("/simulator/faults")).json() == answer.json()


async def test_the_second_connection_is_refused(url: str) -> None:
    await _set(url, {"service": "listen", "connections": [2], "faults": {"refuse_status": 503}})
    async with listen(url):
        pass
    with pytest.raises(websockets.InvalidStatus) as caught:
        async with listen(url):
            pass
    assert caught.value.response.status_code == 503
    async with listen(url), speak(url):
        pass


async def test_a_connection_is_closed_after_a_while(url: str) -> None:
    await _set(url, {"faults": {"close_after_seconds": 0.1, "close_code": 1012, "close_reason": "restart"}})
    async with listen(url) as listening, speak(url) as speaking:
        assert (await closed(listening))[:2] == (1012, "restart")
        assert (await closed(speaking))[:2] == (1012, "restart")


async def test_finals_are_dropped(url: str) -> None:
    await _set(url, {"service": "listen", "faults": {"drop_finals": True}})
    async with listen(url, interim_results="true") as socket:
        await send_audio(socket, samples_to_ulaw(line(["What are your prices?", 0.5])))
        await socket.send(json.dumps({"type": "CloseStream"}))
        _, _, messages = await closed(socket)
    assert any(message["type"] == "Results" for message in messages)
    assert final_text(messages) == ""


async def test_a_stalled_stream_answers_late(url: str) -> None:
    await _set(url, {"service": "listen", "faults": {"stall_after_seconds": 0, "stall_seconds": 0.5}})
    async with listen(url) as socket:
        begun = asyncio.get_running_loop().time()
        await socket.send(json.dumps({"type": "Finalize"}))
        await until(socket, "Results")
        assert asyncio.get_running_loop().time() - begun > 0.4


async def test_the_first_byte_is_slow(url: str) -> None:
    await _set(url, {"service": "speak", "faults": {"extra_first_byte_seconds": 0.4}})
    async with speak(url) as socket:
        begun = asyncio.get_running_loop().time()
        await socket.send(json.dumps({"type": "Speak", "text": "hello"}))
        await socket.send(json.dumps({"type": "Flush"}))
        await audio_until(socket, "Flushed")
        assert asyncio.get_running_loop().time() - begun > 0.4


@pytest.mark.parametrize(
    "body", ["{", "[]", '{"rules": [{"faults": {"refuse_status": 7}}]}', '{"rules": [{"faults": {"unknown": 1}}]}']
)
async def test_bad_rules_are_refused_and_the_old_stay(url: str, body: str) -> None:
    await _set(url, {"service": "rest", "faults": {"refuse_status": 500}})
    async with httpx.AsyncClient(base_url=url) as client:
        assert (await client.post("/simulator/faults", content=body)).status_code == 422
        assert len((await client.get("/simulator/faults")).json()["rules"]) == 1


def test_rules_are_dealt_by_number_and_service() -> None:
    slow = FaultPlan(extra_first_byte_seconds=1)
    gone = FaultPlan(refuse_status=500)
    schedule = FaultSchedule(
        FaultRules(
            rules=(
                FaultRule(service="listen", connections=frozenset({2}), faults=gone),
                FaultRule(service="speak", faults=slow),
            )
        )
    )
    assert [schedule.next_plan("listen") for _ in range(3)] == [NO_FAULT, gone, NO_FAULT]
    assert [schedule.next_plan("speak") for _ in range(2)] == [slow, slow]
    schedule.replace(FaultRules(rules=(FaultRule(connections=frozenset({1}), faults=gone),)))
    assert [schedule.next_plan(name) for name in ("listen", "speak", "listen")] == [gone, gone, NO_FAULT]


def test_jitter_is_bounded_and_repeatable() -> None:
    first = [Jitter(0.1, seed=3).vary(1.0) for _ in range(1)]
    jitter = Jitter(0.1, seed=3)
    values = [jitter.vary(1.0) for _ in range(100)]
    assert values[0] == first[0]
    assert all(1.0 <= value <= 1.1 for value in values)
    assert len(set(values)) > 50
    assert Jitter().vary(0.5) == 0.5
