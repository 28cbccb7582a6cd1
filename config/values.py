"""How the text of an environment variable becomes a value.

Everything here accepts what people really write (`host:port` without a scheme, a list with blanks, a number
with spaces) and gives the rest of the product one spelling of it.
"""

import json
from typing import Annotated
from urllib.parse import SplitResult, urlsplit, urlunsplit

import phonenumbers
from pydantic import BeforeValidator, SecretStr
from pydantic_settings import NoDecode

OLLAMA_PORT = 11434
_LOOPBACK_OF_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}
_WEBSOCKET_SCHEME = {"http": "ws", "https": "wss"}
_HTTP_SCHEME = {"ws": "http", "wss": "https"}


def split_list(value: object) -> object:
    """Turn `a, b` or `["a", "b"]` into a tuple; anything but text is passed through.

    Raises:
        ValueError: The text begins like a JSON list but is not a list of strings.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.startswith("["):
        try:
            items = json.loads(text)
        except json.JSONDecodeError:
            raise ValueError('write a list as `one,two` or as JSON: `["one", "two"]`') from None
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise ValueError("the JSON list may hold only strings")
    else:
        items = text.split(",")
    return tuple(item.strip() for item in items if item.strip())


TextList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split_list)]
"""Several words: separated by commas, or a JSON list."""

SecretList = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(split_list)]
"""Several secrets: separated by commas, or a JSON list."""


def normalise_url(value: str) -> str:
    """An absolute http(s) or ws(s) URL without a trailing slash, query or fragment.

    Raises:
        ValueError: It is not one, or it carries a user name or password.
    """
    parts = _split(value)
    if parts.scheme not in ("http", "https", "ws", "wss") or not parts.hostname:
        raise ValueError("write a whole URL such as https://example.com")
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))


def http_url(url: str) -> str:
    """The same place with `http` for `ws` and `https` for `wss`."""
    return _with_scheme(url, _HTTP_SCHEME)


def websocket_url(url: str) -> str:
    """The same place with `ws` for `http` and `wss` for `https`."""
    return _with_scheme(url, _WEBSOCKET_SCHEME)


def normalise_http_url(value: str) -> str:
    """Like `normalise_url`, with the scheme http or https whatever was written."""
    return http_url(normalise_url(value))


def normalise_ollama_host(value: str) -> str:
    """The URL that a client uses for what `OLLAMA_HOST` says.

    Ollama's own rules (`envconfig/config.go`, `Host`): no scheme means http, no port means 11434 unless a
    scheme was written (then 80 or 443). As the same variable tells the server where to listen, `0.0.0.0` and
    `::` are common in it; a client reaches those at loopback.

    Raises:
        ValueError: There is no host to be made of it.
    """
    text = value.strip()
    bare = "://" not in text
    parts = _split(f"http://{text}" if bare else text)
    if parts.scheme not in ("http", "https"):
        raise ValueError("write http://host:port, https://host or host:port")
    host = parts.hostname or ("127.0.0.1" if bare and parts.port else "")
    if not host:
        raise ValueError("write http://host:port, https://host or host:port")
    host = _LOOPBACK_OF_ANY.get(host, host)
    port = parts.port or (OLLAMA_PORT if bare else None)
    place = f"[{host}]" if ":" in host else host
    return urlunsplit((parts.scheme, f"{place}:{port}" if port else place, parts.path.rstrip("/"), "", ""))


def normalise_phone_number(value: str) -> str:
    """A telephone number in E.164 (`+` and at most 15 digits).

    Raises:
        ValueError: It has no country code or cannot be a number. The message does not repeat it.
    """
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        raise ValueError("write the number with its country code, such as +15551234567") from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError("this cannot be a telephone number; write it such as +15551234567")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _split(value: str) -> SplitResult:
    try:
        parts = urlsplit(value.strip())
        _ = parts.port
    except ValueError:
        raise ValueError("this is not a URL") from None
    if parts.username or parts.password:
        raise ValueError("a URL here may not hold a user name or password")
    return parts


def _with_scheme(url: str, schemes: dict[str, str]) -> str:
    scheme, separator, rest = url.partition("://")
    return f"{schemes.get(scheme, scheme)}{separator}{rest}"
