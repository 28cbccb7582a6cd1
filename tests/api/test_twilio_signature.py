import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData
from twilio.request_validator import RequestValidator

from api.twilio_signature import TwilioSignatureValidator, create_signature_validator
from config.errors import ConfigurationError
from tests.api.twilio_server import make_settings

TOKEN = "secret"


def sign(url: str, form: dict[str, str] | None = None, token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, form or {}))


@pytest.mark.parametrize(
    ("public_url", "signed_url"),
    [
        ("https://a.example", "https://a.example/voice/incoming"),
        ("https://a.example", "https://a.example:443/voice/incoming"),
        ("https://a.example:443", "https://a.example/voice/incoming"),
        ("https://a.example:8443", "https://a.example:8443/voice/incoming"),
        ("https://a.example/", "https://a.example/voice/incoming"),
        ("https://a.example/twilio", "https://a.example/twilio/voice/incoming"),
        ("http://127.0.0.1:9001", "http://127.0.0.1:9001/voice/incoming"),
        ("http://a.example", "http://a.example:80/voice/incoming"),
        ("https://[::1]", "https://[::1]/voice/incoming"),
        ("https://[::1]:8443", "https://[::1]:8443/voice/incoming"),
    ],
)
def test_a_webhook_may_be_signed_for_any_form_of_our_address(public_url: str, signed_url: str) -> None:
    form = {"CallSid": "CA1", "From": "+1555", "Empty": ""}
    validator = TwilioSignatureValidator(TOKEN, public_url)
    assert validator.accepts_webhook("/voice/incoming", FormData(form), sign(signed_url, form))


@pytest.mark.parametrize(
    "signed_url",
    [
        "https://b.example/voice/incoming",
        "http://a.example/voice/incoming",
        "https://a.example/voice/incoming/",
        "https://a.example/voice/incoming?x=1",
        "https://a.example:8443/voice/incoming",
        "wss://a.example/voice/incoming",
    ],
)
def test_a_webhook_signed_for_another_address_is_refused(signed_url: str) -> None:
    validator = TwilioSignatureValidator(TOKEN, "https://a.example")
    assert not validator.accepts_webhook("/voice/incoming", FormData(), sign(signed_url))


@pytest.mark.parametrize(
    "signed_url",
    [
        f"{scheme}://a.example{port}/media-stream{slash}"
        for scheme in ("wss", "https")
        for port in ("", ":443")
        for slash in ("", "/")
    ],
)
def test_an_upgrade_may_be_signed_in_each_way_that_twilio_does(signed_url: str) -> None:
    validator = TwilioSignatureValidator(TOKEN, "https://a.example")
    assert validator.accepts_upgrade("/media-stream", sign(signed_url))
    assert validator.accepts_upgrade("/media-stream/", sign(signed_url))


@pytest.mark.parametrize(
    "signed_url",
    ["wss://b.example/media-stream", "wss://a.example/ws/media", "ws://a.example/media-stream", ""],
)
def test_an_upgrade_signed_for_anything_else_is_refused(signed_url: str) -> None:
    validator = TwilioSignatureValidator(TOKEN, "https://a.example")
    assert not validator.accepts_upgrade("/media-stream", sign(signed_url))
    assert not validator.accepts_upgrade("/media-stream", sign("wss://a.example/media-stream", token="other"))


def test_a_plain_address_has_a_plain_stream() -> None:
    validator = TwilioSignatureValidator(TOKEN, "http://127.0.0.1:9001")
    assert validator.accepts_upgrade("/media-stream", sign("ws://127.0.0.1:9001/media-stream"))


def test_a_field_that_comes_twice_is_signed_with_both_values() -> None:
    form = FormData([("b", "2"), ("a", "1"), ("b", "1")])
    validator = TwilioSignatureValidator(TOKEN, "https://a.example")
    signature = RequestValidator(TOKEN).compute_signature("https://a.example/x", form)
    assert validator.accepts_webhook("/x", form, signature)
    assert not validator.accepts_webhook("/x", FormData([("a", "1"), ("b", "2")]), signature)


@given(st.text())
def test_strange_signatures_are_refused(signature: str) -> None:
    validator = TwilioSignatureValidator(TOKEN, "https://a.example")
    assert not validator.accepts_webhook("/voice/incoming", FormData({"a": "b"}), signature)
    assert not validator.accepts_upgrade("/media-stream", signature)


@given(st.dictionaries(st.text(min_size=1), st.text()), st.text(alphabet="abc/%20", max_size=20))
def test_what_twilio_signs_is_accepted(form: dict[str, str], path: str) -> None:
    validator = TwilioSignatureValidator(TOKEN, "https://a.example")
    signature = sign(f"https://a.example/{path}", form)
    assert validator.accepts_webhook(f"/{path}", FormData(form), signature)


def test_the_settings_decide() -> None:
    assert create_signature_validator(make_settings(twilio_validate_signatures=False)) is None
    assert create_signature_validator(make_settings()) is not None
    for missing in ("twilio_auth_token", "public_url"):
        with pytest.raises(ConfigurationError):
            create_signature_validator(make_settings(**{missing: None}))
