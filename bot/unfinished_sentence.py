"""Sentences that cannot end where they do, whatever mark a recogniser put there.

Word evidence only: an article without its noun, a preposition, "and", a verb without its object, a condition from
which nothing follows. Where a full stop may be right ("I think it is.") it is believed; silence alone is not.
"""

import re
from collections.abc import Sequence

from bot.spoken_words import spoken_words, word_set

_LONGEST_CONDITION = 9
"""Words up to which "if I come on Tuesday" is only the beginning of a sentence."""
_LONGEST_WITHOUT_OBJECT = 6
"""Words up to which "I was wondering" waits for what was wondered about."""


_NEVER_LAST = word_set(
    "um umm uh uhm er erm hmm mm like basically actually and or but because cause since although though unless "
    "until whether which whose than plus also then if either neither both while"
)
_LAST_OF_QUESTIONS = word_set("then also either both like")
_DETERMINERS = word_set("the a an my your our their its every each several few many very too really quite another")
_PREPOSITIONS = word_set(
    "to for from of at with by about into onto under between among during near without within against towards "
    "toward per via as"
)
_AUXILIARIES = word_set(
    "be being should shall may might must i'm you're we're they're he's she's it's there's that's what's who's "
    "where's i'll you'll we'll they'll i'd you'd we'd they'd i've you've we've they've let's"
)
_BE = word_set("is are was were am")
_BEFORE_BE = word_set("it he she they we you i that this there these those")
""""I know who he is." may be whole; "The problem is." is not."""
_SUBJECTS = word_set("i we they he she")
_TRANSITIVES = word_set(
    "need want wanna get give tell show send buy find put bring take make buying getting having making looking "
    "trying going wanting needing calling wondering asking hoping thinking planning gonna gotta"
)
_BEFORE_WHOLE_VERB = word_set("to what all you can the a")
_OPENERS = word_set("so well okay ok anyway right oh ah alright listen look sorry")
_ASKING = word_set(
    "what where who whom which when why how whose what's where's who's do does did is are was were can could "
    "will would should have has had am may might must"
)
_CONDITION = re.compile(
    r"(?:(?:and|so|but|well) )?(?:if|when|while|although|though|unless|until|once|whenever) (\S+)"
)
_WH = word_set("what where who whom which when why how whose")
_BEGINNINGS = re.compile(
    r"(?:.* )?(?:i mean|you know|let me (?:see|think|check|look)|let's see|what if|is there|are there|"
    r"there (?:is|are)|do you have|have you got|how about|what about|(?:can|could) (?:you|i|we)|would you|"
    r"will you|(?:can|could|would|will) you (?:please(?: (?:tell|show|send|give) me)?|(?:tell|show|send|give) me)|"
    r"i(?:'ve)? (?:have|had|got) (?:a|another|one more)(?: quick)? question|"
    r"(?:how (?:much|many|long|often|far)|what|when|where|why)(?: \S+){0,2} "
    r"(?:does|did|would|should|could|will)|kind of|sort of|a lot of|"
    r"(?:just |give me |hang on )*(?:a|one) (?:second|sec|moment|minute)|"
    r"hold on|hang on|wait|so that|such as|in order|as well as|instead of|"
    r"(?:and|or|but|if|because|that|when|where|what|how|why|whether) "
    r"(?:i|you|we|they|he|she|it|there)|"
    r"(?:is|was|say|says|said|here|heard|noticed|think|believe|hope|mean|guess|wonder) "
    r"(?:that|if)|would like|i'd like)"
)


def is_unfinished(sentence: str, *, is_question: bool) -> bool:
    """Whether a sentence plainly goes on.

    Args:
        sentence: The last one of what was said.
        is_question: It ends with a question mark.
    """
    words = spoken_words(sentence)
    if not words:
        return False
    last, said = words[-1], " ".join(words)
    if last in _NEVER_LAST:
        return not (is_question and last in _LAST_OF_QUESTIONS)
    if last in _DETERMINERS:
        return True
    if is_question:
        # "Where are you from?", "Can I?": whoever heard a question heard its end.
        return said in ("what about", "how about", "do you have", "is there")
    if all(word in _OPENERS for word in words):
        return said not in ("okay", "ok", "right", "alright")
    return _lacks_its_end(words) or _BEGINNINGS.fullmatch(said) is not None or _is_only_a_condition(sentence)


def _lacks_its_end(words: Sequence[str]) -> bool:
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in _PREPOSITIONS:
        return words[0] not in _WH
    if last in _BE:
        return before not in _BEFORE_BE
    if last in _TRANSITIVES:
        return before not in _BEFORE_WHOLE_VERB and len(words) <= _LONGEST_WITHOUT_OBJECT
    return last in _AUXILIARIES or last in _SUBJECTS


def _is_only_a_condition(sentence: str) -> bool:
    """As in "If I come on Tuesday", with nothing that would follow from it; not "When do you open?"."""
    words = spoken_words(sentence)
    condition = _CONDITION.match(" ".join(words))
    if condition is None or len(words) > _LONGEST_CONDITION or "," in sentence.strip(" ,"):
        return False
    return condition.group(1) not in _ASKING
