"""Prometheus metrics of the way of finished turns into the database."""

from collections.abc import Callable, Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from data.journal.delivery import DatabaseState
from data.journal.figures import JournalFigures


class JournalCollector(Collector):
    """Asks the journal when somebody asks for metrics.

    Args:
        figures: The journal's.
    """

    def __init__(self, figures: Callable[[], JournalFigures]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[GaugeMetricFamily | CounterMetricFamily]:
        """The figures of now."""
        figures = self._figures()
        for gauge, text, value in (
            ("journal_in_memory", "Events of calls that are in memory only.", figures.in_memory),
            ("journal_spooled", "Events of calls that wait on the disk for the database.", figures.spooled),
            ("journal_spool_bytes", "Bytes of them.", figures.spool_bytes),
            (
                "journal_database_working",
                "1 while the database takes them at once, 0 while it is slow or away.",
                int(figures.state is DatabaseState.WORKING),
            ),
        ):
            yield GaugeMetricFamily(f"phone_agent_{gauge}", text, value=value)
        for counter, text, value in (
            ("journal_stored", "Events of calls handed to the database.", figures.stored),
            ("journal_dropped", "Events lost: neither database, disk nor memory had room.", figures.dropped),
            ("journal_quarantined", "Events that the database refuses, set aside.", figures.quarantined),
        ):
            yield CounterMetricFamily(f"phone_agent_{counter}", text, value=value)
