"""How the text of a variable becomes a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.values import (
    normalise_http_url,
    normalise_ollama_host,
    normalise_phone_number,
    normalise_url,
    websocket_url,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0.0.0.0:11434", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("localhost", "http://localhost:11434"),
        (" gpu.lan:1234 ", "http://gpu.lan:1234"),
        (":5000", "http://127.0.0.1:5000"),
        ("http://gpu.lan", "http://gpu.lan"),
        ("http://gpu.lan:11434/", "http://gpu.lan:11434"),
        ("https://ollama.example.com/api-root/", "https://ollama.example.com/api-root"),
        ("[::1]:99", "http://[::1]:99"),
        ("http://[::]:11434", "http://[::1]:11434"),
    ],
)
def test_ollama_host(written: str, meant: str) -> None:
    assert normalise_ollama_host(written) == meant
    assert normalise_ollama_host(meant) == meant


@pytest.mark.parametrize("written", ["", " ", "ftp://x", "http://", "host:port", "host:99999", "http://u:p@h"])
def test_no_ollama_host(written: str) -> None:
    with pytest.raises(ValueError):
        normalise_ollama_host(written)


@pytest.mark.parametrize(
    "written", ["", "example.com", "ftp://x.org", "https://", "https://u:p@x.org", "http://[1"]
)
def test_no_url(written: str) -> None:
    with pytest.raises(ValueError):
        normalise_url(written)


def test_urls_lose_what_a_base_url_has_no_use_for() -> None:
    assert normalise_url(" HTTPS://Example.com/a/b//?q=1#f ") == "https://Example.com/a/b"
    assert normalise_http_url("wss://example.com") == "https://example.com"
    assert websocket_url("http://example.com") == "ws://example.com"
    assert websocket_url("wss://example.com") == "wss://example.com"


@pytest.mark.parametrize("written", ["+15551234567", "+1 (555) 123-4567", " +1.555.123.4567"])
def test_phone_numbers(written: str) -> None:
    assert normalise_phone_number(written) == "+15551234567"


@given(st.one_of(st.text(), st.from_regex(r"\+[0-9 ]{0,20}", fullmatch=True)))
def test_any_text_is_a_number_or_refused(written: str) -> None:
    try:
        number = normalise_phone_number(written)
    except ValueError:
        return
    assert normalise_phone_number(number) == number


def test_a_refused_number_is_not_repeated() -> None:
    with pytest.raises(ValueError) as error:
        normalise_phone_number("+1 555 000 1234 5678 999")
    assert "5678" not in str(error.value)
