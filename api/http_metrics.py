"""Prometheus metrics of the HTTP side, in a registry of their own (one per app, nothing global)."""

import asyncio
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from api.live_calls import LiveCalls, Runtime

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class HttpMetrics:
    """Counts requests and their durations by route template."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_LoopCollector())
        self._requests = Counter(
            "phone_agent_http_requests",
            "HTTP requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "phone_agent_http_request_seconds",
            "Seconds from the request to the end of its response.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self.registry,
        )

    def observe(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Record one request; `status` 0 means that the client left before there was a response."""
        # A method is the client's own word: an unknown one must not make a new series each time.
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def watch_calls(self, runtime: Runtime) -> None:
        """Show the running calls, and what they count, in the same registry."""
        for collector in (_CallCollector(runtime.calls), *runtime.metrics()):
            self.registry.register(collector)


class _CallCollector(Collector):
    def __init__(self, calls: LiveCalls) -> None:
        self._calls = calls

    def collect(self) -> Iterable[GaugeMetricFamily]:
        yield GaugeMetricFamily("phone_agent_active_calls", "Calls running now.", value=self._calls.active_calls())
        yield GaugeMetricFamily(
            "phone_agent_accepting_calls",
            "1 while new calls are taken, 0 while not.",
            value=float(self._calls.accepting),
        )


class _LoopCollector(Collector):
    """The event loop's tasks: a number that grows from call to call is a leak."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        yield GaugeMetricFamily(
            "phone_agent_event_loop_tasks", "Tasks of the event loop now.", value=len(asyncio.all_tasks())
        )
