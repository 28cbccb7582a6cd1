"""Takes a model's thoughts out of what it says.

Models that think are asked not to, and Ollama keeps what they think apart; but templates without support for it
put `<think>…</think>` into the text itself, where a voice would read it out.
"""

_OPENINGS = ("<think>", "<thinking>")
_CLOSINGS = ("</think>", "</thinking>")
LONGEST_TAG = max(map(len, _CLOSINGS))


class UnthinkingText:
    """Filters one reply, fed in pieces of any size; how it is cut never changes what comes out."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False

    def feed(self, delta: str) -> str:
        """Take the next piece; what may still become a tag is held back."""
        if not self._held and not self._thinking and "<" not in delta:
            return delta
        self._held += delta
        spoken: list[str] = []
        while True:
            tags = _CLOSINGS if self._thinking else (*_OPENINGS, *_CLOSINGS)
            found = [(at, tag) for tag in tags if (at := self._held.lower().find(tag)) >= 0]
            if not found:
                break
            at, tag = min(found)
            if not self._thinking:
                spoken.append(self._held[:at])
            # A closing tag alone, which some templates leave of an opening that was theirs, is dropped too.
            self._thinking = tag in _OPENINGS
            self._held = self._held[at + len(tag) :]
        keep = self._possible_tag()
        cut = len(self._held) - keep
        if not self._thinking:
            spoken.append(self._held[:cut])
        self._held = self._held[cut:]
        return "".join(spoken)

    def flush(self) -> str:
        """The reply is over: what was held back, if it was no thought."""
        rest, self._held = ("" if self._thinking else self._held), ""
        return rest

    def _possible_tag(self) -> int:
        """Characters at the end that may be the beginning of a tag."""
        tail = self._held[-LONGEST_TAG:].lower()
        for length in range(len(tail), 0, -1):
            if any(tag.startswith(tail[-length:]) for tag in (*_OPENINGS, *_CLOSINGS)):
                return length
        return 0
