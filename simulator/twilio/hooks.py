"""What a scenario may be given from outside: ears for the agent's words, and a word to the recogniser."""

from typing import Protocol

import httpx


class AgentTranscriber(Protocol):
    """Understands the agent, which a simulated caller cannot."""

    async def transcribe(self, call_sid: str, mulaw: bytes) -> str:
        """Return what the agent said.

        Args:
            call_sid: The call, for those who ask the server instead of listening.
            mulaw: What the agent was heard saying since the caller's last words, µ-law at 8000 Hz.
        """


class UtteranceHook(Protocol):
    """Learns what the caller will say before it is said."""

    async def __call__(self, text: str, voice: str) -> None:
        """Take note of a text and the voice it will be said in."""


class RecogniserRegistration:
    """Tells the simulated Deepgram what it is going to hear, so that it can recognise it from its audio.

    Args:
        deepgram_url: Base URL of the simulated Deepgram, http(s).
        timeout: Deadline of one request, seconds.
    """

    def __init__(self, deepgram_url: str, *, timeout: float = 10.0) -> None:
        self._url = f"{deepgram_url.rstrip('/')}/simulator/utterances"
        self._timeout = timeout
        self._known: set[tuple[str, str]] = set()

    async def __call__(self, text: str, voice: str) -> None:
        """Register a text, once.

        Raises:
            httpx.HTTPError: The recogniser did not take it: it would be deaf to the caller.
        """
        if (text, voice) in self._known:
            return
        async with httpx.AsyncClient(timeout=self._timeout, trust_env=False) as http:
            response = await http.post(self._url, json={"texts": [text], "voices": [voice]})
        response.raise_for_status()
        self._known.add((text, voice))
