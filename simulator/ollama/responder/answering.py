"""Answers a question with sentences of the passages: weighted word overlap, nothing made up."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.ollama.responder.conversation import Passage
from simulator.ollama.responder.sentences import read_passage
from simulator.ollama.responder.words import content_terms, term

_HEADING_SHARE = 0.6
_TYPE_BONUS = 0.15
_HEADING_BONUS = 0.2
_EVIDENCE_SHARE = 0.8
_INHERITED_SHARE = 0.85
_RANK_MALUS = 0.01
_WORD_MALUS = 0.002
_ROW_MALUS = 0.15
_WRONG_KIND_SHARE = 0.75
_NAME_WEIGHT = 2.0
_AS_GOOD = 0.93
_ENOUGH = 0.5
_ENOUGH_ALONE = 0.45
_MOST_SENTENCES = 2
_LONG_ANSWER_SENTENCES = 14
_SHORT_SENTENCE_WORDS = 6

_LONG = re.compile(
    r"\b(?:everything|tell me (?:a lot |some )?more|more (?:about|detail)|all about|in (?:full |more )?detail|"
    r"details (?:of|about|on)|"
    r"at length|explain (?:it|that|this|how|the)|walk me through|long version|whole story|overview)\b",
    re.I,
)
_POINTS_BACK = re.compile(r"^(?:it|they|this|these|that|those|its|their)\b", re.I)
_POINTS_AT = re.compile(r"\b(?:it|that|this|those|these|them|they|one)\b", re.I)
_GOES_ON = re.compile(r"\W*(?:and|what about|how about)\b", re.I)
# "And how much does the sofa cost?" is whole; "and how much is that?" and "and the sofa?" are not.
_WHOLE = re.compile(r"\b(?:does|do|did|is|are|can|will|should|must)\W+\w+\W+\w+", re.I)
_CAPITALISED = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
_MOST_TERMS_TO_REFER_BACK = 2
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_EVIDENCE: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "price",
        re.compile(r"[$€£]\s?\d|\b\d[\d,.]* ?(?:dollars?|euros?|pounds?|usd|eur)\b|\bfree\b|\bno charge\b", re.I),
    ),
    ("open", re.compile(rf"\b\d{{1,2}}(?::\d\d)? ?(?:am|pm|a\.m|p\.m|o'clock)\b|\b{_WEEKDAY}\b", re.I)),
    ("email", re.compile(r"\S+@\S+\.\w+")),
    ("phone", re.compile(r"\+?\d[\d\s().-]{6,}\d")),
    (
        "place",
        re.compile(
            r"\b\d+\s+(?:\w+\s){1,3}(?:street|st|avenue|ave|road|rd|lane|drive|boulevard|way|square)\b", re.I
        ),
    ),
    ("duration", re.compile(r"\b\d+(?:\s\w+)? (?:minute|hour|day|week|month|year)s?\b", re.I)),
)
_ASKS_FOR: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "price",
        re.compile(r"\bhow (?:much|expensive)\b|\bwhat(?:'s| is| are| does)\b.*\b(?:price|cost|charge|fee)", re.I),
    ),
    ("duration", re.compile(r"\bhow (?:long|soon|many (?:minutes|hours|days|weeks|months|years))\b", re.I)),
    ("open", re.compile(r"\bwhat time\b|\bwhen (?:are|do) you (?:open|close)|\bhours\b", re.I)),
    ("place", re.compile(r"\bwhere (?:are you|is your|can i find you)\b", re.I)),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the passages say."""

    text: str
    confidence: float
    """0 to about 1.2; how well the best sentence covers the question."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    own: frozenset[str]
    evidence: frozenset[str]
    inherited: frozenset[str]
    heading: frozenset[str]
    heading_text: str
    passage: int
    position: int
    is_row: bool


def wants_long_answer(question: str) -> bool:
    """Whether the caller asks for everything rather than for one thing."""
    return bool(_LONG.search(question))


def answer(question: str, passages: Sequence[Passage], earlier_question: str = "") -> Answer | None:
    """The best answer in the passages, or None if they do not hold one.

    Args:
        question: What the caller said.
        passages: What was retrieved, best first.
        earlier_question: Used where the question alone names nothing ("and how much is that?").
    """
    candidates = _candidates(passages)
    if not candidates:
        return None
    asked = [kind for kind, pattern in _ASKS_FOR if pattern.search(question)]
    weights = _query(question, asked, earlier_question)
    if wants_long_answer(question):
        return _long_answer(weights, candidates)
    if not weights:
        return None
    scores = _scores(question, weights, asked, candidates)
    best = max(range(len(candidates)), key=lambda index: scores[index])
    enough = _ENOUGH_ALONE if len(weights) > 1 else _ENOUGH
    if scores[best] < enough:
        return None
    chosen = _companions(best, scores, candidates, weights)
    return Answer(" ".join(candidates[index].text for index in chosen), scores[best])


def _candidates(passages: Sequence[Passage]) -> list[_Candidate]:
    candidates: list[_Candidate] = []
    seen: set[str] = set()
    for number, passage in enumerate(passages):
        for position, sentence in enumerate(read_passage(passage.text, passage.title)):
            if sentence.text in seen:
                continue
            seen.add(sentence.text)
            evidence = frozenset(kind for kind, pattern in _EVIDENCE if pattern.search(sentence.text))
            own = frozenset(content_terms(sentence.text))
            label = sentence.text.partition(":")[0] if ":" in sentence.text else ""
            heading = frozenset(content_terms(f"{sentence.heading} {label}"))
            inherited: frozenset[str] = frozenset()
            if position and candidates and _POINTS_BACK.search(sentence.text):
                inherited = candidates[-1].own
                heading |= inherited
            candidates.append(
                _Candidate(
                    sentence.text,
                    own,
                    evidence,
                    inherited,
                    heading,
                    sentence.heading,
                    number,
                    position,
                    sentence.is_row,
                )
            )
    return candidates


def _query(question: str, asked: Sequence[str], earlier: str) -> dict[str, float]:
    weights = dict.fromkeys(content_terms(question), 1.0)
    if earlier and len(weights) <= _MOST_TERMS_TO_REFER_BACK and _refers_back(question):
        for word in content_terms(earlier):
            if word not in {kind for kind, _ in _EVIDENCE}:
                weights.setdefault(word, 0.6)
    for kind in asked:
        weights.setdefault(kind, 1.0)
    return weights


def _refers_back(question: str) -> bool:
    goes_on = _GOES_ON.match(question) and not _WHOLE.search(question)
    return bool(_POINTS_AT.search(question) or goes_on)


def _scores(
    question: str, weights: dict[str, float], asked: Sequence[str], candidates: Sequence[_Candidate]
) -> list[float]:
    spread = Counter(
        word for candidate in candidates for word in candidate.own | candidate.evidence | candidate.heading
    )
    rarity = {
        word: weight * math.log(1 + len(candidates) / max(1, spread[word])) for word, weight in weights.items()
    }
    for name in _CAPITALISED.findall(question):
        # A named thing that no passage knows: what they say of its kind is not about it.
        word = term(name.lower())
        if word in rarity and not spread[word]:
            rarity[word] *= _NAME_WEIGHT
    whole = sum(rarity.values()) or 1.0
    return [_score(candidate, rarity, asked) / whole - _malus(candidate) for candidate in candidates]


def _score(candidate: _Candidate, rarity: dict[str, float], asked: Sequence[str]) -> float:
    covered = sum(value * _share(candidate, word) for word, value in rarity.items())
    headed = sum(value for word, value in rarity.items() if word in candidate.heading)
    total = covered + _HEADING_BONUS * headed
    if not asked:
        return total
    return total * (1.0 + _TYPE_BONUS if candidate.evidence.intersection(asked) else _WRONG_KIND_SHARE)


def _share(candidate: _Candidate, word: str) -> float:
    if word in candidate.own:
        return 1.0
    if word in candidate.inherited:
        return _INHERITED_SHARE
    if word in candidate.evidence:
        return _EVIDENCE_SHARE
    return _HEADING_SHARE if word in candidate.heading else 0.0


def _malus(candidate: _Candidate) -> float:
    row = _ROW_MALUS if candidate.is_row else 0.0
    return row + _RANK_MALUS * candidate.passage + _WORD_MALUS * len(candidate.text.split())


def _companions(
    best: int, scores: Sequence[float], candidates: Sequence[_Candidate], weights: dict[str, float]
) -> list[int]:
    """The best sentence, at most one more that adds to it, and what a leading pronoun points back to."""
    chosen = [best]
    missing = set(weights) - candidates[best].own - candidates[best].evidence
    for index in sorted(range(len(candidates)), key=lambda index: -scores[index]):
        if len(chosen) >= _MOST_SENTENCES or scores[index] < 0.8 * scores[best]:
            break
        if index != best and _adds_to(candidates[best], candidates[index], missing, scores[index] / scores[best]):
            chosen.append(index)
    if len(chosen) == 1 and len(candidates[best].text.split()) < _SHORT_SENTENCE_WORDS:
        following = best + 1
        if following < len(candidates) and candidates[following].passage == candidates[best].passage:
            chosen.append(following)
    first = min(chosen)
    if candidates[first].position and _POINTS_BACK.search(candidates[first].text):
        chosen.append(first - 1)
    return sorted(chosen)


def _adds_to(best: _Candidate, other: _Candidate, missing: set[str], share: float) -> bool:
    is_beside = (other.passage, other.heading_text) == (best.passage, best.heading_text)
    return bool(missing & (other.own | other.evidence)) or (is_beside and share >= _AS_GOOD)


def _long_answer(weights: dict[str, float], candidates: Sequence[_Candidate]) -> Answer | None:
    known = {word for word in weights if any(word in c.own or word in c.heading for c in candidates)}
    if weights and not known:
        return None
    matches = Counter({c.passage: 0 for c in candidates})
    for candidate in candidates:
        matches[candidate.passage] += len(known & (candidate.own | candidate.heading))
    least = max(matches.values()) / 2
    ranked = [passage for passage, count in matches.most_common() if count >= least]
    told = [c.text for passage in ranked for c in candidates if c.passage == passage]
    return Answer(" ".join(told[:_LONG_ANSWER_SENTENCES]), 1.0)
