"""Where to take speech up again that was broken off: between two words, by the sound itself.

Text-to-speech tells no word times, but between words and inside of stop consonants the voice is all but silent.
Going on from there costs a part of a word said twice, and sounds like somebody who was interrupted.
"""

import audioop

from bot.media.format import MediaFormat

LOOK_BACK_SECONDS = 0.5
"""About a long word; going further back would repeat whole phrases."""
STEP_SECONDS = 0.02
QUIET_SHARE = 0.25
"""Of the loudest step, below which one counts as a gap."""


def word_start(audio: bytes | bytearray, position: int, media_format: MediaFormat) -> int:
    """The byte after the last gap before `position`, at most `LOOK_BACK_SECONDS` back.

    Args:
        audio: In the media format.
        position: Where it was broken off, in bytes.
        media_format: Of the audio.

    Returns:
        `position` itself where the sound has no gap.
    """
    step = media_format.byte_count(STEP_SECONDS)
    start = max(0, position - media_format.byte_count(LOOK_BACK_SECONDS))
    start += (position - start) % step
    levels = [
        audioop.rms(media_format.to_pcm(bytes(audio[at : at + step])), 2) for at in range(start, position, step)
    ]
    loudest = max(levels, default=0)
    for index in range(len(levels) - 1, -1, -1):
        if levels[index] < QUIET_SHARE * loudest:
            return start + (index + 1) * step
    return position
