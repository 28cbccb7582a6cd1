from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from bench.answers.agent_under_test import AgentSetting
from bench.answers.answers import AnswersBench
from bench.answers.answers_report import AnswersOptions, AnswersRow, CacheUse, Lookups
from bench.call_plan import CallPlan
from bench.latency import MadeCalls
from bench.load_cost import LoadCost
from bench.stored_call import StoredCall, StoredTurn
from bench.talking_call import Spoken, TalkedCall
from bench.vendor_delays import VendorDelays
from simulator.twilio.call_record import CallEnder
from simulator.twilio.lateness import Lateness
from simulator.twilio.measures import CallMeasures, TurnMeasures

BEFORE = AgentSetting(system_prompt="You are Robin.", first_message="Hello, I am Robin.", answers_cache_seconds=0)
ASKED_MS, KEPT_MS = 700.0, 480.0
COUNTED = Lookups(hits=5, misses=7)


@dataclass
class _Server:
    """Keeps answers as the product should: by prompt and question; with `careless`, whatever the prompt says."""

    careless: bool = False
    counts: bool = True
    settings: list[AgentSetting] = field(default_factory=list)
    plans: list[CallPlan] = field(default_factory=list)
    lookups: Lookups = COUNTED
    kept: set[str] = field(default_factory=set)

    @property
    def before(self) -> AgentSetting:
        return BEFORE

    async def change(self, setting: AgentSetting) -> None:
        self.settings.append(setting)

    async def count(self) -> Lookups | None:
        return self.lookups if self.counts else None

    async def warm_up(self) -> float | None:
        return None

    async def make_calls(self, what: str, at_once: int, plans: Sequence[CallPlan]) -> MadeCalls:
        assert at_once <= len(plans)
        self.plans += plans
        calls = [_call(plan, KEPT_MS if self._is_kept(plan) else ASKED_MS) for plan in plans]
        return MadeCalls(calls, [_stored(plan) for plan in plans], LoadCost(seconds=10.0))

    def _is_kept(self, plan: CallPlan) -> bool:
        setting = self.settings[-1]
        if not setting.answers_cache_seconds:
            return False
        prompt = "" if self.careless else setting.system_prompt.replace("{{system__caller_id}}", str(plan.index))
        key = prompt + plan.utterances[0].question.text
        hit = key in self.kept
        self.kept.add(key)
        self.lookups = Lookups(hits=self.lookups.hits + hit, misses=self.lookups.misses + (not hit))
        return hit


def _call(plan: CallPlan, reply_ms: float) -> TalkedCall:
    """A call whose one question is answered after some time."""
    turn = TurnMeasures(
        index=0,
        text=plan.utterances[0].question.text,
        onset_at=4.0,
        last_speech_at=6.0,
        agent_was_speaking=False,
        clear_at=None,
        reply_at=6.0 + reply_ms / 1000,
        silent_at=None,
        premature_reply=False,
    )
    measures = CallMeasures(
        start_sent_at=0.0,
        first_agent_audio_at=0.1,
        turns=(turn,),
        underruns=(),
        clears=0,
        agent_audio_secs=4.0,
        frames_sent=500,
        lateness_p50_ms=0.5,
        lateness_p99_ms=2.0,
    )
    spoken = (Spoken(plan.utterances[0], turn),)
    return TalkedCall(plan, f"CA{plan.index}", measures, spoken, Lateness(), 10.0, CallEnder.CALLER, ())


def _stored(plan: CallPlan) -> StoredCall:
    question = plan.utterances[0].question
    turns = (StoredTurn(True, question.text), StoredTurn(False, question.answer or ""))
    return StoredCall("completed", turns, ({"llm_first_token_ms": 200.0},))


async def _measure(server: _Server) -> tuple[AnswersRow, ...]:
    options = AnswersOptions(questions=3, times=4, callers=2)
    return await AnswersBench(server, server, server.count, options, VendorDelays()).run()


async def test_a_row_for_every_setting() -> None:
    off, on, numbers = await _measure(_Server())
    assert (off.use, off.lookups) == (CacheUse.OFF, Lookups(hits=0, misses=0))
    assert (on.use, on.lookups) == (CacheUse.ON, Lookups(hits=9, misses=3))
    assert (numbers.use, numbers.lookups) == (CacheUse.NUMBERS, Lookups(hits=0, misses=6))
    assert all(row.is_in_order for row in (off, on, numbers))
    assert (on.figures.made, on.figures.replies, on.figures.wrong_replies) == (12, 12, 0)
    assert on.figures.voice_to_voice is not None
    assert (on.figures.voice_to_voice.p50, on.figures.voice_to_voice.p95) == (KEPT_MS, ASKED_MS)
    assert on.asked_again is not None
    assert (on.asked_again.count, on.asked_again.largest) == (9, KEPT_MS)
    assert off.asked_again is not None
    assert off.asked_again.p50 == ASKED_MS


async def test_callers_who_share_an_answer_that_they_may_not_are_seen() -> None:
    off, on, numbers = await _measure(_Server(careless=True))
    assert off.is_in_order
    assert on.is_in_order
    assert not numbers.is_in_order
    assert numbers.faults == ("3 answers came from the cache with the cache on, numbers in the prompt",)


async def test_a_server_that_does_not_count_is_measured_all_the_same() -> None:
    rows = await _measure(_Server(counts=False))
    assert [row.lookups for row in rows] == [None, None, None]
    assert all(row.is_in_order for row in rows)


async def test_every_call_is_another_and_no_row_asks_what_another_did() -> None:
    server = _Server()
    await _measure(server)
    indices = [plan.index for plan in server.plans]
    assert len(set(indices)) == len(indices) == 12 + 12 + 6
    rows = [server.plans[:12], server.plans[12:24], server.plans[24:]]
    asked = [{plan.utterances[0].question.text for plan in row} for row in rows]
    assert [len(texts) for texts in asked] == [3, 3, 3]
    assert len(set.union(*asked)) == 9


@pytest.mark.parametrize("number", range(4))
async def test_the_prompt_is_the_agents_own_and_that_of_this_run(number: int) -> None:
    first, second = _Server(), _Server()
    await _measure(first)
    await _measure(second)
    prompts = [server.settings[number].system_prompt for server in (first, second)]
    assert all(prompt.startswith(BEFORE.system_prompt) for prompt in prompts)
    assert prompts[0] != prompts[1], "answers that were kept for an earlier run would be said again"
    assert [bool(setting.answers_cache_seconds) for setting in first.settings] == [False, False, True, True]
    assert "{{system__caller_id}}" in first.settings[3].system_prompt
    assert "{{" not in first.settings[2].system_prompt
