"""Reads back over REST what is stored of chatting callers' calls, and compares it with what must be."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from pydantic import BaseModel

from bench.chatting_caller import Said
from bench.site import API_KEY

_FINAL = frozenset({"completed", "failed"})
_POLL_SECONDS = 0.5
_REQUEST_SECONDS = 30.0


class _Turn(BaseModel):
    role: str
    message: str | None


class _Metadata(BaseModel):
    termination_reason: str | None


class StoredTalk(BaseModel):
    """A conversation, as REST shows it."""

    status: str
    transcript: tuple[_Turn, ...]
    metadata: _Metadata

    @property
    def is_over(self) -> bool:
        """True once it has ended."""
        return self.status in _FINAL

    def turns(self) -> tuple[Said, ...]:
        """What is stored of it, in order."""
        return tuple(Said(turn.role == "user", turn.message or "") for turn in self.transcript)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What must be stored, beside what is.

    Attributes:
        lost: Turns that are missing, or not as they were said.
        beyond: Turns stored that were not finished yet.
        faults: What is lost, in words, with what is stored in its place: nothing of it, or other words?
    """

    lost: tuple[Said, ...]
    beyond: int
    faults: tuple[str, ...] = ()


def compare(finished: Sequence[Said], stored: Sequence[Said]) -> Comparison:
    """Find the finished turns among what is stored, in order and word by word."""
    at = 0
    lost, faults = [], []
    for said in finished:
        found = next((place for place in range(at, len(stored)) if _same(said, stored[place])), None)
        if found is None:
            lost.append(said)
            faults.append(f"not stored: {said.words} (in its place: {_words_at(stored, at)})")
        else:
            at = found + 1
    return Comparison(tuple(lost), len(stored) - (len(finished) - len(lost)), tuple(faults))


async def read_talk(server_url: str, call_sid: str, *, over_within: float = 0.0) -> StoredTalk:
    """What is stored of a call.

    Args:
        server_url: Any server on the database.
        call_sid: Which call.
        over_within: Wait this many seconds for its end.

    Raises:
        httpx.HTTPError: The server did not answer, or does not know the call.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + over_within
    headers = {"xi-api-key": API_KEY}
    async with httpx.AsyncClient(timeout=_REQUEST_SECONDS, trust_env=False, headers=headers) as client:
        while True:
            answer = await client.get(f"{server_url}/v1/convai/conversations/{call_sid}")
            talk = StoredTalk.model_validate_json(answer.raise_for_status().content)
            if talk.is_over or loop.time() >= deadline:
                return talk
            await asyncio.sleep(_POLL_SECONDS)


def _words_at(stored: Sequence[Said], place: int) -> str:
    return stored[place].words if place < len(stored) else "nothing"


def _same(one: Said, other: Said) -> bool:
    return one.is_caller == other.is_caller and _letters(one.words) == _letters(other.words)


def _letters(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()
