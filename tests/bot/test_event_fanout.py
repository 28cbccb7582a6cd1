"""One sink, many subscribers."""

from bot.event_fanout import EventFanout
from bot.events import CallEvent


class Sink:
    def __init__(self) -> None:
        self.events: list[CallEvent] = []

    def emit(self, event: CallEvent) -> None:
        self.events.append(event)


class Broken:
    def emit(self, event: CallEvent) -> None:
        raise ZeroDivisionError


def test_a_failing_subscriber_does_not_hurt_the_others_or_the_call() -> None:
    first, last = Sink(), Sink()
    fanout = EventFanout([first, Broken()])
    fanout.add(last)
    event = CallEvent("conv_1", 1.0)
    fanout.emit(event)
    assert first.events == last.events == [event]


def test_who_leaves_hears_nothing_more_and_may_leave_twice() -> None:
    sink = Sink()
    fanout = EventFanout([])
    fanout.add(sink)
    fanout.remove(sink)
    fanout.remove(sink)
    fanout.emit(CallEvent("conv_1", 1.0))
    assert sink.events == []


def test_a_subscriber_may_leave_while_it_is_being_told() -> None:
    class Leaving(Sink):
        def emit(self, event: CallEvent) -> None:
            super().emit(event)
            fanout.remove(self)

    leaving, staying = Leaving(), Sink()
    fanout = EventFanout([leaving, staying])
    for _ in range(2):
        fanout.emit(CallEvent("conv_1", 1.0))
    assert len(leaving.events) == 1
    assert len(staying.events) == 2
