"""What Flux says, as small values, parsed from Deepgram's `TurnInfo` and `Error` messages.

Source: Deepgram's Flux reference (`/v2/listen`): the transcript is that of the whole turn so far; positions are
seconds of the connection's audio; words carry times where the server knows them.
"""

from dataclasses import dataclass
from enum import StrEnum

import orjson


class TurnInfoEvent(StrEnum):
    """What happened to the caller's turn."""

    UPDATE = "Update"
    START_OF_TURN = "StartOfTurn"
    EAGER_END_OF_TURN = "EagerEndOfTurn"
    TURN_RESUMED = "TurnResumed"
    END_OF_TURN = "EndOfTurn"


@dataclass(frozen=True, slots=True)
class TurnInfo:
    """One turn event.

    Attributes:
        event: What happened.
        text: The turn so far; empty before its first word.
        confidence: That the words are right, 0 to 1; 0 where unknown.
        words_end_seconds: Where the last word ends.
        heard_seconds: Up to where the audio was transcribed.
    """

    event: TurnInfoEvent
    text: str
    confidence: float
    words_end_seconds: float
    heard_seconds: float


@dataclass(frozen=True, slots=True)
class FatalError:
    """Flux ends the connection, for this reason."""

    code: str


def parse_turn_info(message: str | bytes) -> TurnInfo | FatalError | None:
    """The event or error in a message; None for other messages and for anything malformed."""
    try:
        body = orjson.loads(message)
        if body["type"] == "Error":
            return FatalError(str(body.get("code", "unknown")))
        if body["type"] != "TurnInfo":
            return None
        heard = float(body["audio_window_end"])
        words = body.get("words") or []
        confidences = [float(word.get("confidence", 0.0)) for word in words]
        ends = [float(word["end"]) for word in words if word.get("end") is not None]
        return TurnInfo(
            event=TurnInfoEvent(body["event"]),
            text=str(body["transcript"]).strip(),
            confidence=sum(confidences) / len(confidences) if confidences else 0.0,
            words_end_seconds=min(max(ends, default=heard), heard),
            heard_seconds=heard,
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None
