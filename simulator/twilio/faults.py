"""What a caller may do wrong, so that a test or a scenario can name it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class StreamSidPlace(StrEnum):
    """Where the `start` message carries the stream's id; Twilio says it in both places."""

    BOTH = "both"
    TOP_LEVEL_ONLY = "top_level_only"
    INSIDE_START_ONLY = "inside_start_only"


@dataclass(frozen=True, slots=True)
class CallerFaults:
    """Ways in which this caller differs from Twilio; without arguments it does not.

    Attributes:
        skip_stop: The socket closes without a `stop` message.
        no_custom_parameters: `start` has no `customParameters` at all (so no token either).
        drop_parameters: Names of `<Parameter>`s that get lost, for example the token's.
        forged_parameters: Values that replace or join those of the TwiML, for example a stolen token.
        no_media_format: `start` has no `mediaFormat`.
        stream_sid_place: Where `start` carries the stream's id.
        no_mark_echoes: Marks never come back.
        wrong_signature: Webhooks and the WebSocket upgrade are signed with another secret.
        no_signature: They are not signed at all.
        no_media_in_silence: Frames are only sent while the caller speaks.
        media_before_start: Frames sent before `start`.
        media_after_stop: Frames sent after `stop`.
        raw_after_start: Texts sent as they are, right after `start`.
        duplicate_stream: A second WebSocket claims the same call and token.
        silence_byte: µ-law byte of a silent line.
        noise_dbfs: RMS level of white noise on the line.
    """

    skip_stop: bool = False
    no_custom_parameters: bool = False
    drop_parameters: frozenset[str] = frozenset()
    forged_parameters: Mapping[str, str] = field(default_factory=dict)
    no_media_format: bool = False
    stream_sid_place: StreamSidPlace = StreamSidPlace.BOTH
    no_mark_echoes: bool = False
    wrong_signature: bool = False
    no_signature: bool = False
    no_media_in_silence: bool = False
    media_before_start: int = 0
    media_after_stop: int = 0
    raw_after_start: tuple[str, ...] = ()
    duplicate_stream: bool = False
    silence_byte: int = 0xFF
    noise_dbfs: float | None = None


NO_FAULTS = CallerFaults()
