"""What one caller of a load does: questions, one interruption, a goodbye; decided before the call begins."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bench.shop import GOODBYE, Question, fact_question, long_question
from simulator.twilio.caller import espeak
from simulator.twilio.speech import PreparedSpeech, prepare_speech

VOICE = "en-us"
_FIRST_INTERRUPTION_MS = 1200
_INTERRUPTION_STEP_MS = 170
_INTERRUPTIONS = 9


class Manner(StrEnum):
    """How something is said."""

    ASKED = "asked"
    INTERRUPTING = "interrupting"
    GOODBYE = "goodbye"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing that the caller says.

    Attributes:
        question: The words, and what answers them.
        after_ms: For an interruption: how long the agent has spoken when it begins.
        is_cut_short: The reply to it will be interrupted.
    """

    manner: Manner
    question: Question
    after_ms: int = 0
    is_cut_short: bool = False

    @property
    def is_heard_out(self) -> bool:
        """Whether the caller listens to the reply until it is over."""
        return self.manner is not Manner.GOODBYE and not self.is_cut_short


@dataclass(frozen=True, slots=True)
class CallPlan:
    """One call.

    Attributes:
        index: 0 for the first of a run.
        utterances: In order; the last is the goodbye, unless the caller hangs up.
        hangs_up: The caller puts the receiver down when the reply to the last utterance begins, or is over if it
            is heard out.
    """

    index: int
    utterances: tuple[Utterance, ...]
    hangs_up: bool = False


def plan_call(index: int, questions: int, *, interruption: bool = True, hangs_up: bool = False) -> CallPlan:
    """Plan one call of a run; calls with different indices ask different questions.

    Args:
        index: Of the call.
        questions: Questions that are answered in peace.
        interruption: Ask for everything about something in the middle of the call, and interrupt the reply.
        hangs_up: The caller does, once the goodbye is answered: for an agent that cannot.
    """
    per_call = questions + 1
    asked = [Utterance(Manner.ASKED, fact_question(index * per_call + number)) for number in range(questions)]
    if interruption:
        # Somewhere else in a word and a frame in every call, as no two people interrupt alike.
        after_ms = _FIRST_INTERRUPTION_MS + index % _INTERRUPTIONS * _INTERRUPTION_STEP_MS
        middle = (questions + 1) // 2
        asked[middle:middle] = [
            Utterance(Manner.ASKED, long_question(index), is_cut_short=True),
            Utterance(Manner.INTERRUPTING, fact_question(index * per_call + questions), after_ms),
        ]
    return CallPlan(index, (*asked, Utterance(Manner.GOODBYE, Question(GOODBYE))), hangs_up=hangs_up)


def plan_short_call(index: int) -> CallPlan:
    """Plan a call of some ten seconds: one question, and the receiver goes down when the reply begins."""
    return CallPlan(index, (Utterance(Manner.ASKED, fact_question(index), is_cut_short=True),), hangs_up=True)


def plan_single_question(index: int, question: Question) -> CallPlan:
    """Plan a call of one question, which others may ask too; the receiver goes down when it is answered."""
    return CallPlan(index, (Utterance(Manner.ASKED, question),), hangs_up=True)


def texts_of(plans: Iterable[CallPlan]) -> tuple[str, ...]:
    """Everything that is said in these calls, each text once."""
    return tuple(dict.fromkeys(said.question.text for plan in plans for said in plan.utterances))


def replies_of(plans: Iterable[CallPlan]) -> dict[str, str]:
    """What the documents say to everything that is asked in these calls, by the caller's words."""
    asked = (said.question for plan in plans for said in plan.utterances)
    return {question.text: question.reply for question in asked if question.reply}


async def prepare_speeches(texts: Iterable[str]) -> dict[str, PreparedSpeech]:
    """Speak everything in advance, in a thread, so that nothing is left to do when it is due."""

    def speak() -> dict[str, PreparedSpeech]:
        return {text: prepare_speech(text, espeak(text, VOICE)) for text in texts}

    return await asyncio.to_thread(speak)
