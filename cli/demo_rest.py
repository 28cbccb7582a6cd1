"""The demo as a client of the server: it knows no more of a call than REST tells anybody."""

import asyncio
from types import TracebackType
from typing import Self

import httpx

from cli.demo_transcript import Conversation, LatencyReport, Speaker, TurnBody
from config.errors import VendorError

_DEADLINE_SECONDS = 10.0
_POLL_SECONDS = 0.3
_HEARD_SECONDS = 5.0
"""How long after its last sound an agent's turn may take to be stored."""


class DemoRest:
    """One server's REST API. Use it as an async context.

    Args:
        url: The server.
        key: For `xi-api-key`.
    """

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=url, headers={"xi-api-key": key}, timeout=_DEADLINE_SECONDS, trust_env=False
        )

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def is_ready(self) -> bool:
        """Whether the server takes calls."""
        try:
            return (await self._http.get("/health/ready")).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    async def conversation(self, call_sid: str) -> Conversation | None:
        """The conversation of a call; None as long as there is none.

        Raises:
            VendorError: The server failed.
        """
        response = await self._get(f"/v1/convai/conversations/{call_sid}")
        return None if response is None else Conversation.model_validate_json(response)

    async def latency(self, call_sid: str) -> LatencyReport:
        """Where the time of a call went.

        Raises:
            VendorError: The server failed, or does not know the call.
        """
        response = await self._get(f"/v1/convai/latency/{call_sid}")
        if response is None:
            raise VendorError("server", "The server has no latency report of the call.")
        return LatencyReport.model_validate_json(response)

    async def finished_conversation(self, call_sid: str, within_secs: float) -> Conversation | None:
        """The conversation once it is over; as it is if that takes too long, None if there is none."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within_secs
        while True:
            conversation = await self.conversation(call_sid)
            if (conversation is not None and conversation.is_over) or loop.time() > deadline:
                return conversation
            await asyncio.sleep(_POLL_SECONDS)

    async def _get(self, path: str) -> bytes | None:
        try:
            response = await self._http.get(path)
        except httpx.HTTPError as error:
            raise VendorError("server", f"The server did not answer: {type(error).__name__}.") from error
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        if response.is_error:
            raise VendorError("server", f"The server answered {response.status_code} to {path}.")
        return response.content


class RestTranscriber:
    """Understands the agent by asking the server what was heard; an `AgentTranscriber`.

    Args:
        rest: The server.
    """

    def __init__(self, rest: DemoRest) -> None:
        self._rest = rest

    async def transcribe(self, call_sid: str, mulaw: bytes) -> str:
        """The agent's turns since the caller's last one, waiting a little for them to be stored."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _HEARD_SECONDS
        while True:
            conversation = await self._rest.conversation(call_sid)
            words = _newest_agent_words(conversation.transcript if conversation else ())
            if words or loop.time() > deadline:
                return words
            await asyncio.sleep(_POLL_SECONDS)


def _newest_agent_words(turns: tuple[TurnBody, ...]) -> str:
    texts: list[str] = []
    for turn in reversed(turns):
        if turn.role is Speaker.CALLER:
            break
        texts.append(turn.text)
    return " ".join(reversed(texts)).strip()
