"""What the stand-in was asked and what became of it, for tests to look at over `/simulator/state`."""

import time
from collections import deque
from collections.abc import Mapping

from pydantic import JsonValue

from simulator.ollama.json_types import JsonObject


class Entry:
    """One request that asks the model for something."""

    def __init__(self, number: int, path: str, body: Mapping[str, JsonValue]) -> None:
        self.number = number
        self.path = path
        self.body = dict(body)
        self.received_at = time.time()
        self.outcome = "running"
        self.details: JsonObject = {}

    def note(self, **details: JsonValue) -> None:
        """Adds to what is known of the request."""
        self.details.update(details)

    def as_json(self) -> JsonObject:
        """The entry for the state page."""
        return {
            "number": self.number,
            "path": self.path,
            "received_at": self.received_at,
            "outcome": self.outcome,
            "body": self.body,
            **self.details,
        }


class Ledger:
    """Counts of all requests, and the last ones whole.

    Args:
        remembered: How many requests are kept.
    """

    def __init__(self, remembered: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=remembered)
        self._outcomes: dict[str, int] = {}
        self._requests = 0

    def open(self, path: str, body: Mapping[str, JsonValue]) -> Entry:
        """Begins the entry of a request."""
        self._requests += 1
        entry = Entry(self._requests, path, body)
        self._entries.append(entry)
        return entry

    def close(self, entry: Entry, outcome: str) -> None:
        """Ends an entry, once: `completed`, `cancelled`, `failed` or `faulted`."""
        if entry.outcome == "running":
            entry.outcome = outcome
            self._outcomes[outcome] = self._outcomes.get(outcome, 0) + 1

    def reset(self) -> None:
        """Forgets everything."""
        self._entries.clear()
        self._outcomes.clear()
        self._requests = 0

    def as_json(self) -> JsonObject:
        """Counts and the last requests, oldest first."""
        last: list[JsonValue] = [entry.as_json() for entry in self._entries]
        counts = {name: self._outcomes.get(name, 0) for name in ("completed", "cancelled", "failed", "faulted")}
        return {"requests": self._requests, **counts, "last_requests": last}
