"""What happens in calls reaches the writer of storage: all that is to be stored, in order, and nothing else."""

from datetime import UTC, datetime

from bot.events import CallEnded, CallStarted, SpeechHeard, TurnFinished
from bot.journal import CallJournal
from data.journal.entries import CallOver, JournalEntry, StreamBegan, TurnOver
from data.records import CallOutcome, EndReason, Role, TurnRecord

OUTCOME = CallOutcome(EndReason.AGENT_ENDED, datetime(2026, 11, 20, tzinfo=UTC), 12.0)
TURN = TurnRecord(0, Role.USER, "Hello.", 1.0)


class Entries:
    """An `EntryWriter` that remembers."""

    def __init__(self) -> None:
        self.taken: list[JournalEntry] = []

    def put(self, entry: JournalEntry) -> None:
        self.taken.append(entry)

    async def flush(self, timeout: float) -> bool:
        return timeout > 1


async def test_what_is_to_be_stored_is_handed_on_in_order() -> None:
    entries = Entries()
    journal = CallJournal(entries, "host:1")
    for event in (
        CallStarted("conv_1", 1.0, "CA1", "MZ1"),
        SpeechHeard("conv_1", 1.0, Role.USER, "passing", False),
        TurnFinished("conv_1", 1.0, TURN),
        CallEnded("conv_1", 2.0, OUTCOME),
    ):
        journal.emit(event)
    assert entries.taken == [
        StreamBegan("conv_1", "host:1", "MZ1", 1.0),
        TurnOver("conv_1", TURN),
        CallOver("conv_1", OUTCOME),
    ]
    assert await journal.flush(2)
    assert not await journal.flush(0.5)
