"""Features of a stream, in whatever pieces it comes."""

import numpy as np
import pytest

from simulator.deepgram.features import BANDS, SILENCE_DB, FeatureExtractor


@pytest.mark.parametrize("piece", [160, 333, 1600])
def test_silence_needs_no_spectrum_and_has_the_same_features(piece: int) -> None:
    """One sample of noise far away makes the whole analysis run; the silent frames are the same."""
    silence = np.zeros(8000, dtype=np.int16)
    noisy = silence.copy()
    noisy[-1] = 1000
    whole = FeatureExtractor(8000).push(noisy)
    extractor = FeatureExtractor(8000)
    parts = [extractor.push(silence[at : at + piece]) for at in range(0, len(silence), piece)]
    bands = np.concatenate([part.bands for part in parts])
    levels = np.concatenate([part.levels for part in parts])
    assert bands.shape == (len(levels), BANDS)
    assert np.allclose(bands[:45], whole.bands[:45], atol=1e-4)
    assert np.allclose(levels[:45], whole.levels[:45], atol=1e-4)
    assert (levels == SILENCE_DB).all()
