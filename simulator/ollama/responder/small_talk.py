"""Greetings, thanks, repeats and questions about the agent itself."""

import re

from simulator.ollama.responder.prompt import Reply
from simulator.ollama.responder.sentences import split_sentences
from simulator.ollama.responder.situation import Situation
from simulator.ollama.responder.words import content_terms

_REPEAT = re.compile(
    r"\b(?:(?:say|repeat) (?:that|it)(?: again)?|come again|pardon|what did you (?:just )?say|"
    r"(?:can|could) you repeat|"
    r"didn't (?:catch|hear|get) that|one more time|sorry\?|excuse me\?)\b|^\W*(?:sorry|pardon|what)\W*\?$",
    re.I,
)
_WHO = re.compile(
    r"\b(?:who (?:are you|am i (?:speaking|talking) (?:to|with)|is this)|what(?:'s| is) your name|"
    r"are you (?:a )?(?:robot|bot|human|real|an? ai|machine|computer)|what (?:are|can) you (?:do|help)?)\b",
    re.I,
)
_GREETING = re.compile(r"^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|greetings)\b", re.I)
_HOW_ARE_YOU = re.compile(r"\bhow (?:are you|is it going|do you do)\b", re.I)
_THANKS = re.compile(r"\b(?:thanks|thank you|cheers|appreciate it|great|perfect|awesome|wonderful)\b", re.I)
_ASSENT = re.compile(r"^\W*(?:yes|yeah|yep|ok|okay|sure|right|alright|i see|got it|uh-?huh|mm-?hm+)\W*$", re.I)
_DISSENT = re.compile(r"^\W*(?:no|nope|nah|never mind|nevermind|forget it)\b\W*(?:\w+\W*)?$", re.I)
_HOLD_ON = re.compile(r"\b(?:hold on|one (?:moment|second)|just a (?:moment|second|minute)|wait a)\b", re.I)
_STAGE_DIRECTION = re.compile(r"^\s*\([^)]*\)\s*$")
"""Such as `(nothing yet)`: a prompt's way of saying that nobody spoke."""
_YOU_ARE = re.compile(r"\byou are ([^.\n]+)", re.I)


def repeat(situation: Situation) -> Reply | None:
    """Says the last reply again, if that is what was asked for."""
    last = situation.conversation.last_reply
    return Reply(last) if last and _REPEAT.search(situation.said) else None


def introduce(situation: Situation) -> Reply | None:
    """Says who the agent is, in the system prompt's own words."""
    if not _WHO.search(situation.said):
        return None
    match = _YOU_ARE.search(situation.conversation.system)
    if not match:
        return Reply("I'm the assistant on this line. How can I help you?")
    return Reply(f"I'm {match[1].strip().rstrip(',;:')}. How can I help you?")


def chat(situation: Situation) -> Reply | None:
    """Answers what asks for nothing: a greeting, thanks, a yes or a no."""
    said = situation.said
    if not said.strip() or _STAGE_DIRECTION.match(said):
        return Reply("Hello! How can I help you today?")
    if _HOW_ARE_YOU.search(said):
        return Reply("I'm doing well, thank you. How can I help you?")
    if _HOLD_ON.search(said):
        return Reply("Of course, take your time.")
    if _ASSENT.match(said):
        return Reply("Alright. What else can I help you with?")
    if _DISSENT.match(said):
        return Reply("No problem. Is there anything else I can help you with?")
    if content_terms(said):
        return None
    if _THANKS.search(said):
        return Reply("You're welcome. Is there anything else I can help you with?")
    if _GREETING.search(said):
        return Reply("Hello! How can I help you?")
    return None


def own_facts(system: str) -> str:
    """Sentences of the system prompt that state something, rather than tell the agent what to do."""
    stated = re.compile(
        r"^(?:the|our|we|it|this|there|today|caller|the caller)\b[^:]*\b(?:is|are|was|has|have|offers?|opens?)\b",
        re.I,
    )
    lines = [line.strip(" -*•") for line in system.splitlines()]
    return "\n".join(s for line in lines for s in split_sentences(line) if stated.match(s))
