import pytest

from simulator.twilio.options import TwilioOptions
from simulator.twilio.routes import PublicRoute
from simulator.twilio.twiml import (
    ConnectStream,
    Dial,
    Hangup,
    Pause,
    Play,
    Redirect,
    Reject,
    Say,
    TwimlError,
    UnsupportedVerb,
    parse_twiml,
)


def test_verbs_in_order() -> None:
    document = """<?xml version="1.0" encoding="UTF-8"?>
    <Response>
      <Say voice="x">Please
         hold.</Say><Play>https://a/b.mp3</Play><Pause length="2"/><Redirect method="GET">/next</Redirect>
      <Dial action="/after"><Number>+15550001111</Number></Dial><Gather/><Reject reason="busy"/><Hangup/>
    </Response>"""
    assert parse_twiml(document) == (
        Say("Please hold."),
        Play("https://a/b.mp3"),
        Pause(2.0),
        Redirect("/next", "GET"),
        Dial("+15550001111", "/after", "POST"),
        UnsupportedVerb("Gather"),
        Reject("busy"),
        Hangup(),
    )


def test_a_stream_loses_its_query_string_and_keeps_its_parameters() -> None:
    stream = (
        '<Stream url="wss://h/media?token=1" name="s"><Parameter name="a" value="1"/>'
        '<Parameter name="b" value="&lt;"/></Stream>'
    )
    [verb] = parse_twiml(f"<Response><Connect>{stream}</Connect></Response>")
    assert verb == ConnectStream("wss://h/media", "token=1", {"a": "1", "b": "<"}, "s", "", "POST")


@pytest.mark.parametrize(
    "document",
    [
        "",
        "hello",
        "<Response>",
        "<Answer/>",
        '<Response><Pause length="long"/></Response>',
        '<Response><Connect><Stream url="https://h/x"/></Connect></Response>',
        "<Response><Connect><Stream/></Connect></Response>",
    ],
)
def test_documents_that_twilio_refuses(document: str) -> None:
    with pytest.raises(TwimlError):
        parse_twiml(document)


@pytest.mark.parametrize(
    ("public", "real"),
    [
        ("https://agent.example.com/voice?a=1", "http://127.0.0.1:9001/voice?a=1"),
        ("wss://agent.example.com/media", "ws://127.0.0.1:9001/media"),
        ("https://elsewhere.example.com/voice", "https://elsewhere.example.com/voice"),
        ("http://agent.example.com/voice", "http://agent.example.com/voice"),
    ],
)
def test_public_urls_lead_to_where_the_server_runs(public: str, real: str) -> None:
    route = PublicRoute("https://agent.example.com", "http://127.0.0.1:9001")
    assert TwilioOptions(routes=(route,)).connect_url(public) == real
