"""Turns a reply into timed events: thinking, text pieces, tool calls, and the closing figures."""

import asyncio
import random
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import orjson

from simulator.ollama.faults import Fault, FaultKind
from simulator.ollama.options import OllamaOptions
from simulator.ollama.responder.prompt import Reply, ToolCall
from simulator.ollama.tokens import pieces


@dataclass(frozen=True, slots=True)
class TextPiece:
    """One token of what is said."""

    text: str


@dataclass(frozen=True, slots=True)
class ThinkingPiece:
    """One token of what a thinking model thinks."""

    text: str


@dataclass(frozen=True, slots=True)
class CallsPiece:
    """All tool calls of the reply, in one chunk as Ollama's parsers give them."""

    calls: tuple[ToolCall, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """The end, with Ollama's metrics in nanoseconds."""

    done_reason: str
    total_duration: int
    load_duration: int
    prompt_eval_count: int
    prompt_eval_duration: int
    eval_count: int
    eval_duration: int


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """Bytes that are not JSON, after which the stream ends."""

    line: bytes = b'{"model": "broken", "message": {"role": "assis\n'


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """An error in mid-stream, after which the stream ends."""

    message: str


Event: TypeAlias = TextPiece | ThinkingPiece | CallsPiece | Finished | BrokenLine | ErrorLine


class ConnectionCutError(Exception):
    """The connection must be cut now, by a fault's wish."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The events of one reply with the number of the token at which each is due."""

    events: tuple[tuple[int, Event], ...]
    tokens: tuple[str, ...]
    """Everything generated, for the prompt cache."""
    done_reason: str


def plan_reply(reply: Reply, num_predict: int, stop: Sequence[str]) -> Plan:
    """Cuts a reply to its stop sequences and its length and lays out its events.

    Args:
        reply: What the model wants to answer.
        num_predict: Most tokens; zero or less is without limit.
        stop: Strings before which the text ends.
    """
    limit = num_predict if num_predict > 0 else None
    events: list[tuple[int, Event]] = []
    tokens: list[str] = []
    for token in pieces(reply.thinking):
        events.append((len(tokens), ThinkingPiece(token)))
        tokens.append(token)
    text, stopped = _before_stop(reply.text, stop)
    for token in pieces(text):
        events.append((len(tokens), TextPiece(token)))
        tokens.append(token)
    if reply.tool_calls and not stopped:
        for call in reply.tool_calls:
            tokens += pieces(call.name) + pieces(orjson.dumps(dict(call.arguments)).decode())
        events.append((len(tokens) - 1, CallsPiece(reply.tool_calls)))
    if limit is not None and len(tokens) > limit:
        return Plan(tuple(event for event in events if event[0] < limit), tuple(tokens[:limit]), "length")
    return Plan(tuple(events), tuple(tokens), "stop")


def _before_stop(text: str, stop: Sequence[str]) -> tuple[str, bool]:
    places = [text.find(sequence) for sequence in stop if sequence and sequence in text]
    return (text[: min(places)], True) if places else (text, False)


async def play(
    plan: Plan, options: OllamaOptions, fault: Fault | None, wait_seconds: float, seed: int
) -> AsyncGenerator[list[Event]]:
    """Yields the plan's events when they are due, several at once where the loop was late.

    Token times lie on one absolute schedule, so that a busy loop delays tokens but does not slow the stream.

    Args:
        plan: What to play.
        options: Speed and jitter.
        fault: A mid-stream fault, or None.
        wait_seconds: From now to the first token.
        seed: Makes the jitter repeatable.

    Raises:
        ConnectionCutError: By a `cut` fault.
    """
    loop = asyncio.get_running_loop()
    begun = loop.time() + wait_seconds
    spacing = 1.0 / options.tokens_per_second
    spread = random.Random(seed)
    breaks_at = min(fault.after_tokens, max(0, len(plan.tokens) - 1)) if fault is not None else None
    batch: list[Event] = []
    for number, event in plan.events:
        if fault is not None and breaks_at is not None and number >= breaks_at:
            if batch:
                yield batch
                batch = []
            breaks_at = None
            paused_at = loop.time()
            for broken in await _break(fault):
                yield [broken]
                return
            begun += loop.time() - paused_at
        due = begun + number * spacing + spacing * options.jitter * spread.uniform(0.0, 1.0)
        ahead = due - loop.time()
        if ahead > 0:
            if batch:
                yield batch
                batch = []
            await asyncio.sleep(ahead)
        batch.append(event)
    if batch:
        yield batch


async def _break(fault: Fault) -> tuple[Event, ...]:
    if fault.kind is FaultKind.CUT:
        raise ConnectionCutError
    if fault.kind is FaultKind.STALL:
        await pause(fault)
    if fault.kind is FaultKind.INVALID_JSON:
        return (BrokenLine(),)
    if fault.kind is FaultKind.ERROR_LINE:
        return (ErrorLine(fault.message),)
    return ()


async def pause(fault: Fault) -> None:
    """Waits as long as the fault says; without `seconds`, until the client leaves."""
    if fault.seconds is None:
        await asyncio.get_running_loop().create_future()
    else:
        await asyncio.sleep(fault.seconds)
