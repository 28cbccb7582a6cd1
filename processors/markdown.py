"""Turns the markdown that models write into text that a voice can read, while it streams.

Marks go (emphasis, headings, bullets, code ticks, link targets, emoji), words stay. Lines that were list
items, headings or table rows get a full stop: a voice needs the pause that the eye got from the layout.
"""

import re

from processors.inline_markdown import Piece, read_inline

LONGEST_ROW = 1000
"""Characters that a table row may have before it is taken for plain text."""

_INDENT = re.compile(r"[ \t]*")
_BLOCK = re.compile(r"(?:(?P<heading>#{1,6})|(?P<bullet>[-*+•])|(?P<number>\d{1,2})[.)]|(?P<quote>>))[ \t]")
_FENCE = re.compile(r"(?:```+|~~~+)(?:[^`\n]*\n|[ \t]*$)")
_RULE = re.compile(r"(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|={3,}[ \t]*)(?:\n|$)")
_UNSURE = re.compile(
    r"#{1,6}|[+•>]|\d{1,2}[.)]?|`{1,3}|~{1,3}|(?:```+|~~~+)[^`\n]*|"
    r"(?:-[ \t]*)+|(?:\*[ \t]*)+|(?:_[ \t]*)+|=+[ \t]*"
)
"""Beginnings of a line that may become a block mark, a fence or a rule."""
_TABLE_RULE = re.compile(r"[|:\- \t]+")
_ENDS_CLAUSE = frozenset(".!?:;,…。！？")


class MarkdownStripper:
    """Strips one reply, fed in pieces of any size; the cutting never changes what comes out."""

    def __init__(self) -> None:
        self._reset()

    def feed(self, delta: str) -> str:
        """Take the next piece; gives the text that is certain by now."""
        self._held += delta
        return self._drain(final=False)

    def flush(self) -> str:
        """The reply is over: gives the rest, and is ready for the next reply."""
        spoken = self._drain(final=True) + self._full_stop()
        self._reset()
        return spoken

    def _reset(self) -> None:
        self._held = ""
        self._line_start = True
        self._wants_stop = False
        self._last = ""
        self._before = ""

    def _drain(self, *, final: bool) -> str:
        spoken: list[str] = []
        while self._held:
            piece = self._read(final)
            if piece is None:
                break
            used, text = piece
            self._before = (self._before + self._held[:used])[-2:]
            self._held = self._held[used:]
            self._last = text.rstrip()[-1:] or self._last
            spoken.append(text)
        return "".join(spoken)

    def _read(self, final: bool) -> Piece | None:
        if self._line_start:
            return self._read_line_start(final)
        if self._held[0] == "\n":
            self._line_start = True
            return 1, self._full_stop() + "\n"
        return read_inline(self._held, self._before, final)

    def _full_stop(self) -> str:
        missing = self._wants_stop and self._last and self._last not in _ENDS_CLAUSE
        self._wants_stop = False
        return "." if missing else ""

    def _read_line_start(self, final: bool) -> Piece | None:
        indent = _INDENT.match(self._held)
        blank = indent.end() if indent else 0
        line = self._held[blank:]
        if not line:
            return (blank, "") if final else None
        if line[0] == "\n":
            return blank + 1, self._full_stop() + "\n"
        if line[0] == "|":
            row = _read_row(line, final)
            return None if row is None else self._after_row(blank, row)
        if not final and _UNSURE.fullmatch(line):
            return None
        dropped = _FENCE.match(line) or _RULE.match(line)
        if dropped is not None:
            return blank + dropped.end(), self._full_stop()
        block = _BLOCK.match(line)
        if block is not None:
            self._wants_stop = self._wants_stop or block["quote"] is None
            self._last = ""
            return blank + block.end(), f"{block['number']}: " if block["number"] else ""
        self._line_start = False
        return blank, ""

    def _after_row(self, blank: int, row: Piece) -> Piece:
        used, text = row
        self._line_start = used > 1
        return blank + used, text


def _read_row(line: str, final: bool) -> Piece | None:
    """A line that begins with `|`, its cells as a list; a bar alone if it is too long to be one."""
    end = line.find("\n", 0, LONGEST_ROW)
    if end < 0:
        if not final and len(line) < LONGEST_ROW:
            return None
        if len(line) >= LONGEST_ROW:
            return 1, ""
        end = len(line)
    row = line[:end].strip()
    used = min(end + 1, len(line))
    if _TABLE_RULE.fullmatch(row):
        return used, ""
    cells = [strip_markdown(cell).strip() for cell in row.strip("|").split("|")]
    text = ", ".join(cell for cell in cells if cell)
    return used, f"{text}{'' if text[-1:] in _ENDS_CLAUSE else '.'}\n"


def strip_markdown(text: str) -> str:
    """A whole text at once."""
    stripper = MarkdownStripper()
    return stripper.feed(text) + stripper.flush()
