"""One sink for a call's events, any number of subscribers behind it."""

from collections.abc import Sequence

from loguru import logger

from bot.events import CallEvent, EventSink


class EventFanout(EventSink):
    """Gives each event to every subscriber; a subscriber that fails is logged and does not hurt the others."""

    def __init__(self, sinks: Sequence[EventSink]) -> None:
        self._sinks = list(sinks)

    def add(self, sink: EventSink) -> None:
        """Subscribe."""
        self._sinks.append(sink)

    def remove(self, sink: EventSink) -> None:
        """Unsubscribe; unknown ones are ignored."""
        if sink in self._sinks:
            self._sinks.remove(sink)

    def emit(self, event: CallEvent) -> None:
        """Hand on."""
        for sink in tuple(self._sinks):
            try:
                sink.emit(event)
            except Exception:  # an observer's defect must never reach the call
                logger.exception("An event subscriber failed")
