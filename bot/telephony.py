"""Twilio's REST API as far as a running call needs it: hanging up, last words, and whether credentials are good.

Hanging up is apart from the end of the media stream: closing the stream alone also ends a call whose TwiML
has nothing after `<Connect>`, but only the REST call ends it for sure. The official SDK blocks its thread, so
this talks HTTP itself; only its TwiML writer is used. Source: Twilio's "Call resource"
(`POST /2010-04-01/Accounts/{sid}/Calls/{sid}.json` with `Status` or `Twiml`).
"""

import asyncio
from enum import StrEnum
from typing import Protocol
from urllib.parse import quote

import httpx
from loguru import logger
from twilio.twiml.voice_response import VoiceResponse

RETRY_DELAY_SECONDS = 0.2
_CALL_NOT_IN_PROGRESS = 21220  # twilio.com/docs/api/errors/21220: the call is over already


class CredentialsState(StrEnum):
    """Whether Twilio takes our credentials."""

    VALID = "valid"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    MISSING = "missing"


class Telephony(Protocol):
    """What a call needs of the telephone network besides its audio."""

    async def hang_up(self, call_sid: str) -> bool:
        """End a call; never raises, and takes no longer than its deadline.

        Returns:
            True when the call is over, also if it was before; False when closing its media stream is the only
            means left.
        """
        ...

    async def say_and_hang_up(self, call_sid: str, text: str) -> bool:
        """Have the network's own voice say a sentence and then end the call; for when there is no other voice.

        The media stream ends with this, as the call leaves it. Never raises; bounded as `hang_up`.

        Returns:
            True when the call is out of our hands, also if it was over before.
        """
        ...

    async def check_credentials(self) -> CredentialsState:
        """Ask the vendor whether the credentials are good. Never raises; bounded as `hang_up`."""
        ...

    async def close(self) -> None:
        """Give connections back; nothing is sent afterwards."""
        ...


class NoTelephony:
    """Telephony without credentials: a call ends by closing its media stream."""

    async def hang_up(self, call_sid: str) -> bool:
        """Nothing can be hung up from here."""
        logger.bind(call_sid=call_sid).info("No Twilio credentials: the call ends with its media stream")
        return False

    async def say_and_hang_up(self, call_sid: str, text: str) -> bool:
        """Nothing can be said from here."""
        return False

    async def check_credentials(self) -> CredentialsState:
        """There are none."""
        return CredentialsState.MISSING

    async def close(self) -> None:
        """Nothing is held."""


class TwilioTelephony:
    """Twilio's REST API over one shared connection pool."""

    def __init__(
        self,
        base_url: str,
        account_sid: str,
        auth_token: str,
        deadline_seconds: float = 4.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            base_url: `https://api.twilio.com`, or a simulator's.
            account_sid: `AC…`.
            auth_token: The account's token.
            deadline_seconds: Longest that one method takes, its retry included.
            transport: Carries the requests; None is the network.
        """
        self._deadline_seconds = deadline_seconds
        self._account_path = f"/2010-04-01/Accounts/{quote(account_sid, safe='')}"
        self._client = httpx.AsyncClient(
            base_url=base_url, auth=(account_sid, auth_token), timeout=deadline_seconds, transport=transport
        )

    async def hang_up(self, call_sid: str) -> bool:
        """End a call; one retry when Twilio is out of reach, out of order or busy."""
        return await self._update(call_sid, {"Status": "completed"})

    async def say_and_hang_up(self, call_sid: str, text: str) -> bool:
        """Send the call to TwiML that says `text` and hangs up; retried as `hang_up`."""
        twiml = VoiceResponse()
        twiml.say(text)
        twiml.hangup()
        return await self._update(call_sid, {"Twiml": str(twiml)})

    async def _update(self, call_sid: str, change: dict[str, str]) -> bool:
        """Change a call; True also when it is over already."""
        log = logger.bind(call_sid=call_sid, change=next(iter(change)))
        path = f"{self._account_path}/Calls/{quote(call_sid, safe='')}.json"
        response = await self._request("POST", path, change)
        if response is None:
            log.error("Could not hang up: Twilio did not answer in time")
            return False
        if response.is_success:
            log.info("Hung up")
            return True
        if response.status_code == httpx.codes.NOT_FOUND or _error_code(response) == _CALL_NOT_IN_PROGRESS:
            log.info("Nothing to hang up: the call was over already")
            return True
        log.bind(status=response.status_code).error("Could not hang up: Twilio answered {}", response.status_code)
        return False

    async def check_credentials(self) -> CredentialsState:
        """Fetch the account itself, which takes the same credentials as hanging up."""
        response = await self._request("GET", f"{self._account_path}.json", None)
        if response is None or response.is_server_error:
            return CredentialsState.UNREACHABLE
        return CredentialsState.VALID if response.is_success else CredentialsState.REFUSED

    async def close(self) -> None:
        """Close the connection pool."""
        await self._client.aclose()

    async def _request(self, method: str, path: str, form: dict[str, str] | None) -> httpx.Response | None:
        """The answer, or the last one of two; None if none came before the deadline."""
        response: httpx.Response | None = None
        try:
            async with asyncio.timeout(self._deadline_seconds):
                for delay in (0.0, RETRY_DELAY_SECONDS):
                    await asyncio.sleep(delay)
                    response = await self._attempt(method, path, form)
                    if response is not None and not _is_transient(response):
                        break
        except TimeoutError:
            logger.warning("Twilio's REST API did not answer within {} s", self._deadline_seconds)
        return response

    async def _attempt(self, method: str, path: str, form: dict[str, str] | None) -> httpx.Response | None:
        if self._client.is_closed:
            return None
        try:
            return await self._client.request(method, path, data=form)
        except httpx.HTTPError as error:
            # Its text may hold the URL, and that the account: the kind is enough.
            logger.warning("Twilio's REST API could not be reached: {}", type(error).__name__)
            return None


def create_telephony(base_url: str, account_sid: str | None, auth_token: str | None) -> Telephony:
    """The telephony that these settings allow."""
    if account_sid and auth_token:
        return TwilioTelephony(base_url, account_sid, auth_token)
    return NoTelephony()


def _is_transient(response: httpx.Response) -> bool:
    return response.is_server_error or response.status_code == httpx.codes.TOO_MANY_REQUESTS


def _error_code(response: httpx.Response) -> int | None:
    """Twilio's own error number in an error body, if there is one."""
    try:
        body = response.json()
    except ValueError:
        return None
    code = body.get("code") if isinstance(body, dict) else None
    return code if isinstance(code, int) else None
