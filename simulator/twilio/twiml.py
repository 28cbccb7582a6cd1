"""Reading TwiML, the XML by which a server tells Twilio what to do with a call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit, urlunsplit
from xml.etree import ElementTree

Method = Literal["GET", "POST"]


class TwimlError(Exception):
    """The document cannot be read (Twilio's error 12100)."""


@dataclass(frozen=True, slots=True)
class Say:
    """Speak a text with Twilio's own voice."""

    text: str


@dataclass(frozen=True, slots=True)
class Play:
    """Play a file."""

    url: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait in silence."""

    secs: float


@dataclass(frozen=True, slots=True)
class Reject:
    """Refuse the call without answering: reason `rejected` or `busy`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the call."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go on with another document."""

    url: str
    method: Method


@dataclass(frozen=True, slots=True)
class Dial:
    """Connect the caller to somebody else.

    Attributes:
        target: Number, SIP address, conference or queue, as text.
        action: Where to go on afterwards; empty for the next verb.
    """

    target: str
    action: str
    method: Method


@dataclass(frozen=True, slots=True)
class ConnectStream:
    """Talk to a WebSocket until either side ends it.

    Attributes:
        url: Without a query string, which Twilio does not support here.
        dropped_query: The query string that was there; empty as a rule.
        action: Where to go on afterwards; empty for the next verb.
    """

    url: str
    dropped_query: str
    parameters: Mapping[str, str]
    name: str
    action: str
    method: Method


@dataclass(frozen=True, slots=True)
class UnsupportedVerb:
    """A verb that this stand-in does not act on; it is noted and passed over."""

    name: str


Verb = Say | Play | Pause | Reject | Hangup | Redirect | Dial | ConnectStream | UnsupportedVerb


def parse_twiml(document: str) -> tuple[Verb, ...]:
    """Read a document's verbs in order.

    Raises:
        TwimlError: Not XML, another root than `<Response>`, or a verb lacks what it needs.
    """
    try:
        root = ElementTree.fromstring(document.strip())
    except ElementTree.ParseError as error:
        raise TwimlError(f"not XML: {error}") from error
    if root.tag != "Response":
        raise TwimlError(f"the root is <{root.tag}>, not <Response>")
    return tuple(_verb(element) for element in root)


def _verb(element: ElementTree.Element) -> Verb:
    text = " ".join("".join(element.itertext()).split())
    simple: dict[str, Verb] = {
        "Say": Say(text),
        "Play": Play(text),
        "Hangup": Hangup(),
        "Reject": Reject(element.get("reason", "rejected")),
    }
    if element.tag in simple:
        return simple[element.tag]
    if element.tag == "Pause":
        return Pause(_seconds(element.get("length", "1")))
    if element.tag == "Redirect":
        return Redirect(text, _method(element))
    if element.tag == "Dial":
        return Dial(text, element.get("action", ""), _method(element))
    if element.tag == "Connect":
        return _connect(element)
    return UnsupportedVerb(element.tag)


def _connect(element: ElementTree.Element) -> Verb:
    stream = element.find("Stream")
    if stream is None:
        return UnsupportedVerb("Connect without Stream")
    parts = urlsplit(stream.get("url", ""))
    if parts.scheme not in ("ws", "wss") or not parts.netloc:
        raise TwimlError(f"<Stream url> must be a WebSocket address, not {stream.get('url', '')!r}")
    return ConnectStream(
        url=urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")),
        dropped_query=parts.query,
        parameters={child.get("name", ""): child.get("value", "") for child in stream.findall("Parameter")},
        name=stream.get("name", ""),
        action=element.get("action", ""),
        method=_method(element),
    )


def _method(element: ElementTree.Element) -> Method:
    return "GET" if element.get("method", "POST").upper() == "GET" else "POST"


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError as error:
        raise TwimlError(f"<Pause length> is {text!r}, not a number") from error
