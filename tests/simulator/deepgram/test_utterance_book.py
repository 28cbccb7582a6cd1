"""What the simulated recogniser compares speech with."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.deepgram.features import BANDS, SILENCE_DB
from simulator.deepgram.utterance_book import Template


def _template(frames: int) -> Template:
    """Every band of frame k is k."""
    rows = np.full((frames + 2, BANDS), SILENCE_DB, dtype=np.float32)
    rows[1:-1] = np.arange(frames, dtype=np.float32)[:, None]
    return Template("text", "en-us", (), rows, (0,), frames)


@given(st.integers(1, 40), st.integers(-60, 60), st.integers(0, 50))
def test_every_second_frame_is_laid_and_around_the_template_is_silence(frames: int, base: int, count: int) -> None:
    rows = np.full((count, BANDS), SILENCE_DB, dtype=np.float32)
    _template(frames).lay_into(rows, base)
    at = [base + 2 * place for place in range(count)]
    assert rows[:, 0].tolist() == [frame if 0 <= frame < frames else SILENCE_DB for frame in at]
    assert (rows == rows[:, :1]).all()
