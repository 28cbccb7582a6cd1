"""Cuts a passage, plain or Markdown, into sentences that can be spoken, each with the headings above it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ABBREVIATION = re.compile(r"(?:\b(?:dr|mr|mrs|ms|st|no|vs|e\.g|i\.e|a\.m|p\.m|approx|inc)\.|\b[A-Z]\.)$", re.I)
_BOUNDARY = re.compile(r"(?<=[.!?])[\"'”)]*\s+(?=[\"'“(]?[A-Z0-9$€£])")
_BULLET = re.compile(r"^\s*(?:[-*•+]|\d{1,2}[.)])\s+")
_UNDERLINE = re.compile(r"^\s*[=\-~_]{3,}\s*$")
_TABLE_RULE = re.compile(r"^\s*\|?[\s:|-]+\|?\s*$")
_MARKS = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_LONGEST_HEADING_WORDS = 8
_LONGEST_TITLE_WORDS = 7


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage."""

    text: str
    heading: str
    """Title, headings and FAQ question that it stands under."""
    is_row: bool = False
    """It was a table's row: correct, but not as pleasant to hear as a sentence."""


def split_sentences(text: str) -> list[str]:
    """Sentences of running text."""
    sentences: list[str] = []
    for part in _BOUNDARY.split(" ".join(text.split())):
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] += " " + part
        elif part:
            sentences.append(part)
    return sentences


def read_passage(text: str, title: str = "") -> list[Sentence]:
    """The sentences of a passage, without markup."""
    heading = ""
    question = ""
    found: list[Sentence] = []
    for block in _blocks(text):
        if block.is_heading:
            heading, question = block.text, ""
            continue
        for sentence in split_sentences(block.text):
            if sentence.endswith("?"):
                question = re.sub(r"^(?:q|question)\s*[:.]\s*", "", sentence, flags=re.I)
                continue
            spoken = re.sub(r"^(?:a|answer)\s*:\s*", "", sentence, flags=re.I)
            found.append(
                Sentence(_closed(spoken), " ".join(filter(None, (title, heading, question))), block.is_row)
            )
    return found


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    is_heading: bool = False
    is_row: bool = False


def _blocks(text: str) -> Iterator[_Block]:
    paragraph: list[str] = []
    header_row: list[str] = []
    lines = text.splitlines()
    for number, raw in enumerate(lines):
        line = _LINK.sub(r"\1", _MARKS.sub("", raw)).strip()
        following = lines[number + 1].strip() if number + 1 < len(lines) else ""
        is_table = line.count("|") > 1
        if not is_table:
            header_row = []
        is_heading = _is_heading(line, following, paragraph) or (number == 0 and _is_title(line, following))
        starts_block = not line or is_table or bool(_BULLET.match(line)) or is_heading
        if starts_block and paragraph:
            yield _Block(" ".join(paragraph))
            paragraph = []
        if not line or _UNDERLINE.match(line) or (is_table and _TABLE_RULE.match(line)):
            continue
        if is_table:
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if header_row:
                yield _Block(_row(header_row, cells), is_row=True)
            else:
                header_row = cells
        elif _BULLET.match(line):
            paragraph = [_BULLET.sub("", line)]
        elif starts_block:
            yield _Block(line.strip("#: ").replace(" > ", ", "), is_heading=True)
        else:
            paragraph.append(line)
    if paragraph:
        yield _Block(" ".join(paragraph))


def _is_heading(line: str, following: str, paragraph: list[str]) -> bool:
    if line.startswith("#") or (following and _UNDERLINE.match(following)):
        return True
    is_short = len(line.split()) <= _LONGEST_HEADING_WORDS
    return not paragraph and is_short and line[-1:] not in ".!?,;" and (not following or line.endswith(":"))


def _is_title(line: str, following: str) -> bool:
    """A passage's first line that names where it comes from, such as `Guide > Prices`."""
    if not following or _BULLET.match(line) or line.count("|") > 1:
        return False
    return " > " in line or (line[-1:] not in ".!?,;" and len(line.split()) <= _LONGEST_TITLE_WORDS)


def _row(header: list[str], cells: list[str]) -> str:
    first, *rest = cells
    named = [_named(name.lower(), cell) for name, cell in zip(header[1:], rest, strict=False) if cell]
    return f"{first}: {', '.join(named)}" if named else first


def _named(column: str, cell: str) -> str:
    return cell if column.rstrip("s") in cell.lower() else f"{column} {cell}"


def _closed(sentence: str) -> str:
    return sentence if sentence[-1:] in ".!?" else sentence.rstrip(",;: ") + "."
