"""Replies to frequent questions, said again without asking the model.

A reply is used again only where the model would be asked the same: for the same agent with the same model,
options, tools, system prompt (the call's variables and the date are in it) and greeting, about the same documents
(what is quoted is part of the key, so that a changed document is another question), in the same phase of the call.

Nothing that one caller said may reach another one. So a reply is kept only if it was the first of its call, when
nothing but the question had been said; it may be used later in a call, for questions that stand on their own. And
only replies from documents, without a tool. Off unless the agent's `answers_cache_seconds` is set. In memory only.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from itertools import takewhile

from bot.chat_model import ChatChunk, ChatMessage, ChatModel, ChatRequest, ChatRole
from bot.prompt import documents_and_question
from data.knowledge.follow_up import is_follow_up
from data.knowledge.search_terms import TermExtractor

MOST_ANSWERS = 200
"""Of one agent; the one unused for longest goes first."""
MOST_AGENTS = 200
_FEWEST_TERMS = 2
"""Of a question: "yes please" is none."""


@dataclass(frozen=True, slots=True)
class _Answer:
    text: str
    until: float


class AnswersCache:
    """Answers of all agents of a process.

    Args:
        clock: Seconds that only go up.

    Attributes:
        hits: Replies that were said again.
        misses: Questions that could have been in it, and were not.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._agents: OrderedDict[str, OrderedDict[str, _Answer]] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def get(self, agent_id: str, key: str) -> str | None:
        """An answer that has not become too old."""
        answers = self._agents.get(agent_id, OrderedDict())
        answer = answers.get(key)
        if answer is None or answer.until <= self._clock():
            answers.pop(key, None)
            self.misses += 1
            return None
        answers.move_to_end(key)
        self.hits += 1
        return answer.text

    def put(self, agent_id: str, key: str, text: str, *, seconds: float) -> None:
        """Keep an answer for some time."""
        answers = self._agents.setdefault(agent_id, OrderedDict())
        self._agents.move_to_end(agent_id)
        answers[key] = _Answer(text, self._clock() + seconds)
        answers.move_to_end(key)
        while len(answers) > MOST_ANSWERS:
            answers.popitem(last=False)
        while len(self._agents) > MOST_AGENTS:
            self._agents.popitem(last=False)


class CachedChatModel:
    """A `ChatModel` that answers from a cache where it may, and from another model where not.

    Args:
        model: Asked for whatever is not in the cache.
        cache: Shared by all calls.
        agent_id: Whose answers.
        seconds: How long an answer is kept.
    """

    def __init__(self, model: ChatModel, cache: AnswersCache, agent_id: str, seconds: float) -> None:
        self._model = model
        self._cache = cache
        self._agent_id = agent_id
        self._seconds = seconds
        self._extractor = TermExtractor()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """See `ChatModel.stream`; an answer from the cache comes as one chunk, without usage."""
        key = self._key(request)
        known = self._cache.get(self._agent_id, key) if key is not None else None
        if known is not None:
            yield ChatChunk(known, done=True)
            return
        text, is_plain = "", True
        is_first = len(_opening(request.messages)) == len(request.messages) - 2
        async with aclosing(self._model.stream(request)) as chunks:
            async for chunk in chunks:
                text += chunk.text
                is_plain = is_plain and not chunk.tool_calls
                if chunk.done and key is not None and is_first and is_plain and text.strip():
                    self._cache.put(self._agent_id, key, text, seconds=self._seconds)
                yield chunk

    def _key(self, request: ChatRequest) -> str | None:
        """What the answer depends on; None if it may depend on more."""
        system, newest = request.messages[0], request.messages[-1]
        if newest.role is not ChatRole.USER:
            return None  # a tool was used
        parts = documents_and_question(newest.content)
        if parts is None:
            return None
        before, question = parts
        if is_follow_up(question, self._extractor) or len(self._extractor.terms(question).words) < _FEWEST_TERMS:
            return None
        said = " ".join("".join(c if c.isalnum() else " " for c in question.casefold()).split())
        options = (request.model, request.temperature, request.num_predict, request.num_ctx, request.stop)
        opening = [message.content for message in _opening(request.messages)]
        whole = repr((system.content, opening, request.tools, options, before, said))
        return hashlib.sha256(whole.encode()).hexdigest()


def _opening(messages: Sequence[ChatMessage]) -> Sequence[ChatMessage]:
    """What the agent said before the caller said anything, as far as the history still has it."""
    return list(takewhile(lambda message: message.role is not ChatRole.USER, messages[1:]))
