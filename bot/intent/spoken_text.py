"""Brings what speech-to-text wrote into one form: the same words always look the same.

Lower case, no punctuation, contractions written out, hesitations and stutters gone, and the commonest ways in
which a recogniser mishears short phrases ("good buy", "hold un") undone where the sentence leaves no doubt.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

MAX_CHARACTERS = 600
"""What is read of a turn: nothing longer is a goodbye or a yes, and time stays bounded."""

_LEAST_LONG = 7
_LONG_WORDS = {
    "representative": 3,
    "operator": 1,
    "supervisor": 2,
    "receptionist": 2,
    "definitely": 2,
    "absolutely": 2,
}
"""Words long enough to be known through so many wrong letters."""
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
_QUESTION = re.compile(r"\?[\s\"')\]]*$")
_NOT_WORDS = re.compile(r"[^a-z0-9' ]+")
_SPACES = re.compile(r"\s+")
_HALF_DAY = re.compile(r"\b([ap])\.? ?m\b\.?")

_CONTRACTIONS = {
    "im": "i am", "ive": "i have", "youre": "you are", "youve": "you have", "thats": "that is", "thatll": "that will",
    "whats": "what is", "lets": "let us", "its": "it is", "itll": "it will", "theres": "there is", "wheres": "where is",
    "hes": "he is", "shes": "she is", "dont": "do not", "cant": "can not", "cannot": "can not", "wont": "will not",
    "didnt": "did not", "doesnt": "does not", "isnt": "is not", "wasnt": "was not", "couldnt": "could not",
    "wouldnt": "would not", "shouldnt": "should not", "havent": "have not", "hasnt": "has not", "arent": "are not",
    "aint": "is not", "werent": "were not", "gotta": "got to", "gonna": "going to", "wanna": "want to",
    "gimme": "give me", "lemme": "let me", "oughta": "ought to", "hafta": "have to", "thx": "thanks", "thanx": "thanks",
    "thankyou": "thank you", "alrighty": "all right", "alright": "all right", "okey": "ok", "okay": "ok", "k": "ok",
    "kay": "ok", "mhm": "mmhm", "mmhmm": "mmhm", "uhhuh": "uhhuh", "ma'am": "madam", "maam": "madam", "o'clock": "oclock",
    "goodby": "goodbye", "byebye": "bye", "cya": "see you", "ok'd": "ok", "pls": "please", "plz": "please",
    "u": "you", "yall": "you", "y'all": "you", "c'mon": "come on", "'til": "until", "til": "until", "dunno": "do not know",
    "sec": "second", "secs": "seconds", "min": "minute", "mins": "minutes", "tho": "though", "tryna": "trying to",
    "outta": "out of", "asap": "right away", "kinda": "kind of", "noo": "no", "nooo": "no", "yess": "yes", "yesss": "yes", "yeahh": "yeah",
    "byee": "bye", "goodbyes": "goodbyes", "rep": "representative", "prob": "problem", "probs": "problem", "ye": "yeah",
}  # fmt: skip
_ENDINGS = (
    (re.compile(r"\bcan't\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bshan't\b"), "shall not"),
    (re.compile(r"\bain't\b"), "is not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\b(i)'m\b"), r"\1 am"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"\b(i|you|he|she|we|they)'d (better|best)\b"), r"\1 had better"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"\blet's\b"), "let us"),
    (
        re.compile(
            r"\b(that|it|he|she|what|who|there|here|where|how|when|why|someone|somebody|everything|nothing|"
            r"all|which|name|this|monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|tomorrow|"
            r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon)'s\b"
        ),
        r"\1 is",
    ),
)  # fmt: skip
_BEFORE_FILLERS = (
    (re.compile(r"\bnight night\b"), "goodnight"),
    (re.compile(r"\bta ta\b"), "tata"),
    (re.compile(r"\b(?:nuh|nah|nu|naa) (?:uh|ah)\b|\buh uh\b"), "nope"),
    (re.compile(r"\b(?:uh|ah|a) ?(?:huh|hu)\b"), "uhhuh"),
    (re.compile(r"\b(?:mm+|m|hm+|um) ?(?:hm+|mm+)\b"), "mmhm"),
    (re.compile(r"\bye ah\b"), "yeah"),
    (re.compile(r"\boh? kay\b"), "ok"),
)
_FILLERS = re.compile(r"\b(?:u+[hm]+|e+r+m*|a+h+|hm+|mm+|erm|eh m)\b")
_STUTTER = re.compile(r"\b([b-hj-np-z]) (?=\1[a-z])")
_TWICE = re.compile(r"(?<!\bthank )\b(\w+(?: \w+){0,2})(?: \1\b)+")
_DAY = r"(?:day|evening|night|weekend|afternoon|morning|week|time|one|rest)"

_MISHEARD = (
    # Farewells: only where nothing can be bought and nothing stands by anything.
    (re.compile(r"(?<!\ba )(?<!very )(?<!such )(?<!the )(?<!best )\bgood ?(?:by|buy|bi|bite|bye)(?=$| (?:now|then|for now|e|and)\b)"),
     "goodbye"),
    (re.compile(r"\bgoodbye e$"), "goodbye"),
    (re.compile(r"^(?:by|buy|bi)(?: (?:by|buy|bi|bye))+$|\b(?:bye (?:by|buy|bi)|(?:by|buy|buh|bah|ba|bi) bye)$"), "bye"),
    (re.compile(r"\b(thanks|thank you|ok|all right|right|cheers|great|perfect|now|much|help|then|yeah)"
                r" (?:by|buy|bi|bah|bai)(?: (?:by|buy|now|then))*$"), r"\1 bye"),
    (re.compile(r"\bsee you (?:letter|latter|leather|late her|lighter|ladder)\b"), "see you later"),
    (re.compile(r"\bthan (?=(?:bye|goodbye)\b)"), "then "),
    (re.compile(rf"\b(have a \w+ {_DAY}) (?:to|two)$"), r"\1 too"),
    (re.compile(r"\b(?:mutch|moch|mush)\b"), "much"),
    (re.compile(r"\bof (?:coarse|cause|curse|corse)\b"), "of course"),
    (re.compile(r"\bgo a ?(?:head|hed|heads)\b"), "go ahead"),
    (re.compile(r"\b(yes|yeah|yep|ok) (?:shore|shure|sher)\b"), r"\1 sure"),
    (re.compile(r"^no (?:weigh|whey)$"), "no way"),
    (re.compile(r"\b(not|can|could) here (?=you\b|that\b|what\b)"), r"\1 hear "),
    (re.compile(r"\b(sorry|huh|wait) (?:watt|wart|wot|war)$|^(?:watt|wart)$"), r"\1 what"),
    (re.compile(r"\b(talk|speak|connect me|talking|speaking|transfer me) (?:too|two)\b(?! (?:much|fast|loud|low|quiet|quick|slow|long|quickly|quietly))"), r"\1 to"),
    (re.compile(r"\breel (?=person|human|agent)"), "real "),
    (re.compile(rf"\bhave a (?:grate|great|good|nice|lovely)(?: (?:{_DAY}))? ?(?:won|date|stay|dey|they)\b"), "have a good day"),
    (re.compile(rf"\bhave a (?:grate|gr8) (?={_DAY}\b)"), "have a great "),
    (re.compile(r"\bhave a (?:gooday|gday|goodday)\b"), "have a good day"),
    (re.compile(r"\b(?:bye|buy) the way\b"), "by the way"),
    (re.compile(r"\bthat (?:sit|sat|its)\b"), "that is it"),
    (re.compile(r"\b(?:that is|thats) al\b|\bthat (?:saw|sol|sall)(?= (?:thank|thanks)\b|$)"), "that is all"),
    (re.compile(r"\bnothing us\b"), "nothing else"),
    (re.compile(r"\bi am goods\b"), "i am good"),
    (re.compile(r"(?:^|(?<=no )|(?<=nope )|(?<=think )|(?<=ok ))were (?=(?:all )?(?:good|fine|ok|set|done)\b)"), "we are "),
    # Yes and no.
    (re.compile(r"^(?:know|noh|noe)$|^(?:know|now|noh)(?= (?:thanks|thank you|sir|madam|sorry)\b)"), "no"),
    (re.compile(r"\b(?:think|tank|thang) you$"), "thank you"),
    (re.compile(r"\b(?:tanks|thank|thans|thinks)$"), "thanks"),
    (re.compile(r"^(?:yes ?(?:s|h)|yas|yus|yest|yees|jes)\b"), "yes"),
    (re.compile(r"^yes (?:police|pleas|pleased|peas|plese)$"), "yes please"),
    (re.compile(r"^(?:shore|shure|sher)\b"), "sure"),
    (re.compile(r"^yeah sir$"), "yes sir"),
    (re.compile(r"^ya\b"), "yeah"),
    (re.compile(r"\bnot a tall\b"), "not at all"),
    (re.compile(r"\bnot (?:intrested|inter rested|interest did)\b"), "not interested"),
    # Again, and waiting.
    (re.compile(r"\ba ?gain\b|\bagen\b"), "again"),
    (re.compile(r"\b(?:re ?(?:peat|beat|pete|piet)|repeated) (?=(?:please|that|it|at)\b)|\bre (?:peat|beat|pete)\b"), "repeat "),
    (re.compile(r"\bpar(?:d|t) ?(?:on|un|done|in)\b|\bpar ?done?\b|\bpardon mi\b"), "pardon"),
    (re.compile(r"\bbeg your part(?: in)?\b"), "beg your pardon"),
    (re.compile(r"\b(did not|did not quite|not) (?:cache|cash|ketch) (?=that\b|it\b)"), r"\1 catch "),
    (re.compile(r"\b(?:wot|whut|wat)\b"), "what"),
    (re.compile(r"\bdid (?:use (?:a|say|eh)|you (?:sey|sai|seh))\b"), "did you say"),
    (re.compile(r"\b(?:hold|whole|hol|old) (?:on|un|own|don|an|hon|done|in)(?=$| (?:a|one|please|second|wait|let|i|just|the)\b)"),
     "hold on"),
    (re.compile(r"\bhang (?:hon|un|own|an)\b"), "hang on"),
    (re.compile(r"\b(?:weight|wade) (?=(?:a|one|please|up)\b)"), "wait "),
    (re.compile(r"\b(?:won|wan) (?=(?:second|moment|minute)\b)"), "one "),
    (re.compile(r"\b(a|one) (?:sick|sack|seck|secant)\b"), r"\1 second"),
    # People.
    (re.compile(r"\b(real|live|actual|to a|to another) (?:(?:purse|pers|per) ?(?:on|in|un|son)|parson|persian)\b"), r"\1 person"),
    (re.compile(r"\b(?:hue|hew) ?(?:man|mane)\b|\bhumane\b"), "human"),
    (re.compile(r"\brepresent a tive\b|\breprezentative\b|\breprese?ntive\b|\brepresentatif\b|\brep resent a tive\b"),
     "representative"),
    (re.compile(r"\boper ?(?:ater|eight her)\b|\boperater\b|\bopera tor\b"), "operator"),
    (re.compile(r"\b(?:a jent|an? aging|an? agen|a gent)$"), "an agent"),
    (re.compile(r"\b(?:custom(?:er)?|cussed omer|costumer) (?:her )?serv(?:ice|is|us|ices)\b"), "customer service"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpokenText:
    """One turn in the form that everything here reads.

    Attributes:
        words: Space-separated normalised words; may be empty.
        asks: True if speech-to-text ended it with a question mark.
        commas: The normalised words before the first comma or full stop, "" if there is none.
    """

    words: str
    asks: bool
    commas: str = ""

    @property
    def tokens(self) -> list[str]:
        """The words, one by one."""
        return self.words.split()


def read_spoken(text: str) -> SpokenText:
    """Normalise one turn; never raises."""
    text = text[:MAX_CHARACTERS]
    head = re.split(r"[,.;!?]\s", text, maxsplit=1)
    return SpokenText(
        words=_normalise(text),
        asks=bool(_QUESTION.search(text)),
        commas=_normalise(head[0]) if len(head) > 1 else "",
    )


def _normalise(text: str) -> str:
    plain = _HALF_DAY.sub(r"\1m", text.lower().translate(_APOSTROPHES).replace("-", " "))
    for pattern, replacement in _ENDINGS:
        plain = pattern.sub(replacement, plain)
    plain = _NOT_WORDS.sub(" ", plain)
    plain = " ".join(_CONTRACTIONS.get(word, word) for word in plain.split()).replace("'", "")
    plain = " ".join(_nearest_long_word(word) for word in plain.split())
    for pattern, replacement in _BEFORE_FILLERS:
        plain = pattern.sub(replacement, plain)
    plain = _SPACES.sub(" ", _FILLERS.sub(" ", plain)).strip()
    plain = _STUTTER.sub("", plain)
    plain = _TWICE.sub(r"\1", plain)
    for pattern, replacement in _MISHEARD:
        plain = pattern.sub(replacement, plain)
    return _SPACES.sub(" ", _TWICE.sub(r"\1", plain)).strip()


@lru_cache(maxsize=4096)
def _nearest_long_word(word: str) -> str:
    """A long word of the trade that this one is a misspelling of, else the word itself."""
    if len(word) < _LEAST_LONG:
        return word
    for known, furthest in _LONG_WORDS.items():
        if word[0] == known[0] and abs(len(word) - len(known)) <= furthest and _distance(word, known) <= furthest:
            return known
    return word


def _distance(left: str, right: str) -> int:
    """Levenshtein's edit distance."""
    previous = list(range(len(right) + 1))
    for row, first in enumerate(left, start=1):
        current = [row]
        for column, second in enumerate(right, start=1):
            current.append(min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (first != second)))
        previous = current
    return previous[-1]
