"""Find the structure of a Markdown or plain text, so that chunks end where thoughts end.

The block structure comes from markdown-it (block rules only); the text itself is always cut from the
source lines, so that nothing the parser swallows (link definitions, comments) can be lost. Plain text is
read the same way: underlined titles and numbered lists mean there what they mean in Markdown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

MAX_TITLE_CHARS = 80
"""A longer heading is cut in the title path, and kept whole as text of its section."""

_MAX_LEAD_IN_CHARS = 160
_QUESTION_LABEL = re.compile(r"^\W{0,4}(?:Q|Question)\s*\d*\s*[:.)]", re.IGNORECASE)
_ANSWER_LABEL = re.compile(r"^\W{0,4}(?:A|Answer)\s*\d*\s*[:.)]", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of text that is only divided when it is longer than a whole chunk."""

    text: str
    separator: str = "\n\n"
    """What stands between it and the atom before it."""
    context: str = ""
    """Repeated in front of it when a new chunk begins here: a table's header, a list's lead-in."""
    by_lines: bool = False
    """True when its lines are units (tables, code, lists), false when they are only wrapped prose."""
    stands_alone: bool = False
    """True for a question with its answer: never shares a chunk with anything else."""


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading, down to the next heading."""

    title_path: tuple[str, ...]
    atoms: tuple[Atom, ...]


@dataclass(slots=True)
class _Heading:
    level: int
    title: str
    has_content: bool = False


@dataclass(slots=True)
class _Outline:
    """The headings above the current line, and the sections that are complete."""

    document_title: str
    headings: list[_Heading] = field(default_factory=list)
    atoms: list[Atom] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    def path(self) -> tuple[str, ...]:
        titles = [_shortened(heading.title) for heading in self.headings]
        if not self.headings or self.headings[0].level > 1:
            titles.insert(0, _shortened(self.document_title))
        return tuple(title for title in titles if title)

    def close_section(self) -> None:
        if self.atoms:
            for heading in self.headings:
                heading.has_content = True
            self.sections.append(Section(self.path(), tuple(_joined_questions(self.atoms))))
            self.atoms = []

    def open_heading(self, level: int, title: str) -> None:
        self.close_to(level)
        if title:
            self.headings.append(_Heading(level, title))
        if len(title) > MAX_TITLE_CHARS:
            self.atoms.append(Atom(title))

    def close_to(self, level: int) -> None:
        """End every heading of this level and below; one that had no text is kept as text itself."""
        self.close_section()
        while self.headings and self.headings[-1].level >= level:
            heading = self.headings.pop()
            if not heading.has_content:
                self.atoms.append(Atom(heading.title))
                self.close_section()


def parse_sections(document_title: str, text: str) -> tuple[Section, ...]:
    """Divide a text into sections of atoms.

    Args:
        document_title: Stands first in every title path of a text that has no top-level heading of its own.
        text: Markdown or plain text whose lines end in a line feed.

    Returns:
        The sections in order. Every non-space character of the text is in a title path or in exactly one
        atom, except the marks that make a heading a heading.
    """
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    tokens = parser.parse(text)
    lines = text.split("\n")
    outline = _Outline(document_title)
    done = 0
    for index, token in enumerate(tokens):
        if token.level or token.map is None or token.nesting < 0:
            continue
        begin, end = token.map
        if swallowed := _text(lines, done, begin):
            outline.atoms.append(Atom(swallowed))
        if token.type == "heading_open":
            outline.open_heading(int(token.tag[1:]), tokens[index + 1].content.strip())
        else:
            outline.atoms.extend(_atoms(token, tokens[index:], lines, outline.atoms))
        done = end
    if swallowed := _text(lines, done, len(lines)):
        outline.atoms.append(Atom(swallowed))
    outline.close_to(0)
    return tuple(outline.sections)


def _atoms(token: Token, following: list[Token], lines: list[str], before: list[Atom]) -> Iterator[Atom]:
    assert token.map is not None
    begin, end = token.map
    match token.type:
        case "table_open":
            yield from _table_atoms(begin, end, lines)
        case "bullet_list_open" | "ordered_list_open":
            yield from _list_atoms(begin, end, following, lines, before)
        case "fence" | "code_block" | "html_block":
            yield Atom(_text(lines, begin, end), by_lines=True)
        case _:
            yield from _prose_atoms(_text(lines, begin, end))


def _prose_atoms(text: str) -> Iterator[Atom]:
    """One atom, or one for each labelled question when several stand in one paragraph."""
    pieces: list[list[str]] = [[]]
    for line in text.split("\n"):
        if pieces[-1] and _QUESTION_LABEL.match(line):
            pieces.append([])
        pieces[-1].append(line)
    yield from (Atom("\n".join(piece)) for piece in pieces if "".join(piece).strip())


def _table_atoms(begin: int, end: int, lines: list[str]) -> Iterator[Atom]:
    """The header with the first row, then row by row with the header as context."""
    header = lines[begin].strip()
    first = min(begin + 3, end)
    yield Atom(_text(lines, begin, first), by_lines=True)
    for row in range(first, end):
        yield Atom(lines[row].strip(), separator="\n", context=header, by_lines=True)


def _list_atoms(
    begin: int, end: int, following: list[Token], lines: list[str], before: list[Atom]
) -> Iterator[Atom]:
    """Item by item; a short "as follows:" before the list is glued to the first and repeated if it splits."""
    starts = [begin]
    for token in following[1:]:
        if token.level == 0:
            break
        if token.type == "list_item_open" and token.level == 1 and token.map and token.map[0] > begin:
            starts.append(token.map[0])
    items = [_text(lines, first, last) for first, last in zip(starts, [*starts[1:], end], strict=True)]
    lead_in = ""
    if before and before[-1].text.endswith(":") and len(before[-1].text) <= _MAX_LEAD_IN_CHARS:
        lead_in = before.pop().text
    for index, item in enumerate(item for item in items if item):
        if index == 0 and lead_in:
            yield Atom(f"{lead_in}\n{item}", by_lines=True)
        else:
            yield Atom(item, separator="\n" if index else "\n\n", context=lead_in, by_lines=True)


def _joined_questions(atoms: list[Atom]) -> Iterator[Atom]:
    """Glue each question to what follows it, and let the pair stand alone."""
    pending: Atom | None = None
    for atom in atoms:
        labelled = bool(_QUESTION_LABEL.match(atom.text))
        if pending is not None:
            if not labelled:
                yield replace(pending, text=f"{pending.text}{atom.separator}{atom.text}", stands_alone=True)
                pending = None
                continue
            yield pending
            pending = None
        if labelled and _ANSWER_LABEL.search(atom.text):
            yield replace(atom, stands_alone=True)
        elif labelled or _is_bare_question(atom):
            pending = atom
        else:
            yield atom
    if pending is not None:
        yield pending


def _is_bare_question(atom: Atom) -> bool:
    """True for a one-line paragraph that is a question, as in a list of frequent questions."""
    return not atom.by_lines and "\n" not in atom.text and atom.text.rstrip("*_ ").endswith("?")


def _text(lines: list[str], begin: int, end: int) -> str:
    return "\n".join(line.rstrip() for line in lines[begin:end]).strip()


def _shortened(title: str) -> str:
    title = " ".join(title.split())
    return title if len(title) <= MAX_TITLE_CHARS else title[: MAX_TITLE_CHARS - 1].rstrip() + "…"


def first_title(text: str) -> str | None:
    """The heading with which a text begins, if it begins with one."""
    for section in parse_sections("", text):
        return section.title_path[0] if section.title_path else None
    return None
