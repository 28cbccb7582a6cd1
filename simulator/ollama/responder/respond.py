"""The model: one prompt in, one reply out, by rules in a fixed order."""

from collections.abc import Callable

from simulator.ollama.responder.answering import answer
from simulator.ollama.responder.conversation import Passage, read_conversation
from simulator.ollama.responder.dates import reference_day
from simulator.ollama.responder.farewell import say_goodbye
from simulator.ollama.responder.prompt import Prompt, Reply
from simulator.ollama.responder.schema import read_tools
from simulator.ollama.responder.situation import Situation
from simulator.ollama.responder.small_talk import chat, introduce, own_facts, repeat
from simulator.ollama.responder.structured import write_json
from simulator.ollama.responder.text_calls import described_tools, write_call
from simulator.ollama.responder.tool_results import speak_results
from simulator.ollama.responder.tool_use import open_question, use_tools

DO_NOT_KNOW = "I'm sorry, I don't have that information."
_LEADS = ("", "Sure. ", "Of course. ")
_OWN_FACTS_CONFIDENCE = 0.7


def respond(prompt: Prompt) -> Reply:
    """What the model answers. Equal prompts have equal replies."""
    conversation = read_conversation(prompt.messages)
    described, confirmed_first = ((), frozenset()) if prompt.tools else described_tools(conversation.system)
    tools = read_tools(prompt.tools or described)
    situation = Situation(conversation, tools, reference_day(conversation.system))
    if prompt.output_format not in (None, ""):
        return Reply(write_json(prompt.output_format, situation))
    reply = next(filter(None, (rule(situation) for rule in _RULES)), Reply(DO_NOT_KNOW))
    return _in_text(reply, confirmed_first) if described else reply


def _answer_question(situation: Situation) -> Reply | None:
    conversation = situation.conversation
    earlier = [turn.text for turn in conversation.turns if turn.role == "user"][:-1]
    found = answer(situation.said, conversation.passages, earlier[-1] if earlier else "")
    if found is None:
        stated = answer(situation.said, [Passage(own_facts(conversation.system))])
        found = stated if stated and stated.confidence >= _OWN_FACTS_CONFIDENCE else None
    if found is None:
        return None
    lead = _LEADS[len(situation.said) % len(_LEADS)]
    return Reply(_and_ask(f"{lead}{found.text}", situation))


def _give_up(situation: Situation) -> Reply:
    return Reply(_and_ask(DO_NOT_KNOW, situation))


def _and_ask(text: str, situation: Situation) -> str:
    still_open = open_question(situation)
    return f"{text} {still_open}" if still_open else text


def _in_text(reply: Reply, confirmed_first: frozenset[str]) -> Reply:
    calls = (write_call(call, confirmed_first=call.name in confirmed_first) for call in reply.tool_calls)
    return Reply("\n".join(filter(None, (reply.text, *calls))), thinking=reply.thinking)


_RULES: tuple[Callable[[Situation], Reply | None], ...] = (
    speak_results,
    say_goodbye,
    repeat,
    use_tools,
    introduce,
    chat,
    _answer_question,
    _give_up,
)
