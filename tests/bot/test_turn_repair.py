"""What is made good after a sound without words, and what is not."""

from dataclasses import dataclass, field

from bot.generations import Generations
from bot.turn_repair import MISSED, TurnRepair
from data.records import EndReason


@dataclass
class Call:
    """A repair with the parts of a call that it talks to."""

    generations: Generations = field(default_factory=Generations)
    endings: dict[int, EndReason] = field(default_factory=dict)
    said: list[tuple[str, EndReason | None]] = field(default_factory=list)
    ended: list[EndReason] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.repair = TurnRepair(
            self.generations,
            lambda generation: self.endings.pop(generation, None),
            lambda text, ending: self.said.append((text, ending)),
            self.ended.append,
        )

    def reply(self, *pieces: str) -> int:
        generation = self.generations.next()
        for piece in pieces:
            self.repair.piece(generation, piece)
        return generation

    def noise(self, generation: int | None = None, heard: str = "") -> bool:
        """A sound takes the word; returns whether the model is to be asked again."""
        self.generations.invalidate()
        if generation is not None:
            self.repair.reply_heard(generation, heard, interrupted=True)
        return self.repair.no_words()


def test_the_rest_of_a_broken_reply_is_said() -> None:
    call = Call()
    call.repair.words("How late?")
    reply = call.reply("We close at nine,", "and at ten on Fridays.")
    assert not call.noise(reply, "We close at nine, and at")
    assert call.said == [("ten on Fridays.", None)]


def test_a_reply_that_was_not_audible_yet_is_said_whole() -> None:
    call = Call()
    call.repair.words("How late?")
    call.reply("We close at nine.", "Always.")
    assert not call.noise()
    assert call.said == [("We close at nine. Always.", None)]


def test_a_question_without_a_word_of_an_answer_is_asked_again() -> None:
    call = Call()
    call.repair.words("How late?")
    call.generations.next()
    assert call.noise()
    assert call.said == []


def test_an_answer_that_was_heard_is_not_given_twice() -> None:
    call = Call()
    call.repair.words("How late?")
    reply = call.reply("At nine.")
    call.repair.reply_heard(reply, "At nine.", interrupted=False)
    assert not call.noise()
    assert call.said == []


def test_a_reply_broken_behind_its_last_word_is_not_given_twice() -> None:
    call = Call()
    call.repair.words("How late?")
    assert not call.noise(call.reply("At nine."), "At nine.")
    assert call.said == []


def test_words_take_the_word_for_good() -> None:
    call = Call()
    call.repair.words("How late?")
    reply = call.reply("We close at nine.")
    call.generations.invalidate()
    call.repair.reply_heard(reply, "We close", interrupted=True)
    call.repair.words("And on Fridays?")
    call.generations.next()
    assert call.noise(), "it is the new question that has no answer"
    assert call.said == []


def test_a_reply_that_may_not_be_interrupted_is_not_repeated() -> None:
    call = Call()
    call.repair.words("How late?")
    call.reply("We close at nine.")
    assert not call.repair.no_words()
    assert call.said == []


def test_a_rest_that_is_broken_again_shrinks() -> None:
    call = Call()
    call.noise(call.reply("One two three four."), "One")
    rest = call.reply("two three four.")
    call.noise(rest, "two three")
    assert [text for text, _ in call.said] == ["two three four.", "four."]


def test_a_goodbye_is_still_one_when_it_is_said_again() -> None:
    call = Call()
    goodbye = call.reply("Thank you.", "Goodbye!")
    call.endings[goodbye] = EndReason.AGENT_ENDED
    call.noise(goodbye, "Thank you.")
    assert call.said == [("Goodbye!", EndReason.AGENT_ENDED)]
    assert call.ended == []


def test_a_goodbye_broken_behind_its_last_word_ends_the_call() -> None:
    call = Call()
    goodbye = call.reply("Goodbye!")
    call.endings[goodbye] = EndReason.AGENT_ENDED
    call.noise(goodbye, "Goodbye!")
    assert (call.said, call.ended) == ([], [EndReason.AGENT_ENDED])


def test_noise_while_nothing_is_owed_changes_nothing() -> None:
    call = Call()
    assert not call.noise()
    assert (call.said, call.ended) == ([], [])


def test_words_that_never_settled_are_asked_for_again_once() -> None:
    call = Call()
    call.repair.recognised()
    assert not call.noise()
    assert not call.noise()
    assert call.said == [(MISSED, None)]


def test_words_that_settled_are_not_asked_for_again_later() -> None:
    call = Call()
    call.repair.recognised()
    call.repair.words("Hello?")
    call.repair.reply_heard(call.reply("Hello."), "Hello.", interrupted=False)
    assert not call.noise()
    assert call.said == []
