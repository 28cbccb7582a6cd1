"""Prometheus metrics of what happens in calls, gathered from their events."""

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.answers_cache import AnswersCache
from bot.events import CallEvent, EventSink, ReplySpeculated, SpeculationStage
from bot.media.loop_lag import LoopLag


class SpeculationMetrics(EventSink, Collector):
    """Counts the replies that were begun before a caller's turn was certainly over."""

    def __init__(self) -> None:
        self._stages = dict.fromkeys(SpeculationStage, 0)
        self._wasted_tokens = 0

    def emit(self, event: CallEvent) -> None:
        """Count what concerns early replies."""
        if isinstance(event, ReplySpeculated):
            self._stages[event.stage] += 1
            self._wasted_tokens += event.wasted_tokens

    def collect(self) -> Iterable[CounterMetricFamily]:
        """The counters as they stand."""
        replies = CounterMetricFamily(
            "phone_agent_speculative_replies",
            "Replies begun before the caller's turn was certainly over, by what became of them.",
            labels=("stage",),
        )
        for stage, count in self._stages.items():
            replies.add_metric((stage.value,), count)
        yield replies
        yield CounterMetricFamily(
            "phone_agent_speculative_tokens_wasted",
            "Tokens that the model had written of replies that were dropped.",
            value=self._wasted_tokens,
        )


class AnswersMetrics(Collector):
    """Shows how often a kept answer was said again.

    Args:
        answers: The process's.
    """

    def __init__(self, answers: AnswersCache) -> None:
        self._answers = answers

    def collect(self) -> Iterable[CounterMetricFamily]:
        """The counters as they stand."""
        lookups = CounterMetricFamily(
            "phone_agent_answers_cache",
            "Questions looked up among the kept answers, by whether one was found.",
            labels=("result",),
        )
        lookups.add_metric(("hit",), self._answers.hits)
        lookups.add_metric(("miss",), self._answers.misses)
        yield lookups


class LoopLagMetrics(Collector):
    """Shows how late the event loop comes to its work."""

    def __init__(self, lag: LoopLag) -> None:
        self._lag = lag

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The largest delay of the last seconds."""
        yield GaugeMetricFamily(
            "phone_agent_event_loop_lag_seconds",
            "Largest delay of the event loop in the last seconds (see MAX_LOOP_LAG_MS).",
            value=self._lag.largest,
        )
