"""Twilio's requests to a server: form-encoded, signed over the public URL, sent to where it really runs."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

import httpx

from simulator.twilio.options import TwilioOptions
from simulator.twilio.signature import Signer
from simulator.twilio.twiml import Method

_USER_AGENT = "TwilioProxy/1.1"


class WebhookError(Exception):
    """The server could not be asked (Twilio's error 11200).

    Attributes:
        status: The HTTP status that it answered, None when it did not.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class WebhookSender:
    """Sends the webhooks of one call.

    Args:
        http: Shared by all calls of the process.
        signer: The account's, or that of somebody who only claims to be Twilio.
    """

    def __init__(self, http: httpx.AsyncClient, options: TwilioOptions, signer: Signer) -> None:
        self._http = http
        self._options = options
        self._signer = signer

    async def send(self, public_url: str, parameters: Mapping[str, str], method: Method = "POST") -> str:
        """Send one request and return the body of the answer.

        Raises:
            WebhookError: No answer in time, or another status than 2xx.
        """
        if method == "GET":
            public_url = _with_query(public_url, parameters)
        form = dict(parameters) if method == "POST" else None
        try:
            response = await self._http.request(
                method,
                self._options.connect_url(public_url),
                data=form,
                headers={"User-Agent": _USER_AGENT, **self._signer.headers(public_url, form)},
                timeout=self._options.webhook_timeout_secs,
            )
        except httpx.HTTPError as error:
            raise WebhookError(f"no answer from {urlsplit(public_url).path}: {error!r}") from error
        if not response.is_success:
            path = urlsplit(public_url).path
            raise WebhookError(f"{path} answered {response.status_code}", response.status_code)
        return response.text


def _with_query(url: str, parameters: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode(parameters)) if part)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
