"""One of the workspaces that the isolation probe works in, and all that the probe knows to be in it."""

import random
import re
from dataclasses import dataclass, field

import httpx

_IDS = re.compile(r"(?:agent|conv|key|audit|ws|phnum)_[0-9a-hjkmnp-tv-z]{26}|\bCA[0-9a-f]{32}")
_MADE_UP = "0" * 26


@dataclass(slots=True)
class Tenant:
    """A workspace and its owner.

    Attributes:
        marker: A word that is in every text of this workspace and in none of another.
        admin: Its owner's client.
        reader: A client whose key may only read.
        agents: Those that there are, name by id.
        conversations: Those that there are, CallSid by id.
        keys: Those that are active and may be ended.
        cursors: Cursors of its lists, by path.
    """

    marker: str
    admin: httpx.AsyncClient
    reader: httpx.AsyncClient
    agents: dict[str, str] = field(default_factory=dict)
    conversations: dict[str, str] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    cursors: dict[str, str] = field(default_factory=dict)
    _ids: set[str] = field(default_factory=set)
    _by_kind: dict[str, list[str]] = field(default_factory=dict)

    def learn(self, text: str) -> None:
        """Take note of the ids in an answer: they are of this workspace."""
        for one in _IDS.findall(text):
            if one not in self._ids:
                self._ids.add(one)
                self._by_kind.setdefault(one[:2], []).append(one)

    def traces_in(self, text: str) -> list[str]:
        """What of this workspace is in a text: its marker, its ids."""
        found = sorted(self._ids.intersection(_IDS.findall(text)))
        return [self.marker, *found] if self.marker in text else found

    def any_id(self, prefix: str, rng: random.Random) -> str:
        """Some id of this kind that is or was in the workspace; a made-up one if there never was."""
        known = self._by_kind.get(prefix[:2])
        return rng.choice(known) if known else f"{prefix}{_MADE_UP}"
