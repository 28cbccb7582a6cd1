"""Exact replies that a test puts before the rules."""

import re

from simulator.ollama.options import ScriptedReply
from simulator.ollama.responder.conversation import newest_question
from simulator.ollama.responder.prompt import Prompt, Reply, ToolCall


class ScriptBook:
    """The scripted replies still to be used, first match first."""

    def __init__(self, scripts: tuple[ScriptedReply, ...]) -> None:
        self._scripts: list[tuple[ScriptedReply, int | None]] = []
        self.replace(scripts)

    def replace(self, scripts: tuple[ScriptedReply, ...]) -> None:
        """Holds these and no others.

        Raises:
            re.error: One of them is no regular expression; nothing is changed.
        """
        for script in scripts:
            re.compile(script.match)
        self._scripts = [(script, script.uses) for script in scripts]

    def reply_to(self, prompt: Prompt) -> Reply | None:
        """The scripted reply to this prompt, or None if the rules shall answer."""
        after_tool = bool(prompt.messages) and prompt.messages[-1].role == "tool"
        question = newest_question(prompt.messages)
        for index, (script, left) in enumerate(self._scripts):
            if script.after_tool != after_tool or not re.search(script.match, question, re.IGNORECASE):
                continue
            if left is not None and left <= 1:
                del self._scripts[index]
            elif left is not None:
                self._scripts[index] = (script, left - 1)
            calls = tuple(ToolCall(call.name, call.arguments) for call in script.tool_calls)
            return Reply(script.text, calls, script.thinking)
        return None
