"""Whether a request really is Twilio's: its `X-Twilio-Signature` against `PUBLIC_URL`.

Twilio signs the URL that it called, so the check uses the public address from the settings, never what a
proxy in between makes of it. What exactly is signed varies (twilio.com/docs/usage/security, and the notes in
Twilio's own helper libraries): with or without the default port, and for a stream's upgrade with `wss` or
`https` and with or without a slash at the end. Each of these names the same resource of this server, so each
is accepted.
"""

import hmac
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Request
from loguru import logger
from starlette.datastructures import FormData, ImmutableMultiDict
from starlette.requests import HTTPConnection
from twilio.request_validator import RequestValidator

from api.call_services import CallServices, call_services
from config.errors import ConfigurationError, InvalidInputError, PermissionDeniedError
from config.settings import Settings

MAX_FORM_BYTES = 64 * 1024
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SOCKET_SCHEMES = {"http": "ws", "https": "wss"}


class TwilioSignatureValidator:
    """Checks signatures made with one account's auth token for one public address."""

    def __init__(self, auth_token: str, public_url: str) -> None:
        """Check against `public_url` (`https://host[:port][/prefix]`)."""
        self._validator = RequestValidator(auth_token)
        parts = urlsplit(public_url)
        self._scheme = "http" if parts.scheme in ("http", "ws") else "https"
        self._prefix = parts.path.rstrip("/")
        self._hosts = _host_forms(parts.netloc.rpartition("@")[2], _DEFAULT_PORTS[self._scheme])

    def accepts_webhook(self, path: str, form: FormData, signature: str) -> bool:
        """Whether Twilio signed this form for `path` (with its query, as it came)."""
        urls = [f"{self._scheme}://{host}{self._prefix}{path}" for host in self._hosts]
        return self._matches_any(urls, form, signature)

    def accepts_upgrade(self, path: str, signature: str) -> bool:
        """Whether Twilio signed the WebSocket upgrade of `path`."""
        bare, mark, query = path.partition("?")
        bare = bare.rstrip("/")
        urls = [
            f"{scheme}://{host}{self._prefix}{bare}{slash}{mark}{query}"
            for scheme in (_SOCKET_SCHEMES[self._scheme], self._scheme)
            for host in self._hosts
            for slash in ("", "/")
        ]
        return self._matches_any(urls, FormData(), signature)

    def _matches_any(self, urls: list[str], form: ImmutableMultiDict[str, object], signature: str) -> bool:
        given = signature.encode("utf-8", "replace")
        # compute_signature rather than validate: the latter adds the wrong default port to a wss URL.
        return any(
            hmac.compare_digest(self._validator.compute_signature(url, form).encode("ascii"), given)
            for url in urls
        )


def create_signature_validator(settings: Settings) -> TwilioSignatureValidator | None:
    """The validator that the settings ask for; None when checks are off.

    Raises:
        ConfigurationError: Checks are on, but the token or the public address is missing.
    """
    if not settings.twilio_validate_signatures:
        return None
    if settings.twilio_auth_token is None or settings.public_url is None:
        raise ConfigurationError(
            "Set TWILIO_AUTH_TOKEN and PUBLIC_URL, or TWILIO_VALIDATE_SIGNATURES=false for a local test."
        )
    return TwilioSignatureValidator(settings.twilio_auth_token.get_secret_value(), settings.public_url)


async def verified_twilio_form(
    request: Request, services: Annotated[CallServices, Depends(call_services)]
) -> FormData:
    """FastAPI dependency: the form of a webhook, once its signature was found good (or is not checked).

    Raises:
        PermissionDeniedError: Not signed by Twilio, as 403.
        InvalidInputError: No form of a reasonable size.
    """
    form = await _read_form(request)
    validator = create_signature_validator(services.settings)
    if validator is not None:
        signature = request.headers.get("x-twilio-signature", "")
        if not validator.accepts_webhook(_path_and_query(request), form, signature):
            _log_refusal(request, signature)
            raise PermissionDeniedError(
                "Twilio did not sign this request for this server; check TWILIO_AUTH_TOKEN and PUBLIC_URL.",
                code="invalid_twilio_signature",
            )
    return form


def is_upgrade_allowed(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether a WebSocket upgrade is Twilio's (or signatures are not checked); logs a refusal."""
    validator = create_signature_validator(settings)
    if validator is None:
        return True
    signature = connection.headers.get("x-twilio-signature", "")
    if validator.accepts_upgrade(_path_and_query(connection), signature):
        return True
    _log_refusal(connection, signature)
    return False


def _host_forms(netloc: str, default_port: int) -> tuple[str, ...]:
    """The host as configured, and with the default port added or taken away."""
    suffix = f":{default_port}"
    if netloc.endswith(suffix):
        return netloc, netloc.removesuffix(suffix)
    has_port = netloc.rpartition(":")[2].isdigit() and not netloc.endswith("]")
    return (netloc,) if has_port else (netloc, netloc + suffix)


def _path_and_query(connection: HTTPConnection) -> str:
    """Path and query exactly as they came, still percent-encoded."""
    raw_path = connection.scope.get("raw_path") or connection.scope["path"].encode("utf-8")
    query = connection.scope.get("query_string", b"")
    path = raw_path.split(b"?", 1)[0].decode("latin-1")
    return f"{path}?{query.decode('latin-1')}" if query else str(path)


async def _read_form(request: Request) -> FormData:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            raise InvalidInputError("The form is longer than any that Twilio sends.")
    try:
        fields = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=500)
    except ValueError:  # not UTF-8, or too many fields
        raise InvalidInputError("The body is not a form as Twilio sends it.") from None
    return FormData([*fields])


def _log_refusal(connection: HTTPConnection, signature: str) -> None:
    logger.bind(path=connection.scope["path"], signed=bool(signature)).warning(
        "Refused: {} X-Twilio-Signature", "wrong" if signature else "no"
    )
