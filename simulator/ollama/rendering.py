"""Renders a prompt to tokens, as a chat template does, so that prefixes of two prompts can be compared."""

import orjson

from simulator.ollama.responder.prompt import Message, Prompt
from simulator.ollama.tokens import pieces

_END = "<|eot|>"


def _message_tokens(message: Message) -> list[str]:
    tokens = [f"<|{message.role}|>", *pieces(message.content)]
    for call in message.tool_calls:
        tokens += pieces(call.name) + pieces(orjson.dumps(dict(call.arguments)).decode())
    tokens.append(_END)
    return tokens


def prompt_tokens(prompt: Prompt) -> list[str]:
    """All tokens of a prompt: the system messages, the tools, the rest, and the header of the reply."""
    tokens: list[str] = []
    tools = pieces(orjson.dumps(list(prompt.tools)).decode()) if prompt.tools else []
    leading = True
    for message in prompt.messages:
        if leading and message.role != "system":
            tokens += tools
            leading = False
        tokens += _message_tokens(message)
    if leading:
        tokens += tools
    tokens.append("<|assistant|>")
    return tokens


def fit_to_context(prompt: Prompt, num_ctx: int) -> Prompt:
    """Drops the oldest messages but the system's and the newest until the prompt fits, silently, as Ollama."""
    messages = list(prompt.messages)
    sizes = [len(_message_tokens(message)) for message in messages]
    total = sum(sizes) + 1
    index = 0
    while total > num_ctx and index < len(messages) - 1:
        if messages[index].role == "system":
            index += 1
            continue
        total -= sizes.pop(index)
        messages.pop(index)
    if len(messages) == len(prompt.messages):
        return prompt
    return Prompt(tuple(messages), prompt.tools, prompt.output_format)
