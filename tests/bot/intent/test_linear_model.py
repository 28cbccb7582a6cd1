"""The weights that come with the program, and what happens without them."""

from pathlib import Path

import numpy as np
import pytest

from bot.intent.linear_model import WEIGHTS_FILE, load_linear_model
from bot.intent.turn import read_turn
from config.errors import ConfigurationError


def test_shares_add_up_with_and_without_an_embedding() -> None:
    model = load_linear_model()
    turn = read_turn("I suppose so", "Shall I book it?")
    for embedding in (None, np.zeros(384, dtype=np.float32)):
        assert sum(model.probabilities(turn, embedding).values()) == pytest.approx(1.0)


def test_weights_of_another_version_are_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "weights.npz"
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_linear_model(wrong)
    np.savez(wrong, with_embedding=np.zeros((3, 7)), lexical=np.zeros((3, 7)), embedding_model=np.array("x"))
    with pytest.raises(ConfigurationError, match="do not fit"):
        load_linear_model(wrong)
    wrong.write_bytes(WEIGHTS_FILE.read_bytes()[:100])
    with pytest.raises(ConfigurationError):
        load_linear_model(wrong)
