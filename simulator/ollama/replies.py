"""Makes HTTP responses out of jobs, streamed or whole, for both APIs."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Protocol

from simulator.ollama.encoding import LineEncoder
from simulator.ollama.errors import OllamaError
from simulator.ollama.generation import (
    BrokenLine,
    CallsPiece,
    ErrorLine,
    Finished,
    TextPiece,
    ThinkingPiece,
)
from simulator.ollama.inference import Inference, Job
from simulator.ollama.ledger import Entry
from simulator.ollama.responder.prompt import ToolCall
from simulator.ollama.streaming import ErrorBody, GeneratedResponse


class Encoder(LineEncoder, Protocol):
    """Makes the bytes of a streamed or whole answer."""

    def whole(self, text: str, thinking: str, calls: tuple[ToolCall, ...], finished: Finished) -> bytes:
        """The answer where nothing is streamed."""


async def streamed(inference: Inference, job: Job, entry: Entry, encoder: LineEncoder) -> AsyncIterator[bytes]:
    """Lines as they are due; lines due together are sent together."""
    events = inference.run(job, entry)
    async with aclosing(events):
        async for batch in events:
            yield b"".join(encoder.line(event) for event in batch)


async def collected(inference: Inference, job: Job, entry: Entry, encoder: Encoder) -> AsyncIterator[bytes]:
    """One body with everything.

    Raises:
        OllamaError: 500, by an `error_line` fault.
    """
    text: list[str] = []
    thinking: list[str] = []
    calls: tuple[ToolCall, ...] = ()
    finished: Finished | None = None
    events = inference.run(job, entry)
    async with aclosing(events):
        async for batch in events:
            for event in batch:
                match event:
                    case TextPiece():
                        text.append(event.text)
                    case ThinkingPiece():
                        thinking.append(event.text)
                    case CallsPiece():
                        calls = event.calls
                    case BrokenLine():
                        yield event.line
                        return
                    case ErrorLine():
                        raise OllamaError(500, event.message)
                    case Finished():
                        finished = event
    if finished is not None:
        yield encoder.whole("".join(text), "".join(thinking), calls, finished)


def respond_with(
    inference: Inference,
    job: Job,
    entry: Entry,
    encoder: Encoder,
    *,
    stream: bool,
    stream_type: str,
    error_body: ErrorBody,
) -> GeneratedResponse:
    """The response of a generation.

    Args:
        inference: The server.
        job: What to generate.
        entry: Its place in the ledger.
        encoder: Of the API that was called.
        stream: Whether the client wants it in parts.
        stream_type: Media type of a streamed answer.
        error_body: Shapes errors for that API.
    """
    make = streamed if stream else collected
    return GeneratedResponse(
        make(inference, job, entry, encoder),
        media_type=stream_type if stream else "application/json; charset=utf-8",
        error_body=error_body,
        whole=not stream,
        on_end=lambda outcome: inference.ledger.close(entry, outcome),
    )
