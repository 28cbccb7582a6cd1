"""What operators see of the way of finished turns into the database."""

from prometheus_client import CollectorRegistry, generate_latest

from api.journal_metrics import JournalCollector
from data.journal.delivery import DatabaseState
from data.journal.figures import JournalFigures


def test_every_figure_is_shown() -> None:
    figures = JournalFigures(
        DatabaseState.AWAY, in_memory=1, spooled=2, spool_bytes=300, stored=4, dropped=5, quarantined=6
    )
    registry = CollectorRegistry()
    registry.register(JournalCollector(lambda: figures))
    lines = generate_latest(registry).decode().splitlines()
    for line in (
        "phone_agent_journal_in_memory 1.0",
        "phone_agent_journal_spooled 2.0",
        "phone_agent_journal_spool_bytes 300.0",
        "phone_agent_journal_database_working 0.0",
        "phone_agent_journal_stored_total 4.0",
        "phone_agent_journal_dropped_total 5.0",
        "phone_agent_journal_quarantined_total 6.0",
    ):
        assert line in lines
