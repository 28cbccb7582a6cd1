"""Reads back over REST what the server stored of a call, and checks it against what was asked."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from pydantic import BaseModel

from bench.call_plan import Utterance
from bench.environment import Environment

_FINAL = frozenset({"completed", "failed", "done"})
_FINISHED_SECONDS = 10.0
_POLL_SECONDS = 0.2
_REQUEST_SECONDS = 10.0


class _SearchBody(BaseModel):
    retrieval_query: str
    timed_out: bool


class _TurnBody(BaseModel):
    role: str
    message: str | None
    rag_retrieval_info: _SearchBody | None


class _ConversationBody(BaseModel):
    status: str
    transcript: tuple[_TurnBody, ...]


class _StagesBody(BaseModel):
    stt_ms: float | None
    turn_end_ms: float | None = None
    held_ms: float | None = None
    retrieval_ms: float | None
    llm_first_token_ms: float | None
    llm_first_clause_ms: float | None
    tts_first_byte_ms: float | None


class _LatencyBody(BaseModel):
    turns: tuple[_StagesBody, ...]


STAGES = tuple(_StagesBody.model_fields)
"""The stages of a turn in the server's own account, in the order in which they happen."""


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """What was said.

    Attributes:
        is_caller: Who said it.
        looked_up: The words with which the documents were searched for this turn; None if they were not.
        timed_out: The search took too long, and the reply was made without it.
    """

    is_caller: bool
    words: str
    looked_up: str | None = None
    timed_out: bool = False


@dataclass(frozen=True, slots=True)
class StoredCall:
    """What the server knows of a call.

    Attributes:
        status: `completed` for a call in good order, `not stored` for one that the server knows nothing of.
        transcript: Every turn, in order.
        stages: By the server's own account: one mapping a measured turn, milliseconds by stage.
    """

    status: str
    transcript: tuple[StoredTurn, ...]
    stages: tuple[dict[str, float], ...]


class StoredCalls:
    """The REST API, as far as measurements need it. Use it as an async context.

    Args:
        environment: The server.
        transport: Instead of the network.
    """

    def __init__(self, environment: Environment, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(
            base_url=environment.server_url,
            headers={"xi-api-key": environment.api_key},
            timeout=_REQUEST_SECONDS,
            trust_env=False,
            transport=transport,
        )

    async def __aenter__(self) -> "StoredCalls":
        """Return itself."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def read(self, call_sid: str) -> StoredCall:
        """What is stored of a call, once it is finished (or not, after ten seconds).

        A server with too much to do turns calls away, and stores nothing of them.

        Raises:
            httpx.HTTPError: The server did not answer.
        """
        deadline = asyncio.get_running_loop().time() + _FINISHED_SECONDS
        while True:
            try:
                content = await self._get(f"/v1/convai/conversations/{call_sid}")
            except httpx.HTTPStatusError as error:
                if error.response.status_code != httpx.codes.NOT_FOUND:
                    raise
                return StoredCall("not stored", (), ())
            body = _ConversationBody.model_validate_json(content)
            if body.status in _FINAL or asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(_POLL_SECONDS)
        latency = _LatencyBody.model_validate_json(await self._get(f"/v1/convai/latency/{call_sid}"))
        return StoredCall(
            status=body.status,
            transcript=tuple(_turn(turn) for turn in body.transcript),
            stages=tuple(turn.model_dump(exclude_none=True) for turn in latency.turns),
        )

    async def _get(self, path: str) -> bytes:
        answer = await self._client.get(path)
        return answer.raise_for_status().content


def wrong_replies(utterances: Sequence[Utterance], stored: StoredCall) -> list[str]:
    """What was not heard, or not answered rightly, by the stored transcript; one sentence each."""
    problems = []
    turns = stored.transcript
    callers = [at for at, turn in enumerate(turns) if turn.is_caller]
    position = 0
    for utterance in utterances:
        question = utterance.question
        if question.answer is None:
            continue
        wanted = _letters(question.text)
        found = next((at for at in callers if at >= position and wanted in _letters(turns[at].words)), None)
        if found is None:
            problems.append(f"not heard: {question.text}")
            continue
        position = found + 1
        end = next((at for at in callers if at > found), len(turns))
        reply = " ".join(turn.words for turn in turns[position:end])
        if not question.is_answered_by(reply):
            problems.append(f"wrong reply to: {question.text} ({reply or 'nothing'}{_search(turns[found:end])})")
    return problems


def _search(turns: Sequence[StoredTurn]) -> str:
    searched = next((turn for turn in turns if turn.looked_up is not None), None)
    if searched is None:
        return "; documents not searched"
    return "; search timed out" if searched.timed_out else f"; searched for: {searched.looked_up}"


def _turn(body: _TurnBody) -> StoredTurn:
    search = body.rag_retrieval_info
    return StoredTurn(
        is_caller=body.role == "user",
        words=body.message or "",
        looked_up=search.retrieval_query if search is not None else None,
        timed_out=search is not None and search.timed_out,
    )


def _letters(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()
