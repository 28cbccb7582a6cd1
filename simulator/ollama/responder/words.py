"""Words as the rules compare them: lower case, stemmed, with synonyms folded into one concept."""

import re
from collections.abc import Iterable

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,:]\d+)*")


def word_list(text: str) -> list[str]:
    """The words of a vocabulary that is written as running text."""
    return text.split()


def word_set(text: str) -> frozenset[str]:
    """The words of such a vocabulary, to look up."""
    return frozenset(text.split())


_STOP = word_set(
    """
    available a about actually after again all also am an and any anybody anyone anything are aren't as ask at be
    because been being best bit but by can can't come could curious did didn't do does doesn't doing
    don't done each else er ever every exactly for from get getting give go going good got great had has
    have having he hello help her here hey hi him his hm hmm how i i'd i'll i'm i've if in into is isn't
    it it's its just kind know let like little long look looking lot maybe me mean might mind more most
    much must my myself need no not now of off oh ok okay on one only or our out over per perhaps please
    possible quick quickly question questions rather really right said same say see she should simply so
    some somebody someone something sort still such sure take tell than thank thanks that that's the
    their them then there there's these they they're thing things think this those through to too uh um
    under until up us use usually very wait want wanted was we we're well were what what's whats when
    where which while who whom whose why will with wonder wondering won't would wouldn't yeah yep yes yet
    you you'd you're your yours alright also anyway understand hear heard offer offers happen happens
    mention many often fine detail details everything explain describe walk talk word words speak
    """
)

_CONCEPTS: dict[str, str] = {
    "price": "price prices pricing priced cost costs charge charges charged fee fees rate rates expensive cheap",
    "open": "open opens opened opening close closes closed closing hours",
    "place": "address located location locations directions situated office offices",
    "phone": "phone telephone number numbers",
    "appointment": "appointment appointments booking bookings reservation reservations meeting meetings "
    "visit visits",
    "staff": "staff employees team crew",
    "doctor": "doctor doctors physician physicians",
    "child": "child children kid kids pediatric",
    "car": "car cars vehicle vehicles",
    "park": "parking park",
    "buy": "buy buys bought purchase purchases purchased purchasing",
    "pay": "pay pays paid payment payments paying",
    "loan": "loan loans finance financed financing credit installments",
    "cancel": "cancel cancels cancelled canceled cancelling canceling cancellation cancellations",
    "warranty": "warranty warranties guarantee guarantees guaranteed warrantied",
    "deliver": "deliver delivers delivered delivery deliveries ship ships shipped shipping",
    "discount": "discount discounts reduction reductions",
    "rebate": "rebate rebates incentive incentives subsidy subsidies",
    "install": "install installs installed installing installation installations installer installers",
    "repair": "repair repairs repaired fix fixes fixed fixing",
    "break": "break breaks broke broken damage damaged damages",
    "email": "email emails mail",
    "company": "company companies business firm",
    "plan": "plan plans package packages subscription subscriptions tier tiers",
    "big": "big bigger biggest large larger largest",
    "small": "small smaller smallest",
    "outage": "outage outages blackout blackouts",
    "clean": "clean cleaning cleanings cleaned cleans wash washed washing",
    "return": "return returns returned refund refunds refunded",
    "begin": "begin begins start starts started starting",
    "home": "home homes house houses",
}
_CONCEPT_OF = {word: concept for concept, words in _CONCEPTS.items() for word in words.split()}

_NUMBER_WORDS = word_list(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty
    """
)
NUMBERS: dict[str, int] = {word: value for value, word in enumerate(_NUMBER_WORDS)} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
"""Spoken numbers of one word."""

_SUFFIXES = ("abilities", "ability", "ations", "ation", "ments", "ings", "ing", "edly", "able", "ied", "ies", "ed")
_SHORTEST_STEM = 3


def tokens(text: str) -> list[str]:
    """Words and numbers of a text, in lower case."""
    return [token.replace("’", "'") for token in _TOKEN.findall(text.lower())]


def stem(word: str) -> str:
    """A crude stem: enough to bring the forms of one English word together."""
    word = word.removesuffix("'s")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            word = word[: -len(suffix)] + ("y" if suffix in ("ies", "ied") else "")
            break
    else:
        if word.endswith("s") and not word.endswith("ss") and len(word) > _SHORTEST_STEM:
            word = word[:-1]
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] in "bdgmnprt":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > _SHORTEST_STEM else word


def term(word: str) -> str:
    """What a word counts as: its concept, its value if it is a number, or its stem."""
    if word in _CONCEPT_OF:
        return _CONCEPT_OF[word]
    if word in NUMBERS:
        return str(NUMBERS[word])
    return stem(word)


def content_terms(text: str) -> list[str]:
    """The terms of a text without function words and the small change of speech, in order."""
    return [term(word) for word in tokens(text) if not is_stop_word(word)]


def is_stop_word(word: str) -> bool:
    """Whether a word says nothing about what is asked for."""
    return word in _STOP or (len(word) == 1 and not word.isdigit())


def title_case(words: Iterable[str]) -> str:
    """Words as a name: each with a capital, inner capitals kept."""
    return " ".join(word[:1].upper() + word[1:] for word in words)
