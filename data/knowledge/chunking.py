"""Cut a document into chunks that can be embedded, found and spoken from on their own.

A chunk never crosses a heading, carries the path of its headings on its first line, and is cut between
paragraphs, list items, table rows or sentences before it is cut anywhere else. The same text gives the
same chunks on every machine: chunk positions are part of what is stored.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from config.errors import ConfigurationError
from data.knowledge.text_blocks import Atom, Section, parse_sections

_LINE_END = re.compile(r"\n+")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ChunkOptions:
    """How large chunks are, in characters, without their title path.

    Attributes:
        limit: Most characters of a chunk.
        overlap: Most characters of running prose that are repeated from the chunk before.
    """

    limit: int = 500
    overlap: int = 50

    def __post_init__(self) -> None:
        """Refuse sizes with which no progress could be made.

        Raises:
            ConfigurationError: `limit` is under 20, or `overlap` is negative or over half of it.
        """
        if self.limit < 20 or not 0 <= self.overlap <= self.limit // 2:
            raise ConfigurationError(
                "A chunk needs a limit of at least 20 characters and an overlap of at most half of it.",
                param="chunk_options",
            )


@dataclass(frozen=True, slots=True)
class TextChunk:
    """One chunk.

    Attributes:
        position: 0, 1, 2, … in the document.
        title_path: Headings above it, outermost first.
        repeated: What it repeats for context: the end of the chunk before, a table's header, a list's
            lead-in. Empty for most.
        body: What only this chunk holds. All bodies together hold every character of the text but the
            headings, spaces aside.
    """

    position: int
    title_path: tuple[str, ...]
    repeated: str
    body: str

    @property
    def text(self) -> str:
        """The chunk as it is embedded and given to the model: title path, context, body."""
        content = f"{self.repeated}\n{self.body}" if self.repeated else self.body
        return f"{' > '.join(self.title_path)}\n{content}" if self.title_path else content


def chunk_text(title: str, text: str, options: ChunkOptions | None = None) -> tuple[TextChunk, ...]:
    """Divide a document into chunks.

    Args:
        title: The document's title; heads the title path unless the text has a top-level heading.
        text: Markdown or plain text.
        options: Sizes; the default is 500 characters with 50 overlap.

    Returns:
        The chunks in order; none for a text of nothing but white space.
    """
    options = options or ChunkOptions()
    normalised = text.replace("\r\n", "\n").replace("\r", "\n")
    chunks: list[TextChunk] = []
    for section in parse_sections(title, normalised):
        for repeated, body in _pack(section, options):
            chunks.append(TextChunk(len(chunks), section.title_path, repeated, body))
    return tuple(chunks)


def _pack(section: Section, options: ChunkOptions) -> Iterator[tuple[str, str]]:
    """Fill chunks with whole atoms, first come, first in."""
    repeated = body = ""
    previous: Atom | None = None
    for atom in (part for whole in section.atoms for part in _fitting(whole, options)):
        if previous is None:
            body = atom.text
        else:
            longer = f"{body}{atom.separator}{atom.text}"
            apart = atom.stands_alone or previous.stands_alone
            if not apart and len(repeated) + 1 + len(longer) <= options.limit:
                body = longer
            else:
                yield repeated, body
                repeated = _context(previous, body, atom, options)
                body = atom.text
        previous = atom
    if previous is not None:
        yield repeated, body


def _fitting(atom: Atom, options: ChunkOptions) -> Iterator[Atom]:
    """The atom, or parts of it that each fit a chunk together with what is repeated before them."""
    context = atom.context if len(atom.context) <= options.limit // 3 else ""
    if len(atom.text) <= options.limit:
        yield replace(atom, context=context)
        return
    repeated = len(context) if atom.by_lines else options.overlap
    rest, separator = atom.text, atom.separator
    while rest:
        cut = _cut(rest, options.limit - repeated - 1, atom.by_lines)
        # Parts of one long question and answer may follow each other, so they no longer stand alone.
        yield replace(atom, text=rest[:cut].rstrip(), separator=separator, context=context, stands_alone=False)
        rest, separator = rest[cut:].lstrip(), "\n" if atom.by_lines else " "


def _cut(text: str, room: int, by_lines: bool) -> int:
    """Where to end a part of at most `room` characters: the best boundary in its second half."""
    if len(text) <= room:
        return len(text)
    boundaries = (_LINE_END, _SENTENCE_END, _SPACE) if by_lines else (_SENTENCE_END, _SPACE)
    for boundary in boundaries:
        ends = [found.end() for found in boundary.finditer(text, 0, room + 1) if found.start() >= room // 2]
        if ends:
            return min(ends[-1], room)
    return room


def _context(previous: Atom, body: str, atom: Atom, options: ChunkOptions) -> str:
    """What a new chunk that begins with `atom` repeats."""
    if atom.context:
        repeated = atom.context
    elif atom.by_lines or previous.by_lines or atom.stands_alone or previous.stands_alone or options.overlap == 0:
        repeated = ""
    else:
        tail = body[-options.overlap :]
        whole_words = _SPACE.search(tail)
        repeated = tail[whole_words.end() :] if whole_words and len(body) > len(tail) else ""
    return repeated if len(repeated) + 1 + len(atom.text) <= options.limit else ""
