"""WebSocket frames cut out of a byte stream, so that the usual kind can take the short way.

A media stream is fifty small text messages a second, each one whole frame. Those are unmasked here; every other
frame (fragments, control frames, binary, too large, malformed) is left as it came, for a whole implementation of
the protocol.
"""

from typing import NamedTuple

try:  # as websockets itself chooses
    from websockets.speedups import apply_mask
except ImportError:
    from websockets.utils import apply_mask

LARGEST_SHORT_FRAME = 64 * 1024
"""Bytes; what is larger is passed on piece by piece, so that nothing of it is kept here."""

_WHOLE_TEXT = 0x81  # FIN and opcode 1, RFC 6455, section 5.2
_MASKED = 0x80
_OPCODE = 0x0F
_FIN = 0x80
_FIRST_CONTROL = 8


class Cut(NamedTuple):
    """A piece of the stream.

    Attributes:
        is_text: Whether `data` is the unmasked payload of a whole text message.
        data: Otherwise bytes of the stream as they came: a frame, or a part of one.
    """

    is_text: bool
    data: bytes


class FrameCutter:
    """Cuts one client's stream, from the first byte after its handshake. Nothing is lost, and order is kept."""

    def __init__(self) -> None:
        self._waiting = b""
        self._to_pass = 0
        self._in_fragments = False

    def cut(self, data: bytes) -> list[Cut]:
        """Take what was received; returns what is whole now. The rest of a frame waits for more."""
        if self._waiting:
            data = self._waiting + data
        cuts: list[Cut] = []
        at, end = 0, len(data)
        while at < end:
            if self._to_pass:
                passed = min(self._to_pass, end - at)
                self._to_pass -= passed
                cuts.append(Cut(False, data[at : at + passed]))
                at += passed
                continue
            header, length = _measure(data, at, end)
            if not header:
                break
            if length > LARGEST_SHORT_FRAME:
                self._note_fragments(data[at])
                self._to_pass = header + length
                continue
            frame_end = at + header + length
            if frame_end > end:
                break
            cuts.append(self._frame(data, at, header, frame_end))
            at = frame_end
        self._waiting = data[at:] if at else data
        return cuts

    def _frame(self, data: bytes, at: int, header: int, frame_end: int) -> Cut:
        if data[at] == _WHOLE_TEXT and data[at + 1] & _MASKED and not self._in_fragments:
            body = at + header
            return Cut(True, apply_mask(data[body:frame_end], data[body - 4 : body]))
        self._note_fragments(data[at])
        return Cut(False, data[at:frame_end])

    def _note_fragments(self, first_byte: int) -> None:
        """A text frame between the fragments of another message is an error, which is not ours to tell."""
        if first_byte & _OPCODE < _FIRST_CONTROL:
            self._in_fragments = not first_byte & _FIN


def _measure(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Bytes of the header and of the payload of the frame that begins at `at`; (0, 0) if that is not known yet."""
    if end - at < 2:
        return 0, 0
    masked, length = data[at + 1] & _MASKED, data[at + 1] & ~_MASKED
    header = 2
    if length == 126:
        header, length = 4, int.from_bytes(data[at + 2 : at + 4], "big")
    elif length == 127:
        header, length = 10, int.from_bytes(data[at + 2 : at + 10], "big")
    if end - at < header:
        return 0, 0
    return header + (4 if masked else 0), length
