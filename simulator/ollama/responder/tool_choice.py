"""Decides which of the offered tools a caller's words ask for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.ollama.responder.schema import ToolSpec
from simulator.ollama.responder.words import content_terms, stem, term, tokens

_VERBS: dict[str, str] = {
    "book": "book schedule reserve arrange appoint",
    "cancel": "cancel drop delete remove",
    "change": "change move reschedule update modify postpone",
    "check": "check find search look lookup get list see available availability",
    "transfer": "transfer connect forward escalate human person agent representative operator someone manager",
    "send": "send text email mail",
    "create": "create open file report log raise submit add register",
    "order": "order buy purchase",
    "calculate": "calculate compute estimate quote",
}
_VERB_OF = {stem(word): verb for verb, words in _VERBS.items() for word in words.split()}
_WISH = re.compile(
    r"\b(?:i'd like|i would like|i want|i need|i'd love|can (?:i|you|we)|could (?:i|you|we)|would you|may i|"
    r"please|let's|let me|i wish|help me|i have to|i was hoping|is it possible|set up|make|get)\b",
    re.I,
)
_COMMAND = re.compile(
    r"^\W*(?:(?:ok|okay|yes|yeah|great|so|um|uh|well|hi|hello|and|then|alright|good|perfect)\W+)*(\w+)", re.I
)
_INFORMATION = re.compile(
    r"^\W*(?:(?:ok|okay|and|so|um|uh|well|hi|hello)\W+)*(?:what|how|when|where|why|who|which|is|are|does|do)\b|"
    r"\bhow (?:do|does|can|far|much|long)\b|\bwhat (?:is|are|'s|happens)\b|"
    r"\b(?:can|could|would) you (?:tell|explain|say)\b|\bwanted to (?:know|ask)\b|\bquestion about\b",
    re.I,
)
_WHEN = re.compile(
    r"\b(?:tomorrow|today|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"\d{1,2}(?::\d\d)? ?(?:am|pm|o'clock)|next week)\b",
    re.I,
)
_TALK_TO = re.compile(r"\b(?:speak|talk) (?:to|with)\b", re.I)
_END_NAME = re.compile(r"\b(?:end|hang ?up|terminate|finish|close|disconnect)\b")
_ENOUGH = 2.0


@dataclass(frozen=True, slots=True)
class Match:
    """A tool and how well it fits."""

    tool: ToolSpec
    score: float


def end_call_tool(tools: Sequence[ToolSpec]) -> ToolSpec | None:
    """The tool that ends the conversation, if one is offered."""
    for tool in tools:
        name = " ".join(tool.name_words)
        about_call = re.search(r"\b(?:call|conversation|chat|phone)\b", f"{name} {tool.description}", re.I)
        if about_call and (
            _END_NAME.search(name) or re.match(r"\W*(?:ends?|hangs? ?up|terminates?)\b", tool.description, re.I)
        ):
            return tool
    return None


def requested_tools(text: str, tools: Sequence[ToolSpec]) -> list[ToolSpec]:
    """The tools that a statement asks for, in the order it names them; usually none or one."""
    chosen: list[tuple[int, ToolSpec]] = []
    for clause_number, clause in enumerate(_clauses(text)):
        best = _best(clause, tools)
        if best is not None and all(tool is not best for _, tool in chosen):
            chosen.append((clause_number, best))
    if not chosen:
        whole = _best(text, tools)
        return [whole] if whole is not None else []
    return [tool for _, tool in chosen]


def _clauses(text: str) -> list[str]:
    return [clause for clause in re.split(r"(?<=[.?!;])\s+|\b(?:and then|and also|and)\b", text) if clause.strip()]


def _best(text: str, tools: Sequence[ToolSpec]) -> ToolSpec | None:
    ender = end_call_tool(tools)
    matches = [Match(tool, _score(text, tool)) for tool in tools if tool is not ender]
    best = max(matches, key=lambda match: match.score, default=None)
    return best.tool if best is not None and best.score >= _ENOUGH else None


def _score(text: str, tool: ToolSpec) -> float:
    words = tokens(text)
    stems = [stem(word) for word in words]
    said_verbs = {_VERB_OF[word] for word in stems if word in _VERB_OF}
    if _TALK_TO.search(text):
        said_verbs.add("transfer")
    tool_verbs = {_VERB_OF[stem(word)] for word in tool.name_words if stem(word) in _VERB_OF}
    objects = {term(word) for word in tool.name_words if stem(word) not in _VERB_OF}
    said_terms = set(content_terms(text)) | set(stems)
    described = set(content_terms(tool.description)) - objects
    has_object = bool(objects & said_terms)
    is_question = bool(_INFORMATION.search(text)) and not _WHEN.search(text)
    wishes = bool(_WISH.search(text)) or _starts_with_verb(text)
    verbs = said_verbs & tool_verbs
    score = 2.0 * bool(verbs) + 1.2 * len(objects & said_terms) + 0.15 * min(4, len(described & said_terms))
    if is_question and "check" not in verbs:
        return 0.0
    if not verbs and not ((wishes and has_object and not said_verbs) or _names_whole(said_terms, tool)):
        return 0.0
    if not (wishes or _WHEN.search(text) or has_object or "transfer" in verbs):
        return 0.0
    # "I'd like an appointment" means the tool that makes one, not the one that cancels it.
    makes = bool(tool_verbs & {"book", "create", "order"}) or not tool_verbs
    return score + (1.0 if not verbs and makes else 0.0)


def _starts_with_verb(text: str) -> bool:
    first = _COMMAND.search(text)
    return bool(first) and stem(first[1].lower()) in _VERB_OF if first else False


def _names_whole(said: set[str], tool: ToolSpec) -> bool:
    return bool(tool.name_words) and all(term(word) in said or stem(word) in said for word in tool.name_words)
