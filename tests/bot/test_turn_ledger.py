"""Turns as they are written down: complete, in order, with honest latencies."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.chat_model import ChatUsage
from bot.events import CallEvent, SpeechHeard, ToolFinished, TurnFinished
from bot.services.listen_result import ListenResult
from bot.turn_ledger import LONGEST_INTERRUPTION_SECONDS, Stage, TurnLedger
from data.records import RetrievalRecord, Role, ToolCallRecord, TurnLatency, TurnRecord

QUESTION = "How much is the premium plan?"
ANSWER = "Nineteen dollars a month."


class Desk:
    """A ledger on a clock of its own; the call began at 100 s."""

    def __init__(self) -> None:
        self.now = 100.0
        self.events: list[CallEvent] = []
        self.ledger = TurnLedger("conv_1", self.events.append, lambda: self.now, lambda: self.now + 1e9)

    def at(self, seconds: float) -> TurnLedger:
        """The ledger, that many seconds into the call."""
        self.now = 100.0 + seconds
        return self.ledger

    @property
    def turns(self) -> list[TurnRecord]:
        return [event.turn for event in self.events if isinstance(event, TurnFinished)]

    def ask(self, began: float, text: str = QUESTION) -> None:
        """A turn of the caller: a second of speech, its final 150 ms after the pause."""
        self.at(began).caller_started()
        self.at(began + 0.3).words(words(text, final=False))
        self.at(began + 1.1).caller_paused(100.0 + began + 1.0)
        self.at(began + 1.15).words(words(text))
        self.at(began + 1.15).caller_turn(text)


def words(text: str, *, final: bool = True, confidence: float = 0.9) -> ListenResult:
    return ListenResult(text, final, final, confidence, 1.0)


def tool(name: str = "book_appointment") -> ToolCallRecord:
    return ToolCallRecord("call_1", name, {}, {"status": "booked"}, False, 12.0)


def test_one_exchange_is_two_turns_with_latencies() -> None:
    desk = Desk()
    desk.ask(2.0)
    retrieval = RetrievalRecord(QUESTION, "minilm", 12.5)
    desk.at(3.2).reply_began(1, answers_caller=True, retrieval=retrieval)
    desk.at(3.2).reached(1, Stage.REQUESTED)
    desk.at(3.4).reached(1, Stage.FIRST_TOKEN)
    desk.at(3.5).speaking(1, ANSWER)
    desk.at(3.65).reached(1, Stage.FIRST_AUDIO)
    desk.at(3.66).reached(1, Stage.HEARD)
    desk.at(3.9).reached(1, Stage.FIRST_AUDIO)
    desk.at(4.0).used(1, ChatUsage(100, 20, 0, 0, 0))
    desk.at(4.1).used(1, ChatUsage(50, 5, 0, 0, 0))
    desk.at(6.0).reply_heard(1, ANSWER, interrupted=False)
    caller, agent = desk.turns
    assert (caller.position, caller.role, caller.message, caller.time_in_call_secs) == (
        0,
        Role.USER,
        QUESTION,
        2.0,
    )
    assert caller.confidence == 0.9
    assert caller.latency is None
    assert (agent.position, agent.role, agent.message, agent.time_in_call_secs) == (1, Role.AGENT, ANSWER, 3.66)
    assert agent.latency == TurnLatency(
        stt_ms=150.0,
        retrieval_ms=12.5,
        turn_end_ms=200.0,
        llm_first_token_ms=200.0,
        llm_first_clause_ms=100.0,
        tts_first_byte_ms=150.0,
        voice_to_voice_ms=660.0,
    )
    assert (agent.input_tokens, agent.output_tokens) == (150, 25)
    assert agent.retrieval is retrieval


def test_words_and_replies_are_shown_as_they_happen() -> None:
    desk = Desk()
    desk.ask(1.0)
    desk.ledger.speaking(1, ANSWER)
    heard = [(e.role, e.text, e.final) for e in desk.events if isinstance(e, SpeechHeard)]
    assert heard == [(Role.USER, QUESTION, False), (Role.USER, QUESTION, True), (Role.AGENT, ANSWER, False)]


def test_the_greeting_has_no_latency() -> None:
    desk = Desk()
    desk.at(0.1).reply_began(1, answers_caller=False)
    desk.at(0.4).reached(1, Stage.HEARD)
    desk.at(2.0).reply_heard(1, "Hello.", interrupted=False)
    assert desk.turns[0].latency is None


def test_a_final_from_before_the_pause_gives_no_nonsense() -> None:
    desk = Desk()
    desk.at(1.0).caller_started()
    desk.at(1.2).words(words("Hello"))
    desk.at(2.1).caller_paused(102.0)
    desk.at(2.2).caller_turn("Hello")
    desk.at(2.3).reply_began(1, answers_caller=True)
    desk.at(2.9).reached(1, Stage.HEARD)
    desk.at(3.0).reply_heard(1, "Hi.", interrupted=False)
    latency = desk.turns[1].latency
    assert latency is not None
    assert latency.stt_ms is None
    assert latency.voice_to_voice_ms == 900.0


def test_confidence_is_the_mean_of_the_finals_of_that_turn_only() -> None:
    desk = Desk()
    desk.at(1).caller_started()
    desk.ledger.words(words("one", confidence=0.8))
    desk.ledger.words(words("two", confidence=0.6))
    desk.ledger.caller_turn("one two")
    desk.ask(5.0)
    assert [turn.confidence for turn in desk.turns] == [0.7, 0.9]


def test_an_interruption_is_measured_on_the_turn_that_interrupted() -> None:
    desk = Desk()
    desk.at(1.0).interrupted(100.9, 101.0)
    desk.ask(1.05)
    desk.ask(10.0)
    first, second = desk.turns
    assert first.latency == TurnLatency(interruption_ms=100.0)
    assert second.latency is None


def test_a_false_pause_is_no_interruption() -> None:
    desk = Desk()
    desk.at(1.0).interrupted(100.9, 101.0)
    desk.ledger.not_interrupted()
    desk.ask(1.05)
    assert desk.turns[0].latency is None


def test_noise_that_never_ceases_is_no_onset() -> None:
    desk = Desk()
    desk.at(60.0).interrupted(100.0, 160.0)
    desk.ask(60.0)
    assert desk.turns[0].latency is None


def test_an_interruption_without_words_is_not_put_on_a_later_turn() -> None:
    desk = Desk()
    desk.at(1.0).interrupted(100.9, 101.0)
    desk.at(1.0).caller_started()
    desk.at(1.5).caller_paused(101.4)
    desk.ask(2.0 + LONGEST_INTERRUPTION_SECONDS)
    assert desk.turns[0].latency is None


def test_a_sound_without_words_is_not_the_beginning_of_a_later_turn() -> None:
    desk = Desk()
    desk.at(1.0).caller_started()
    desk.at(1.2).caller_paused(101.1)
    desk.ask(30.0)
    assert desk.turns[0].time_in_call_secs == 30.0


def test_a_turn_with_pauses_in_it_began_at_its_first_words() -> None:
    desk = Desk()
    desk.at(1.0).caller_started()
    desk.at(1.3).words(words("my number is", final=False))
    desk.at(2.0).caller_paused(101.9)
    desk.at(3.0).caller_started()
    desk.at(4.0).words(words("my number is five"))
    desk.ledger.caller_turn("my number is five")
    assert desk.turns[0].time_in_call_secs == 1.0


def test_tools_are_told_with_the_reply_that_used_them() -> None:
    desk = Desk()
    desk.ledger.reply_began(1, answers_caller=True)
    desk.ledger.tools_used(1, (tool(),))
    desk.ledger.reply_heard(1, "Booked.", interrupted=False)
    assert desk.turns[0].tool_calls == (tool(),)
    assert [event.call for event in desk.events if isinstance(event, ToolFinished)] == [tool()]


def test_tools_of_a_reply_that_is_over_are_told_with_the_next_one() -> None:
    desk = Desk()
    desk.ledger.tools_used(7, (tool("late"),))
    desk.ledger.reply_began(8, answers_caller=True)
    desk.ledger.tools_used(8, (tool("own"),))
    desk.ledger.reply_heard(8, "Done.", interrupted=False)
    assert [call.tool_name for call in desk.turns[0].tool_calls] == ["late", "own"]


def test_tools_of_a_reply_given_up_before_it_was_heard_are_not_forgotten() -> None:
    desk = Desk()
    desk.ledger.reply_began(1, answers_caller=True)
    desk.ledger.tools_used(1, (tool(),))
    desk.ledger.reply_dropped(1)
    desk.ledger.reply_dropped(1)
    desk.ledger.reply_began(2, answers_caller=True)
    desk.ledger.reply_heard(2, ANSWER, interrupted=False)
    assert [turn.tool_calls for turn in desk.turns] == [(tool(),)]


def test_tools_that_ended_after_the_last_reply_are_in_the_transcript() -> None:
    desk = Desk()
    desk.ledger.tools_used(1, (tool(),))
    desk.ledger.close()
    desk.ledger.close()
    assert [(turn.role, turn.message, turn.tool_calls) for turn in desk.turns] == [(Role.AGENT, "", (tool(),))]


def test_a_tool_that_ended_while_the_call_was_closing_is_in_the_transcript_once() -> None:
    desk = Desk()
    desk.ledger.reply_began(1, answers_caller=True)
    desk.ledger.tool_ended(tool("claimed"))
    desk.ledger.tools_used(1, (tool("claimed"),))
    desk.ledger.reply_heard(1, ANSWER, interrupted=False)
    desk.ledger.tool_ended(ToolCallRecord("call_2", "late", {}, {"status": "booked"}, False, 1.0))
    desk.ledger.close()
    assert [call.tool_name for turn in desk.turns for call in turn.tool_calls] == ["claimed", "late"]


def test_words_that_no_turn_has_taken_up_become_one_at_the_end() -> None:
    desk = Desk()
    desk.at(1.0).caller_started()
    desk.ledger.words(words("and one"))
    desk.ledger.words(words("more thi", final=False))
    desk.ledger.words(words("more thing", final=False))
    desk.at(2.0).close()
    desk.ledger.close()
    assert [turn.message for turn in desk.turns] == ["and one more thing"]
    assert desk.turns[0].time_in_call_secs == 1.0


def test_a_reply_of_which_nothing_was_heard_is_no_turn() -> None:
    desk = Desk()
    desk.ledger.reply_began(1, answers_caller=True)
    desk.ledger.reply_heard(1, "", interrupted=True)
    desk.ledger.reply_heard(1, ANSWER, interrupted=True)
    desk.ledger.reply_began(2, answers_caller=True)
    desk.ledger.close()
    assert desk.turns == []


STEPS = st.lists(st.sampled_from(["ask", "began", "tool", "heard", "cut", "dropped", "late"]), max_size=30)


@given(STEPS)
def test_positions_are_consecutive_and_no_tool_is_lost_whatever_happens(steps: Sequence[str]) -> None:
    desk, generation, tools = Desk(), 0, 0
    for index, step in enumerate(steps):
        if step == "ask":
            desk.ask(index * 2.0)
        elif step == "began":
            generation += 1
            desk.ledger.reply_began(generation, answers_caller=True)
        elif step == "tool":
            tools += 1
            desk.ledger.tools_used(generation, (tool(f"tool_{tools}"),))
        elif step in ("heard", "cut"):
            desk.ledger.reply_heard(generation, ANSWER, interrupted=step == "cut")
        elif step == "dropped":
            desk.ledger.reply_dropped(generation)
        else:
            desk.ledger.words(words("late"))
    desk.ledger.close()
    assert [turn.position for turn in desk.turns] == list(range(len(desk.turns)))
    told = [call.tool_name for turn in desk.turns for call in turn.tool_calls]
    assert sorted(told) == sorted(f"tool_{number + 1}" for number in range(tools))


def test_a_reply_that_was_begun_early_is_measured_against_the_turn_as_it_ended() -> None:
    desk = Desk()
    desk.at(3.1).reply_began(1, answers_caller=True)
    desk.at(3.1).reached(1, Stage.REQUESTED)
    desk.at(3.3).reached(1, Stage.FIRST_TOKEN)
    desk.at(3.35).reached(1, Stage.FIRST_CLAUSE)
    desk.at(3.4).reached(1, Stage.FIRST_AUDIO)
    desk.ask(2.0)
    desk.at(3.5).reply_confirmed(1)
    desk.at(3.51).reached(1, Stage.HEARD)
    desk.at(6.0).reply_heard(1, ANSWER, interrupted=False)
    latency = desk.turns[-1].latency
    assert latency is not None
    assert (latency.llm_first_token_ms, latency.tts_first_byte_ms) == (200.0, 50.0)
    assert (latency.turn_end_ms, latency.held_ms, latency.voice_to_voice_ms) == (500.0, 100.0, 510.0)


def test_an_early_reply_that_was_not_ready_in_time_was_not_held() -> None:
    desk = Desk()
    desk.at(3.1).reply_began(1, answers_caller=True)
    desk.at(3.2).reply_confirmed(1)
    desk.at(3.4).reached(1, Stage.FIRST_AUDIO)
    desk.at(3.41).reached(1, Stage.HEARD)
    desk.at(6.0).reply_heard(1, ANSWER, interrupted=False)
    latency = desk.turns[-1].latency
    assert latency is not None
    assert latency.held_ms == 0.0
