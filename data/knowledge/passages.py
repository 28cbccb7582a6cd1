"""The single statements of a chunk: a sentence, a list item, a row of a table.

A chunk's vector is the mean of everything it speaks of; a caller asks about one of it. So each statement has a
vector of its own, with the heading it stands under, and a chunk counts as near as its nearest statement.
"""

import re

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[A-Z0-9\"'(*])")
_RULE = re.compile(r"[\s|:=\-*_#]*")
_MARKUP = re.compile(r"\*\*|__|`|^#{1,6} |^[-*+] ")
FEWEST_LETTERS = 8
MOST_PASSAGES = 24
"""Of one chunk; what is beyond belongs to the last one."""


def passages_of(title: str, text: str) -> tuple[str, ...]:
    """A chunk's statements, each with the innermost heading before it.

    Args:
        title: The chunk's heading path, innermost last, separated by " > ".
        text: The chunk, with the heading path on its first line if it has one.
    """
    heading = title.rpartition(" > ")[2].strip()
    lines = text.splitlines()
    if lines and title and lines[0].strip() == title.strip():
        lines = lines[1:]
    parts: list[str] = []
    for line in lines:
        statements = [line] if line.lstrip().startswith("|") else _SENTENCE_END.split(line)
        for statement in statements:
            cleaned = _MARKUP.sub("", statement.strip()).strip()
            if len(cleaned) >= FEWEST_LETTERS and not _RULE.fullmatch(cleaned):
                parts.append(cleaned)
    if len(parts) > MOST_PASSAGES:
        parts = [*parts[: MOST_PASSAGES - 1], " ".join(parts[MOST_PASSAGES - 1 :])]
    return tuple(f"{heading}: {part}" if heading else part for part in parts) or (text.strip(),)
