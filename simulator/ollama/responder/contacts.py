"""Names, email addresses, telephone numbers and counts in what a caller says."""

import re

from simulator.ollama.responder.words import NUMBERS, title_case, word_set

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SPOKEN_EMAIL = re.compile(r"\b([\w.+-]+(?:\s+dot\s+[\w.+-]+)*)\s+at\s+([\w-]+(?:\s+dot\s+[\w-]+)+)", re.I)
_PHONE = re.compile(r"\+?\d[\d\s().-]{5,}\d")
_DIGIT_WORDS = {"oh": "0", "zero": "0"} | {word: str(value) for word, value in NUMBERS.items() if value < 10}
_SPOKEN_DIGITS = re.compile(rf"(?:\b(?:{'|'.join(_DIGIT_WORDS)}|\d+)\b[\s,.-]*){{5,}}", re.I)

_NAME_END = word_set(
    """
    and or but at on in for from with to the a an i i'm i'd my is it's please thanks thank so calling
    here speaking tomorrow today monday tuesday wednesday thursday friday saturday sunday next this that
    just because who january february march april june july august september october november december
    yes no okay ok email number phone around about by half quarter we our you can could would do does
    have has am was will
    """
)
_NOT_A_NAME = word_set(
    """
    looking interested wondering not sorry good fine sure happy afraid free available going trying having
    done ready great back still also very really new home busy ok curious thinking planning glad all
    early late
    """
)
_INTRODUCED = re.compile(
    r"\b(?:my (?:full )?name is|my name's|the name is|the name's|name is|name:|this is|under the name(?: of)?|"
    r"under|call me|speaking with|i am called)\s+(?:mr\.?|mrs\.?|ms\.?|dr\.?)?\s*(?P<name>[^\d,.!?;:]+)",
    re.I,
)
_I_AM = re.compile(r"\b(?:i'm|i am|it's for|it is for|for)\s+(?P<name>[^\d,.!?;:]+)", re.I)
_FILLER = re.compile(
    r"^(?:(?:uh|um|er|erm|well|sure|yes|yeah|yep|okay|ok|so|oh|of course|certainly|please|it's|it is|that's|"
    r"that is|that would be|it would be|put it under|just|make it|for|under|my name is|i'm|i am|this is|"
    r"the name is)[\s,.:]+)+",
    re.I,
)
_QUESTION = re.compile(r"\?|^\W*(?:what|how|when|where|why|who|which|do|does|is|are|can|could|will|would)\b", re.I)
_LONGEST_NAME = 4


def find_email(text: str) -> str | None:
    """An email address, written or spelled out with "at" and "dot"."""
    written = _EMAIL.search(text)
    if written:
        return written[0].rstrip(".")
    spoken = _SPOKEN_EMAIL.search(text)
    if not spoken:
        return None
    return "@".join(re.sub(r"\s+dot\s+", ".", part, flags=re.I).lower() for part in spoken.groups())


def find_phone(text: str) -> str | None:
    """A telephone number of at least seven digits; digits may be spoken as words."""
    written = _PHONE.search(text)
    if (
        written
        and sum(character.isdigit() for character in written[0]) >= 7
        and not re.search(r"\d{4}-\d\d-\d\d", text)
    ):
        return written[0].strip()
    spoken = _SPOKEN_DIGITS.search(text)
    if not spoken:
        return None
    digits = "".join(_DIGIT_WORDS.get(word, word) for word in re.findall(r"[a-z]+|\d+", spoken[0].lower()))
    return digits if len(digits) >= 7 else None


def find_number(text: str, *, near: tuple[str, ...] = (), asked: bool = False) -> int | None:
    """A count that stands beside one of the words `near`, or, if it was asked for, the first one."""
    number = rf"(\d+|{'|'.join(NUMBERS)})"
    for word in near:
        beside = re.search(rf"\b{number}\s+(?:\w+\s+)?{re.escape(word)}", text, re.I)
        beside = beside or re.search(rf"\b{re.escape(word)}\w*\s+(?:of|is|for)\s+{number}\b", text, re.I)
        if beside:
            return _count(beside[1])
    first = re.search(rf"\b{number}\b", text, re.I) if asked else None
    return _count(first[1]) if first else None


def find_name(text: str, *, asked: bool = False) -> str | None:
    """A person's name.

    Args:
        text: What was said.
        asked: The caller was asked for a name, so that a bare one is taken.
    """
    for match in _INTRODUCED.finditer(text):
        name = _leading_name(match["name"])
        if name:
            return name
    for match in _I_AM.finditer(text):
        name = _leading_name(match["name"])
        if name and (asked or all(word[:1].isupper() for word in match["name"].split()[: len(name.split())])):
            return name
    if not asked or _QUESTION.search(text):
        return None
    return _leading_name(re.split(r"[,.!?;:]", _FILLER.sub("", text.strip() + " "))[0])


def _leading_name(text: str) -> str | None:
    words: list[str] = []
    for word in text.split()[: _LONGEST_NAME + 1]:
        lowered = word.lower().replace("’", "'")
        if lowered in _NAME_END or not re.fullmatch(r"[^\W\d_][\w'’.-]*", word):
            break
        words.append(word)
    if not words or len(words) > _LONGEST_NAME or words[0].lower() in _NOT_A_NAME | _NAME_END:
        return None
    return title_case(word if not word.isupper() else word.capitalize() for word in words)


def _count(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS[word.lower()]
