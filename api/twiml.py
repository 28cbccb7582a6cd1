"""The TwiML that this server answers with: connect the call to its agent, or say politely why not."""

from enum import StrEnum

from fastapi import Response
from twilio.twiml.voice_response import Connect, Stream, VoiceResponse

TOKEN_PARAMETER = "token"
"""Name of the `<Parameter>` that carries the stream token."""


class Apology(StrEnum):
    """What a caller hears who cannot be connected."""

    UNKNOWN_NUMBER = "Sorry, this number is not in service. Goodbye."
    AGENT_INACTIVE = "Sorry, nobody is available on this number at the moment. Please call again later. Goodbye."
    BUSY = "Sorry, all our lines are busy at the moment. Please call again in a few minutes. Goodbye."
    DEGRADED = "Sorry, our phone assistant is not available at the moment. Please call again later. Goodbye."
    TROUBLE = "Sorry, we are having technical difficulties. Please call again in a few minutes. Goodbye."


class TwimlResponse(Response):
    """TwiML, as Twilio expects it."""

    media_type = "application/xml"


def connect_stream(stream_url: str, token: str) -> TwimlResponse:
    """Open a bidirectional media stream; nothing follows it, so the call ends with the stream.

    Args:
        stream_url: `wss://…/media-stream`, without a query (Twilio refuses one, error 31920).
        token: The stream's one-time token.
    """
    stream = Stream(url=stream_url)
    stream.parameter(name=TOKEN_PARAMETER, value=token)
    connect = Connect()
    connect.append(stream)
    answer = VoiceResponse()
    answer.append(connect)
    return _xml(answer)


def apologise(apology: Apology) -> TwimlResponse:
    """Say a sentence and hang up: never a dead line."""
    answer = VoiceResponse()
    answer.say(apology.value)
    answer.hangup()
    return _xml(answer)


def _xml(answer: VoiceResponse) -> TwimlResponse:
    return TwimlResponse(str(answer))
