"""`X-Twilio-Signature`: HMAC-SHA1 over the public URL and the sorted parameters."""

from collections.abc import Mapping

from twilio.request_validator import RequestValidator

SIGNATURE_HEADER = "X-Twilio-Signature"


class Signer:
    """Signs webhooks and WebSocket upgrades with an account's auth token.

    Args:
        auth_token: The secret.
        omit: Send no signature at all.
    """

    def __init__(self, auth_token: str, *, omit: bool = False) -> None:
        self._validator = RequestValidator(auth_token)
        self._omit = omit

    def headers(self, public_url: str, parameters: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the header for a request.

        Args:
            public_url: The URL as the world sees it, with its query string; `wss://…` for an upgrade.
            parameters: Form fields of a POST; none for GET and upgrades.
        """
        if self._omit:
            return {}
        return {SIGNATURE_HEADER: self._validator.compute_signature(public_url, dict(parameters or {}))}
