"""Reads one inline mark of markdown at the beginning of a piece of streamed text.

Every reader gets the text that is held (its first character is the mark), the two characters that stood
before it, and whether the text is over. It answers how many characters it used and what of them is to be
spoken, or None when only more text can tell.
"""

import html
import re
from collections.abc import Callable

LONGEST_MARK = 300
"""Characters that a link or a tag may have before it is taken for plain text."""

Piece = tuple[int, str]
"""Characters used up, and what of them is to be spoken."""

_EMOJI_CLASS = (
    "\u200d\u20e3\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0e\ufe0f"
    "\U0001f000-\U0001faff\U000e0020-\U000e007f"
)
_PLAIN = re.compile(rf"[^\n*_~`\[\]!<&\\{_EMOJI_CLASS}]+")
_EMOJI = re.compile(rf"[{_EMOJI_CLASS}]")
_ARROWS = "→⇒➔➜➡"
_RUN = re.compile(r"(.)\1*", re.DOTALL)
_LINK_TARGET = re.compile(r"\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)")
_SILENT_BRACKET = re.compile(r"\^?\d{1,3}|[ xX]")
"""A citation ("[1]") or the box of a task list."""
_AUTOLINK = re.compile(r"<(?:mailto:)?((?:https?://)[^<>\s]+|[^<>\s@]+@[^<>\s]+)>")
_TAG = re.compile(
    r"</?(?:a|b|i|u|s|p|em|strong|br|hr|ul|ol|li|code|pre|span|div|sub|sup|h[1-6]|table|tr|td|th|img|small|mark|del|"
    r"ins|think|thinking)(?:[\s/][^<>\n]*)?>",
    re.IGNORECASE,
)
_UNSURE_TAG = re.compile(r"<(?:/?[A-Za-z0-9][^<>\n]*)?|</")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
_UNSURE_ENTITY = re.compile(r"&#?[0-9A-Za-z]{0,8}")
_ESCAPABLE = frozenset(r"\`*_{}[]()#+-.!|~<>$&")


def read_inline(held: str, before: str, final: bool) -> Piece | None:
    """Read the plain text or the mark that `held` begins with; see the module."""
    plain = _PLAIN.match(held)
    if plain is not None:
        return plain.end(), plain.group()
    reader = _READERS.get(held[0])
    if reader is not None:
        return reader(held, before, final)
    return 1, " to " if held[0] in _ARROWS else ""


def _run_length(held: str, final: bool) -> int | None:
    """Length of the run of equal marks; None while it may still grow."""
    run = _RUN.match(held)
    length = run.end() if run else 0
    return None if length == len(held) and not final else length


def _asterisks(held: str, before: str, final: bool) -> Piece | None:
    length = _run_length(held, final)
    if length is None:
        return None
    after = held[length : length + 2]
    if before[-1:].isdigit() and after[:1].isdigit() and length <= len(_OPERATORS):
        return length, f" {_OPERATORS[length - 1]} "
    if before[:1].isdigit() and before[1:] == " " and after[:1] == " " and length == 1:
        if len(after) == 1 and not final:
            return None
        if after[1:].isdigit():
            return 1, _OPERATORS[0]
    return length, ""


_OPERATORS = ("times", "to the power of")


def _underscores(held: str, before: str, final: bool) -> Piece | None:
    length = _run_length(held, final)
    if length is None:
        return None
    inside_word = before[-1:].isalnum() and held[length : length + 1].isalnum()
    return length, held[:length] if inside_word else ""


def _tildes(held: str, before: str, final: bool) -> Piece | None:
    length = _run_length(held, final)
    if length is None:
        return None
    return length, "~" if length == 1 else ""


def _bracket(held: str, before: str, final: bool) -> Piece | None:
    window = held[:LONGEST_MARK]
    undecided = not final and len(held) < LONGEST_MARK
    close = window.find("]")
    line_end = window.find("\n")
    if close < 0 or 0 <= line_end < close:
        return None if undecided and line_end < 0 else (1, "")
    if undecided and close + 1 == len(held):
        return None
    inner = window[1:close]
    spoken = "" if _SILENT_BRACKET.fullmatch(inner) else _strip(inner)
    if window[close + 1 : close + 2] == "(":
        target = _LINK_TARGET.match(window, close + 1)
        if target is not None:
            return target.end(), _strip(inner)
        if undecided and line_end < 0:
            return None
    return close + 1, spoken


def _strip(text: str) -> str:
    """The inline marks of a whole text, gone."""
    spoken: list[str] = []
    before = ""
    while text:
        used, piece = read_inline(text, before, True) or (len(text), text)
        spoken.append(piece)
        before = (before + text[:used])[-2:]
        text = text[used:]
    return "".join(spoken)


def _exclamation(held: str, before: str, final: bool) -> Piece | None:
    if len(held) == 1 and not final:
        return None
    return 1, "" if held[1:2] == "[" else "!"


def _angle(held: str, before: str, final: bool) -> Piece | None:
    window = held[:LONGEST_MARK]
    link = _AUTOLINK.match(window)
    if link is not None:
        return link.end(), link.group(1)
    tag = _TAG.match(window)
    if tag is not None:
        return tag.end(), " "
    if not final and len(held) < LONGEST_MARK and _UNSURE_TAG.fullmatch(held):
        return None
    return 1, "<"


def _ampersand(held: str, before: str, final: bool) -> Piece | None:
    entity = _ENTITY.match(held)
    if entity is not None:
        return entity.end(), html.unescape(entity.group()).replace("\xa0", " ")
    if not final and _UNSURE_ENTITY.fullmatch(held):
        return None
    return 1, "&"


def _backslash(held: str, before: str, final: bool) -> Piece | None:
    if len(held) == 1:
        return (1, "") if final else None
    return (2, held[1]) if held[1] in _ESCAPABLE else (1, "\\")


def _dropped(held: str, before: str, final: bool) -> Piece | None:
    return 1, ""


def _kept(held: str, before: str, final: bool) -> Piece | None:
    return 1, held[0]


_READERS: dict[str, Callable[[str, str, bool], Piece | None]] = {
    "\n": _kept,
    "*": _asterisks,
    "_": _underscores,
    "~": _tildes,
    "`": _dropped,
    "[": _bracket,
    "]": _dropped,
    "!": _exclamation,
    "<": _angle,
    "&": _ampersand,
    "\\": _backslash,
}
