"""The conversation keeps the order in which things began, whenever they are heard."""

from pipecat.processors.aggregators.llm_context import LLMContext

from bot.conversation import messages_of, remember_tools
from bot.generations import Generations
from bot.running_replies import RunningReplies
from tests.processors.values import context_of, tool_record


def told(running: RunningReplies, context: LLMContext) -> list[tuple[str, str]]:
    return [(message.role.value, message.content) for message in running.woven_into(messages_of(context))]


def test_what_is_being_said_stands_before_the_words_that_came_after_its_beginning() -> None:
    generations = Generations()
    running, context = RunningReplies(generations), context_of(("user", "When do you open?"))
    running.began(generations.next(), 1)
    running.said(1, "At nine")
    running.said(1, " on weekdays.")
    context.add_message({"role": "user", "content": "And on Sundays?"})
    wanted = [("user", "When do you open?"), ("assistant", "At nine on weekdays."), ("user", "And on Sundays?")]
    assert told(running, context) == wanted
    running.began(generations.next(), 2)
    running.said(2, "Not at all.")
    running.over(1, "At nine on weekdays.", context)
    running.over(2, "Not at all.", context)
    assert told(running, context) == [*wanted, ("assistant", "Not at all.")]
    assert told(running, context) == [(m.role.value, m.content) for m in messages_of(context)]


def test_what_its_tools_left_stands_before_a_reply() -> None:
    generations = Generations()
    running, context = RunningReplies(generations), context_of(("user", "Book it."))
    running.began(generations.next(), 1)
    remember_tools(context, (tool_record(),))
    running.over(1, "It is booked.", context)
    assert [role for role, _ in told(running, context)] == ["user", "assistant", "tool", "assistant"]


def test_a_reply_of_which_nothing_was_heard_leaves_nothing() -> None:
    generations = Generations()
    running, context = RunningReplies(generations), context_of(("user", "Hello?"))
    running.began(generations.next(), 1)
    running.said(1, "Hi.")
    generations.invalidate()
    assert told(running, context) == [("user", "Hello?")]
    running.over(1, "", context)
    assert told(running, context) == [("user", "Hello?")]


def test_a_reply_nobody_announced_is_kept_at_the_end() -> None:
    context = context_of(("user", "Hello?"))
    running = RunningReplies(Generations())
    running.over(7, "Hi.", context)
    assert told(running, context) == [("user", "Hello?"), ("assistant", "Hi.")]
