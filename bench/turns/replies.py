"""What the agent says while its turn-taking is measured: long replies to be disturbed, short ones to go on from.

The simulated model is told, so that replies are long enough, the same every time, and unlike one another in sound.
A server with a model of its own says what it says.
"""

from collections.abc import Mapping

from bench.shop import product_name

_LONG_REPLIES = (
    "Our cheapest one holds a litre and a half and boils within three minutes. You can choose between red, "
    "blue and plain steel. A filter in the spout keeps chalk out of your tea. It switches itself off when "
    "nobody is watching. Underneath there is room to wind up the cord. Most customers keep theirs for about "
    "eight years. If anything breaks, we will gladly send somebody round with a spare one.",
    "Light comes from a row of small diodes that last for decades. Turn the wheel on its foot, and it "
    "becomes warmer or colder. The arm bends in two places, so that nothing shines into your eyes. Students "
    "like it because it fits on narrow shelves. We also sell a version that is fixed to the table with a "
    "screw. Both run on any socket at home or abroad. Last winter a magazine tested twelve of them, and "
    "this won.",
    "Seven layers of foam support your back from the shoulders down to the knees. The cover may be washed "
    "at sixty degrees every few months. People who get cold easily should take the model with wool on one "
    "side. For children there is a firmer kind in half the size. Two men carry it upstairs, unpack it, and "
    "take the old one away. Sleep on it for a hundred nights before you decide. Whoever is unhappy with it "
    "gets every cent back.",
    "Every frame is welded by hand in a workshop near the coast. Eleven gears take you up any hill around "
    "here. Mud guards, a bell and a rack come with it, but the basket is extra. We measure your legs first, "
    "because a wrong saddle hurts after an hour. The brakes work by oil and need hardly any care. In spring "
    "our mechanics look after it for nothing. Thieves will find its number in a national register, should "
    "they ever try.",
)
TOPIC_COUNT = len(_LONG_REPLIES)
"""Different long replies; each is heard once undisturbed, to be known again."""

SHORT_REPLY = "Very well, thank you."
PROMPT_REPLY = "Of course. What would you like to know?"
TERSE = ("Stop.", "Wait a moment, please.", "Excuse me, one question.", "No, that is not what I meant.")
"""Interruptions that ask for nothing yet."""


def topic_words(topic: int) -> str:
    """The words by which a long reply is asked for."""
    return f"everything about the {product_name(topic)}"


def topic_question(topic: int) -> str:
    """Ask for a long reply in peace."""
    return f"Please tell me {topic_words(topic)}."


def long_reply(topic: int) -> str:
    """A reply of half a minute."""
    return _LONG_REPLIES[topic]


def dictated_replies() -> Mapping[str, str]:
    """What the model is told to say, by words of the question; the first match counts."""
    terse = {words.rstrip("."): PROMPT_REPLY for words in TERSE}
    return {topic_words(topic): long_reply(topic) for topic in range(TOPIC_COUNT)} | terse
