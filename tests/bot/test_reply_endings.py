"""Replies that may not be interrupted, and replies that end the call."""

from bot.generations import Generations
from bot.reply_endings import ReplyEndings
from data.records import EndReason


class Desk:
    def __init__(self) -> None:
        self.generations = Generations()
        self.protected: list[int] = []
        self.ended: list[EndReason] = []
        self.endings = ReplyEndings(self.generations, self.protected.append, self.ended.append)


def test_the_call_ends_once_the_goodbye_was_heard() -> None:
    desk = Desk()
    number = desk.generations.next()
    desk.endings.end_after(number)
    desk.endings.heard(number + 1)
    assert desk.ended == []
    desk.endings.heard(number)
    desk.endings.heard(number)
    assert desk.ended == [EndReason.AGENT_ENDED]


def test_an_interrupted_goodbye_ends_nothing() -> None:
    desk = Desk()
    number = desk.generations.next()
    desk.endings.end_after(number)
    desk.generations.invalidate()
    desk.endings.heard(number)
    assert desk.ended == []


def test_the_reason_and_the_protection_are_passed_on() -> None:
    desk = Desk()
    number = desk.generations.next()
    desk.endings.protect(number)
    desk.endings.end_after(number, EndReason.MAX_DURATION)
    desk.endings.heard(number)
    assert desk.protected == [number]
    assert desk.ended == [EndReason.MAX_DURATION]


def test_a_reason_that_was_taken_over_ends_nothing_by_itself() -> None:
    desk = Desk()
    number = desk.generations.next()
    desk.endings.end_after(number, EndReason.ERROR)
    assert desk.endings.take(number) is EndReason.ERROR
    assert desk.endings.take(number) is None
    desk.endings.heard(number)
    assert desk.ended == []
