"""What the recogniser says, as one small value, parsed from Deepgram's `Results` message.

Source: Deepgram's live transcription response (`type`, `start`, `duration`, `is_final`, `speech_final`,
`from_finalize`, `channel.alternatives[0].{transcript, confidence}`).
"""

from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class ListenResult:
    """One recognition result.

    Attributes:
        text: Words of this stretch of audio; empty when none were understood.
        is_final: They will not change.
        from_finalize: They answer a Finalize.
        confidence: 0 to 1.
        end_seconds: Where the stretch ends, in seconds of audio (of the connection, as parsed).
    """

    text: str
    is_final: bool
    from_finalize: bool
    confidence: float
    end_seconds: float


def parse_result(message: str | bytes) -> ListenResult | None:
    """The result in a message; None for other messages and for anything malformed."""
    try:
        body = orjson.loads(message)
        if body["type"] != "Results":
            return None
        alternative = body["channel"]["alternatives"][0]
        return ListenResult(
            text=str(alternative["transcript"]).strip(),
            is_final=bool(body.get("is_final")),
            from_finalize=bool(body.get("from_finalize")),
            confidence=float(alternative.get("confidence", 0.0)),
            end_seconds=float(body.get("start", 0.0)) + float(body.get("duration", 0.0)),
        )
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError, ValueError):
        return None
